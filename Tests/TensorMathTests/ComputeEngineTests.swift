// SPDX-License-Identifier: Apache-2.0
import Processor
import TensorMath
import Testing

struct ComputeEngineTests {
    @Test(arguments: InstructionSet.allCases) func `the variable chooses among what runs here`(_ wanted: InstructionSet)
        throws
    {
        #expect(
            try InstructionSet.chosen(by: wanted.rawValue)
                == (InstructionSet.available.contains(wanted) ? wanted : .best))
    }

    @Test(arguments: ["", "AVX2", "sse9", "avx512 "]) func `an unknown name is refused with the known ones`(
        _ text: String
    ) {
        #expect {
            _ = try InstructionSet.chosen(by: text)
        } throws: { failure in
            let message = "\(failure)"
            return message.contains("“\(text)”") && message.contains("FUNDUSD_SIMD")
                && InstructionSet.allCases.allSatisfy { message.contains($0.rawValue) }
        }
    }

    @Test(arguments: ["", "OpenBLAS", "blas", "kernels "]) func `an unknown engine is refused with the known ones`(
        _ text: String
    ) {
        #expect {
            _ = try EngineKind.chosen(by: text)
        } throws: { failure in
            let message = "\(failure)"
            return message.contains("“\(text)”") && message.contains("FUNDUSD_ENGINE")
                && EngineKind.allCases.allSatisfy { message.contains($0.rawValue) }
        }
    }

    @Test(arguments: EngineKind.allCases) func `the variable chooses the engine`(_ wanted: EngineKind) throws {
        #expect(try EngineKind.chosen(by: wanted.rawValue) == wanted)
        #expect(wanted.computes(in: .float32))
        #expect(EngineKind.suited(to: .bfloat16) == .kernels)
    }

    @Test func `levels are ordered`() {
        #expect(InstructionSet.allCases == InstructionSet.allCases.sorted())
        #expect(InstructionSet.available.contains(.best))
    }

    /// Two networks may share a team; each must still see its own results.
    @Test func `two callers take turns`() async {
        let team = ComputeTeam(threadCount: 2)
        let engine = ComputeEngine(instructionSet: .best, team: team)
        let sums = await withTaskGroup { group in
            for caller in 1...2 {
                group.addTask { (0..<200).map { _ in Self.mean(of: Float(caller), engine) } }
            }
            return await group.reduce(into: []) { $0.append(Set($1)) }
        }
        #expect(Set(sums) == [[1], [2]])
    }

    /// A map of one value everywhere, pooled by the team.
    private static func mean(of value: Float, _ engine: ComputeEngine) -> Float {
        let layout = MapLayout.blocked(channels: 64, height: 8, width: 8)
        var storage = TensorStorage(count: layout.count)
        var span = storage.mutableSpan
        layout.fill(&span, from: [Float](repeating: value, count: 64 * 64).span)
        var result = TensorStorage(count: layout.count)
        var pooled = result.mutableSpan
        let window = WindowGeometry(kernel: 1, stride: 1, padding: 0)
        BlockedPooling.maximum(storage.span, layout, window: window, layout, on: engine, into: &pooled)
        let values = layout.values(of: result.span)
        return values.reduce(0, +) / Float(values.count)
    }
}
