// SPDX-License-Identifier: Apache-2.0
// In: lines on standard input, each a number of steps. Out: a line of seconds for each of them.
// Trains the full-width network on noise, so that a script can let it and another engine take turns on one machine.
// Called by interleave.py beside it.

import Glibc
import Processor
import ResNet
import TensorMath
import Training

@main struct TrainingBench {
    static func main() throws {
        if CommandLine.arguments.dropFirst().first == "products" {
            let rounds = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 9
            let precision = CommandLine.arguments.dropFirst(3).first.flatMap { Precision(rawValue: $0) } ?? .float32
            return try ProductTable(rounds: rounds, precision: precision).print()
        }
        let numbers = CommandLine.arguments.dropFirst().prefix(3).compactMap { Int($0) }
        let precision = CommandLine.arguments.count == 5 ? Precision(rawValue: CommandLine.arguments[4]) : nil
        guard numbers.count == 3, let precision else {
            print("usage: training-bench IMAGES SIDE THREADS float32|bf16")
            print("       training-bench products [ROUNDS [float32|bf16]]")
            exit(64)
        }
        let run = Run(images: numbers[0], side: numbers[1], threads: numbers[2], precision: precision)
        tell("ready")
        while let line = readLine(), let steps = Int(line) {
            tell((0..<steps).map { _ in "\(run.step())" }.joined(separator: " "))
        }
    }

}

/// A line that the reader gets at once.
func tell(_ line: String) {
    print(line)
    fflush(nil)
}

private final class Run {
    private let network: ResNet50Training
    private let moments: AdamMoments
    private let batch: [Float]
    private let targets: [Float]
    private var number = 0

    init(images: Int, side: Int, threads: Int, precision: Precision) {
        let layout = ResNet50Layout(baseWidth: 64, outputs: 1)
        network = ResNet50Training(
            parameters: InitialParameters.network(layout, seed: 1), largestBatch: images, inputHeight: side,
            inputWidth: side, precision: precision,
            engine: ComputeEngine(instructionSet: .inUse, team: ComputeTeam(threadCount: threads)))
        moments = AdamMoments(count: network.packedCount)
        batch = (0..<images).flatMap {
            SeededInput.values(name: "image \($0)", seed: 1, height: side, width: side)
        }
        targets = (0..<images).map { Float($0 % 2) }
    }

    /// Seconds that a step took.
    func step() -> Double {
        let clock = ContinuousClock()
        let loss = BinaryCrossEntropy()
        number += 1
        let time = clock.measure {
            let logits = network.forward(batch)
            network.backward(loss.gradient(logits: logits, targets: targets))
            network.move(by: Adam().step(number, learningRate: Adam.defaultLearningRate), moments)
        }
        return time / .seconds(1)
    }
}
