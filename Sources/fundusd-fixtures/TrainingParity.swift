// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import ModelStore
internal import Processor
internal import ResNet
internal import SystemPackage
internal import TensorMath
internal import Training

/// Holds training steps at full width against those that Tests/EndToEnd/training_oracle.py let PyTorch do.
struct TrainingParity: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Compares training steps from real weights with PyTorch's; exits 1 where ours are farther from the truth.",
        discussion: """
            The truth is PyTorch's float64. The first loss must be within 1e-4 of it; gradients and later losses may be \
            twice as far from it as PyTorch's own float32.
            """)

    /// The script's steps.json.
    private struct Oracle: Decodable {
        let seed: UInt64
        let images: Int
        let side: Int
        let learningRate: Double
        let losses32: [Double]
        let losses64: [Double]
    }

    @Argument(help: "The weights that the script started from.") var weights: String
    @Argument(help: "The folder that the script wrote.") var folder: String
    @Option var threads = 2

    func run() throws {
        let oracle = try JSONDecoder().decode(
            Oracle.self, from: Data(contentsOf: URL(filePath: folder + "/steps.json")))
        let archive = try WeightArchive(ByteSource(opening: FilePath(weights)))
        let network = ResNet50Training(
            parameters: try archive.parameters(archive.layout()), largestBatch: oracle.images,
            inputHeight: oracle.side, inputWidth: oracle.side,
            engine: ComputeEngine(instructionSet: try .chosen(), team: ComputeTeam(threadCount: threads)))
        let moments = AdamMoments(count: network.packedCount)
        var losses = [backward(network, oracle, 0)]
        var isClose = try compare(network.gradients, network.layout)
        for step in oracle.losses64.indices.dropFirst() {
            network.move(by: Adam().step(step, learningRate: oracle.learningRate), moments)
            losses.append(backward(network, oracle, step))
        }
        isClose = compare(losses, oracle) && isClose
        if !isClose { throw ExitCode.failure }
    }

    /// - Returns: the loss of the step's batch.
    private func backward(_ network: ResNet50Training, _ oracle: Oracle, _ step: Int) -> Double {
        let batch = (0..<oracle.images).flatMap {
            SeededInput.values(name: "step \(step)/\($0)", seed: oracle.seed, height: oracle.side, width: oracle.side)
        }
        let targets = (0..<oracle.images).map { Float((step + $0) % 3 == 0 ? 1 : 0) }
        let logits = network.forward(batch)
        let loss = BinaryCrossEntropy()
        network.backward(loss.gradient(logits: logits, targets: targets))
        return loss.loss(logits: logits, targets: targets)
    }

    private func compare(_ losses: [Double], _ oracle: Oracle) -> Bool {
        var (ours, theirs) = (0.0, 0.0)
        for (step, truth) in oracle.losses64.enumerated() {
            let (our, their) = (abs(losses[step] / truth - 1), abs(oracle.losses32[step] / truth - 1))
            print("step \(step + 1): loss \(losses[step]); from float64 \(our), PyTorch's float32 \(their)")
            (ours, theirs) = (max(ours, our), max(theirs, their))
        }
        print("losses of \(losses.count) steps: at most \(ours) from float64, PyTorch's float32 \(theirs)")
        return abs(losses[0] / oracle.losses64[0] - 1) <= 1e-4 && ours <= max(1e-3, 2 * theirs)
    }

    /// Distances of all gradient tensors from float64, as shares of their norms.
    private func compare(_ gradients: [String: [Float]], _ layout: ResNet50Layout) throws -> Bool {
        let truth = try floats("gradients64.f32")
        let trained = layout.parameters.filter(\.isTrained)
        let ours = distances(trained.flatMap { gradients[$0.name] ?? [] }, truth, trained)
        let theirs = distances(try floats("gradients32.f32"), truth, trained)
        for (title, of) in [("median", 0.5), ("largest", 1)] {
            let place = Int(of * Double(ours.count - 1))
            print(
                "gradients of step 1, \(title): \(ours[place]) of the norm from float64, PyTorch's float32 \(theirs[place])"
            )
        }
        return ours[ours.count / 2] <= max(1e-3, 2 * theirs[theirs.count / 2])
            && ours[ours.count - 1] <= max(1e-3, 2 * theirs[theirs.count - 1])
    }

    /// |values − truth| / |truth| of each tensor, sorted.
    private func distances(_ values: [Float], _ truth: [Float], _ tensors: [ParameterSpecification]) -> [Double] {
        var start = 0
        return tensors.map { tensor in
            var (square, norm) = (0.0, 0.0)
            for place in start..<start + tensor.count {
                let difference = Double(values[place]) - Double(truth[place])
                square += difference * difference
                norm += Double(truth[place]) * Double(truth[place])
            }
            start += tensor.count
            return (square / norm).squareRoot()
        }.sorted()
    }

    private func floats(_ name: String) throws -> [Float] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder + "/" + name)))
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
            return Float(bitPattern: word)
        }
    }
}
