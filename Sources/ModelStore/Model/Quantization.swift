// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
package import ResNet

/// `quantization.json` beside a model: what int8 needs to know of it, and what int8 was seen to do to its verdicts.
///
/// It was measured on photographs after the model was made and can be measured again on others, so it is no part of
/// `model.json`, which never changes. A model without it can't judge in int8.
package struct Quantization: Codable, Sendable, Equatable {
    /// In the model's folder.
    package static let fileName = "quantization.json"
    private static let version = "fundusd.quantization/1"

    var schema = Self.version
    /// Of the model.safetensors that was measured.
    package var sha256: String
    /// Photographs that the ranges were measured on.
    package var images: Int
    /// The largest value of each map that int8 can tell.
    package var ranges: ActivationRanges
    /// What int8 gives for the self-test's input.
    package var golden: ModelRecord.Golden
    /// Nil until it was measured.
    package var check: QuantizationCheck?

    init(sha256: String, images: Int, ranges: ActivationRanges, golden: ModelRecord.Golden) {
        self.sha256 = sha256
        self.images = images
        self.ranges = ranges
        self.golden = golden
    }

    func json() -> [UInt8] {
        guard let data = try? ModelRecord.encoder().encode(self) else {
            preconditionFailure("a quantization holds a number that is not finite")
        }
        return Array(data) + [UInt8(ascii: "\n")]
    }

    /// - Throws: where it is not whole, or not that of a model.
    static func parse(_ bytes: [UInt8], for record: ModelRecord, path: String) throws(ModelFailure) -> Quantization {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let found = try? decoder.decode(Quantization.self, from: Data(bytes)), found.schema == version else {
            throw failure(path, "is not what this program writes")
        }
        guard found.sha256 == record.sha256 else { throw failure(path, "was measured of other weights") }
        if let fault = found.ranges.fault(for: record.layout) { throw failure(path, fault) }
        return found
    }

    private static func failure(_ path: String, _ fault: String) -> ModelFailure {
        ModelFailure(.damaged, path, fault, remedy: "measure it anew: `fundusd model calibrate --holdout DIR`")
    }
}

/// What a model's verdicts became in int8, on photographs whose class is known.
package struct QuantizationCheck: Codable, Sendable, Equatable {
    /// A figure in float32 and in int8.
    package struct Pair: Codable, Sendable, Equatable {
        package var float32: Double
        package var int8: Double

        package init(float32: Double, int8: Double) {
            self.float32 = float32
            self.int8 = int8
        }

        fileprivate func isKept(within margin: Double) -> Bool { int8 >= float32 - margin }
    }

    package var images: Int
    /// P(disease) at or above it counted as disease, in both precisions.
    package var threshold: Double
    /// Images whose P(disease) went over to the other side of the threshold.
    package var changedVerdicts: Int
    /// Of P(disease), over all images.
    package var largestChange: Double
    package var areaUnderCurve: Pair
    /// At `threshold`.
    package var sensitivity: Pair
    /// At `threshold`.
    package var specificity: Pair
    /// How much lower int8's figures may be for `auto` to take it.
    package var areaMargin = 0.003
    package var sensitivityMargin = 0.01

    package init(
        images: Int, threshold: Double, changedVerdicts: Int, largestChange: Double, areaUnderCurve: Pair,
        sensitivity: Pair, specificity: Pair
    ) {
        self.images = images
        self.threshold = threshold
        self.changedVerdicts = changedVerdicts
        self.largestChange = largestChange
        self.areaUnderCurve = areaUnderCurve
        self.sensitivity = sensitivity
        self.specificity = specificity
    }

    /// Whether it was shown that the model is as good in int8 at a threshold.
    package func allows(at threshold: Double) -> Bool {
        self.threshold == threshold && images >= PrecisionCheck.fewestImages
            && areaUnderCurve.isKept(within: areaMargin) && sensitivity.isKept(within: sensitivityMargin)
    }
}
