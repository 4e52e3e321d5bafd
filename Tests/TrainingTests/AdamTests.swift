// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Processor
import TensorMath
import Testing
import Training

/// Adam against PyTorch's; `Golden/make_adam.py` made the file.
struct AdamTests {
    private struct Document: Decodable { let none, coupled, decoupled: [[Float]] }

    private static let document: Document? = {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let data = try? Data(contentsOf: URL(filePath: "/\(folder)/Golden/adam.json"))
        return data.flatMap { try? JSONDecoder().decode(Document.self, from: $0) }
    }()

    @Test(arguments: [Adam.WeightDecay.none, .coupled(0.1), .decoupled(0.1)], InstructionSet.available)
    func `a step equals PyTorch`(_ weightDecay: Adam.WeightDecay, _ instructionSet: InstructionSet) throws {
        let document = try #require(Self.document)
        let expected =
            switch weightDecay {
            case .none: document.none
            case .coupled: document.coupled
            case .decoupled: document.decoupled
            }
        let run = Run(count: 20, instructionSet)
        for (step, row) in expected.enumerated() {
            run.step(step, Adam(weightDecay: weightDecay))
            for place in row.indices {
                let difference = abs(run.parameters.span[place] - row[place])
                #expect(difference <= 1e-6, "step \(step), value \(place)")
            }
        }
    }

    /// What fills up a block of 16 channels has no gradient and must stay zero.
    @Test func `zeros without gradient stay zero`() {
        let run = Run(count: 20, .best)
        for step in 0..<3 { run.step(step, Adam(weightDecay: .coupled(0.1))) }
        for place in 20..<32 { #expect(run.parameters.span[place] == 0) }
    }

    @Test func `long runs are cut into runs for the team`() {
        let count = 50_000
        let (long, short) = (Run(count: count, .best), Run(count: 20, .best))
        for step in 0..<2 {
            long.step(step, Adam())
            short.step(step, Adam())
        }
        for place in 0..<19 { #expect(long.parameters.span[place] == short.parameters.span[place]) }
        #expect(long.parameters.span[count - 2] != long.start(count - 2))
    }
}

/// Parameters under the script's gradients.
private struct Run {
    let parameters: TensorSlice
    private let gradients, first, second: TensorSlice
    private let engine: ComputeEngine
    private let count: Int

    init(count: Int, _ instructionSet: InstructionSet) {
        self.count = count
        engine = ComputeEngine(instructionSet: instructionSet, team: ComputeTeam(threadCount: 2))
        func slice() -> TensorSlice { Tensor(count: (count + 15) / 16 * 16).all }
        (parameters, gradients, first, second) = (slice(), slice(), slice(), slice())
        var span = parameters.mutableSpan
        for place in 0..<count { span[place] = start(place) }
    }

    func start(_ place: Int) -> Float { Float(place) / 8 - 1 }

    func step(_ step: Int, _ adam: Adam) {
        var span = gradients.mutableSpan
        for place in 0..<count - 1 { span[place] = Float((step * 7 + place * 3) % 11 - 5) / 4 }
        adam.step(step + 1, learningRate: 0.01).move(
            parameters, gradients: gradients, first: first, second: second, on: engine)
    }
}
