// SPDX-License-Identifier: Apache-2.0
package import CProcessor
import Glibc

/// The machine instructions that kernels are compiled for, from lowest to highest.
package enum InstructionSet: String, Sendable, CaseIterable, Comparable {
    /// What every processor of the architecture has.
    case baseline
    /// 256-bit registers and fused multiply-add.
    case avx2
    /// Products of bytes in 256 bits as well (Intel's AVX-VNNI).
    case avx2VNNI = "avx2vnni"
    /// 512-bit registers.
    case avx512
    /// Products of bfloat16 pairs as well.
    case avx512BFloat16 = "avx512bf16"

    /// The environment variable that changes the choice, for comparisons and for doubtful machines.
    package static let variable = "FUNDUSD_SIMD"

    /// The fastest on this processor.
    package static var best: InstructionSet {
        let level = cp_best_level()
        return allCases.first { $0.level == level } ?? .baseline
    }

    /// All that processor and operating system carry.
    package static var available: [InstructionSet] { allCases.filter { cp_has($0.level) } }

    package static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.level.rawValue < b.level.rawValue }

    /// The best, or another that runs here where the environment says so.
    package static func chosen() throws(UnknownInstructionSet) -> InstructionSet {
        // SAFETY: the text is copied before anything can change the environment; the program itself never does.
        guard let text = unsafe getenv(variable) else { return best }
        return try chosen(by: unsafe String(cString: text))
    }

    /// What this process computes with. An unknown `FUNDUSD_SIMD` counts as unset here; whoever starts the program asks `chosen`
    /// first.
    package static let inUse: InstructionSet = (try? chosen()) ?? best

    /// The instruction set that a text names, as `FUNDUSD_SIMD` does; the best where this processor lacks it.
    ///
    /// - Throws: where there is none of that name.
    package static func chosen(by text: String) throws(UnknownInstructionSet) -> InstructionSet {
        guard let wanted = InstructionSet(rawValue: text) else { throw UnknownInstructionSet(text: text) }
        return available.contains(wanted) ? wanted : best
    }

    /// As C has it.
    package var level: cp_level {
        switch self {
        case .baseline: cp_baseline
        case .avx2: cp_avx2
        case .avx2VNNI: cp_avx2vnni
        case .avx512: cp_avx512
        case .avx512BFloat16: cp_avx512bf16
        }
    }
}

/// `FUNDUSD_SIMD` names no instruction set.
package struct UnknownInstructionSet: Error, Equatable, CustomStringConvertible {
    package let text: String

    package var description: String {
        let names = InstructionSet.allCases.map(\.rawValue).joined(separator: ", ")
        return
            "\(InstructionSet.variable) is “\(text)”; it may be one of \(names), or unset for the best that runs here"
    }
}
