// SPDX-License-Identifier: Apache-2.0
internal import FundusImage
package import Processor
package import TensorMath

/// What a model computes in on this machine, and why.
package struct PrecisionChoice: Sendable {
    package let precision: Precision
    /// Half a sentence, such as “it takes 9.1 ms here, float32 16.0 ms”.
    package let reason: String
    /// What was measured for this choice and is not kept yet.
    let measured: PrecisionSpeeds?

    /// Where nobody asks for speed.
    package static let plain = PrecisionChoice(.float32, because: "nothing else was asked for")

    package init(_ precision: Precision, because reason: String) {
        self.init(precision, because: reason, measured: nil)
    }

    init(_ precision: Precision, because reason: String, measured: PrecisionSpeeds?) {
        self.precision = precision
        self.reason = reason
        self.measured = measured
    }
}

extension Precision {
    /// Whether the processor has instructions of its own for it: without them it is emulated, and slower than float32.
    package func isNative(to instructionSet: InstructionSet) -> Bool {
        switch self {
        case .float32: true
        case .bfloat16: instructionSet == .avx512BFloat16
        case .int8: instructionSet >= .avx2
        }
    }
}

extension ModelRecord {
    /// The precisions that a choice by speed is between: float32, and each that changes no verdict at the threshold, by what
    /// the model was shown with, and that the processor computes in.
    ///
    /// - Parameter quantization: what was measured of the model for int8.
    package func candidates(
        at threshold: Double, _ quantization: Quantization?, _ kind: EngineKind, _ instructionSet: InstructionSet
    ) -> (precisions: [Precision], whyNoMore: String) {
        let native = Precision.all.filter { $0.isNative(to: instructionSet) && kind.computes(in: $0) }
        let shown = native.filter { isShown($0, at: threshold, quantization) }
        let names = native.filter { !shown.contains($0) }.map(\.rawValue).joined(separator: " and ")
        let why =
            names.isEmpty
            ? "nothing else is computed here by the processor's own instructions"
            : "\(names) was not shown to keep this model's verdicts at its threshold"
        return (shown, why)
    }

    private func isShown(_ precision: Precision, at threshold: Double, _ quantization: Quantization?) -> Bool {
        switch precision {
        case .float32: true
        case .bfloat16: precisionCheck?.allows(.bfloat16, at: threshold) ?? false
        case .int8: quantization?.check?.allows(at: threshold) ?? false
        }
    }
}

extension PrecisionSpeeds {
    /// The fastest; of equals the one that comes first.
    package func choice(among precisions: [Precision]) -> (precision: Precision, reason: String)? {
        let timed = precisions.compactMap { precision in self[precision].map { (precision: precision, time: $0) } }
        guard let best = timed.min(by: { $0.time < $1.time }) else { return nil }
        let others = timed.filter { $0.precision != best.precision }
            .map { "\($0.precision.rawValue) \(Self.told($0.time))" }.joined(separator: ", ")
        return (best.precision, "it takes \(Self.told(best.time)) here, \(others)")
    }

    private static func told(_ milliseconds: Double) -> String { "\((milliseconds * 10).rounded() / 10) ms" }
}

extension ModelFolder {
    /// The fastest of the precisions that are allowed, by what was measured on this machine, now or before.
    ///
    /// Writes nothing: `LoadedModel.keepPackedWeights` keeps what was measured.
    package func fastestPrecision(
        _ record: ModelRecord, at threshold: Double, _ kind: EngineKind, on engine: ComputeEngine
    ) throws(ModelFailure) -> PrecisionChoice {
        let (precisions, whyNoMore) = record.candidates(
            at: threshold, try soundQuantization(of: record), kind, engine.instructionSet)
        guard precisions.count > 1 else { return PrecisionChoice(precisions.first ?? .float32, because: whyNoMore) }
        let blank = PrecisionSpeeds(
            machine: PrecisionSpeeds.Machine(engine), height: record.preprocessing.height,
            width: record.preprocessing.width, milliseconds: [:])
        let kept = keptSpeeds(of: precisions, blank)
        let speeds =
            if let kept { kept } else { try measuredSpeeds(of: precisions, on: engine, like: blank) }
        guard let best = speeds.choice(among: precisions) else { preconditionFailure("all of them were measured") }
        return PrecisionChoice(best.precision, because: best.reason, measured: kept == nil ? speeds : nil)
    }
}
