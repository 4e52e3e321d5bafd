// SPDX-License-Identifier: Apache-2.0
internal import ResNet
internal import TensorMath

/// The self-test of a model: the same generated input must give the logit that it gave when the model was made.
///
/// Catches a processor on which the mathematics goes wrong, and weights that were exchanged together with their hash.
enum GoldenCheck {
    static let seed: UInt64 = 20_151_210
    static let tolerance: Float = 1e-3
    /// Fifty layers in bfloat16, each rounded to 1/512: a wrong processor or file is off by far more.
    static let bfloat16Tolerance: Float = 0.1
    private static let formula =
        "SeededInput(name: golden, seed): SplitMix64 seeded by FNV-1a(name/coarse) and (name/fine) xor seed; "
        + "see Sources/ResNet/SeededInput.swift"

    static func record(_ network: ResNet50Inference) -> ModelRecord.Golden {
        ModelRecord.Golden(
            formula: formula, seed: seed, logits: logits(network, seed: seed), tolerance: tolerance)
    }

    static func verify(
        _ golden: ModelRecord.Golden, _ network: ResNet50Inference, path: String
    ) throws(ModelFailure) {
        let ours = logits(network, seed: golden.seed)
        let tolerance = network.precision == .bfloat16 ? bfloat16Tolerance : golden.tolerance
        guard ours.count == golden.logits.count * network.batchSize else {
            throw failure(path, "gives \(ours.count) logits, not \(golden.logits.count)")
        }
        for (index, value) in ours.enumerated() {
            let expected = golden.logits[index % golden.logits.count]
            // Not `difference > …`: a NaN must fail too.
            guard abs(value - expected) <= tolerance * max(1, abs(expected)) else {
                throw failure(path, "gives the logit \(value), not \(expected), for its golden input")
            }
        }
    }

    /// Every image of the batch is the golden input.
    private static func logits(_ network: ResNet50Inference, seed: UInt64) -> [Float] {
        let input = SeededInput.values(
            name: "golden", seed: seed, height: network.inputHeight, width: network.inputWidth)
        return network.logits(of: Array(repeatElement(input, count: network.batchSize).joined()))
    }

    private static func failure(_ path: String, _ message: String) -> ModelFailure {
        ModelFailure(
            .selfTest, path, "fails its self-test: it \(message)",
            remedy: "import the model again; if that does not help, set FUNDUSD_SIMD=baseline or check the machine")
    }
}
