internal import ArgumentParser
internal import Foundation
internal import LinuxIO
internal import ModelStore
internal import ResNet
internal import SystemPackage
internal import TensorMath
internal import Training

/// Holds training steps at full width against those that Tests/EndToEnd/training_oracle.py let PyTorch do.
struct TrainingParity: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compares training steps from real weights with PyTorch's; exits 1 beyond the tolerances.")

    /// The script's steps.json.
    private struct Oracle: Decodable {
        let seed: UInt64
        let images: Int
        let side: Int
        let learningRate: Double
        let losses: [Double]
    }

    @Argument(help: "The weights that the script started from.") var weights: String
    @Argument(help: "The folder that the script wrote.") var folder: String
    @Option var threads = 2

    func run() throws {
        let oracle = try JSONDecoder().decode(
            Oracle.self, from: Data(contentsOf: URL(filePath: folder + "/steps.json")))
        let archive = try WeightArchive(ByteSource.open(FilePath(weights)))
        let network = ResNet50Training(
            parameters: try archive.parameters(archive.layout()), largestBatch: oracle.images,
            inputHeight: oracle.side, inputWidth: oracle.side,
            engine: ComputeEngine(instructionSet: try .chosen(), team: ComputeTeam(threadCount: threads)))
        let moments = AdamMoments(count: network.packedCount)
        var isClose = true
        for (step, expected) in oracle.losses.enumerated() {
            let loss = backward(network, oracle, step)
            if step == 0 { isClose = try compare(network.gradients, network.layout) && isClose }
            network.move(by: Adam().step(step + 1, learningRate: oracle.learningRate), moments)
            let difference = abs(loss / expected - 1)
            print("step \(step + 1): loss \(loss), PyTorch \(expected), \(difference) relative")
            isClose = isClose && difference <= (step == 0 ? 1e-4 : 1e-3)
        }
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

    /// Whether every gradient is within 1e-3 of its norm.
    private func compare(_ gradients: [String: [Float]], _ layout: ResNet50Layout) throws -> Bool {
        let bytes = try Data(contentsOf: URL(filePath: folder + "/gradients.f32"))
        var start = 0
        var farthest = (name: "", distance: 0.0)
        for specification in layout.parameters where specification.isTrained {
            var (square, norm) = (0.0, 0.0)
            for value in gradients[specification.name] ?? [] {
                let word = bytes[start..<start + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                let expected = Double(Float(bitPattern: word))
                square += (Double(value) - expected) * (Double(value) - expected)
                norm += expected * expected
                start += 4
            }
            let distance = (square / norm).squareRoot()
            if !(distance <= farthest.distance) { farthest = (specification.name, distance) }
        }
        print("gradients of step 1: \(farthest.distance) of the norm at most (\(farthest.name))")
        return farthest.distance <= 1e-3 && start == bytes.count
    }
}
