// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Processor

/// Who computes the convolutions of a network that judges.
package enum EngineKind: String, Sendable, CaseIterable {
    /// The kernels of `CKernels`, at the level that `InstructionSet` says.
    case kernels
    /// OpenBLAS: matrix products of unfolded maps, in float32 only.
    case openBLAS = "openblas"

    /// The environment variable that changes the choice, for comparisons and for doubtful machines.
    package static let variable = "FUNDUSD_ENGINE"

    /// What the environment says, or else the kernels, where there are some for this processor: for AVX without AVX2, and on
    /// other architectures, OpenBLAS has more than our baseline.
    package static func chosen() throws(EngineFailure) -> EngineKind {
        // SAFETY: the text is copied before anything can change the environment.
        guard let text = unsafe getenv(variable) else { return preferred }
        return try chosen(by: unsafe String(cString: text))
    }

    /// The engine that a text names, as `FUNDUSD_ENGINE` does.
    ///
    /// - Throws: where there is none of that name, or not on this machine.
    package static func chosen(by text: String) throws(EngineFailure) -> EngineKind {
        guard let kind = EngineKind(rawValue: text) else { throw .unknown(text) }
        if kind == .openBLAS, case .failure(let failure) = MatrixProduct.verdict { throw .unusable(failure) }
        return kind
    }

    /// The choice where nobody made one; the processor and the library don't change while the program runs.
    private static let preferred: EngineKind = {
        guard InstructionSet.best == .baseline, unsafe getenv(InstructionSet.variable) == nil,
            MatrixProduct.isWorthLoading, case .success = MatrixProduct.verdict
        else { return .kernels }
        return .openBLAS
    }()

    /// Whether it computes in a precision.
    package func computes(in precision: Precision) -> Bool { self == .kernels || precision == .float32 }

    /// The one chosen, or the kernels for a precision that it lacks.
    ///
    /// A choice that can't be had counts as none here; whoever starts the program asks `chosen` first.
    package static func suited(to precision: Precision) -> EngineKind {
        let kind = (try? chosen()) ?? .kernels
        return kind.computes(in: precision) ? kind : .kernels
    }
}

/// `FUNDUSD_ENGINE` names no engine, or one that can't be used here.
package enum EngineFailure: Error, CustomStringConvertible {
    case unknown(String)
    case unusable(MatrixProductFailure)

    package var description: String {
        switch self {
        case .unknown(let text):
            let names = EngineKind.allCases.map(\.rawValue).joined(separator: ", ")
            return "\(EngineKind.variable) is “\(text)”; it may be one of \(names), or unset for the better one here"
        case .unusable(let failure):
            return "\(EngineKind.variable) asks for OpenBLAS. \(failure)"
        }
    }
}
