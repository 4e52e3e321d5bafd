// SPDX-License-Identifier: Apache-2.0
import Processor
import TensorMath
import Testing

struct AverageStepTests {
    /// Longer than one thread's run of floats, and not a multiple of it.
    @Test(arguments: InstructionSet.available, [0, 0.25, 1]) func `a step equals a plain loop`(
        _ instructionSet: InstructionSet, rate: Double
    ) {
        let count = 50_000
        let engine = ComputeEngine(instructionSet: instructionSet, team: ComputeTeam(threadCount: 2))
        let (mean, values) = (Tensor(count: count).all, Tensor(count: count).all)
        func start(_ place: Int) -> Float { Float(place % 97) / 8 - 5 }
        func value(_ place: Int) -> Float { Float(place % 89) / 4 - 9 }
        var means = mean.mutableSpan
        for place in 0..<count { means[place] = start(place) }
        var ends = values.mutableSpan
        for place in 0..<count { ends[place] = value(place) }
        AverageStep(rate: rate).move(mean, toward: values, on: engine)
        let moved = mean.span
        for place in 0..<count {
            let expected = start(place) + (value(place) - start(place)) * Float(rate)
            #expect(abs(moved[place] - expected) <= 1e-6 * max(1, abs(expected)))
        }
    }
}
