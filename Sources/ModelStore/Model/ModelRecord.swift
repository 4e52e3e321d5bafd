// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import FundusImage

/// What `model.json` says of a model: where it comes from, how to use it, how to know that it still works.
package struct ModelRecord: Codable, Sendable, Equatable {
    /// What this program writes; a reader refuses other names.
    package static let schema = "fundusd.model/1"

    /// What a model may be used for.
    package enum Role: String, Codable, Sendable {
        /// Gives verdicts: one output, two where the second says whether a picture is gradable, or a softmax's classes.
        case judge
        /// A start for training only: ImageNet's 1000 outputs, or no head at all.
        case base
    }

    /// The class whose logit the network gives.
    package enum PositiveClass: String, Codable, Sendable, CaseIterable {
        case disease, normal
    }

    /// What an imported model was made of.
    package struct Source: Codable, Sendable, Equatable {
        /// The file's name, without its folder.
        package var file: String
        package var sha256: String
        /// Where the file has two outputs, made one here: the one that means normal. The logit is the other less this.
        package var foldedNormalClass: Int?
    }

    package struct Architecture: Codable, Sendable, Equatable {
        package static let resNet50 = "resnet50-v1.5"
        package var name: String
        /// Channels after the stem: 64 of a ResNet-50.
        package var baseWidth: Int
        /// Nil of a base without a head.
        package var outputs: Int?
    }

    /// P(disease) at or above `value` is disease; the evidence is the hold-out's.
    package struct MeasuredThreshold: Codable, Sendable, Equatable {
        /// P(disease) at or above it is called disease.
        package var value: Double
        /// On the hold-out, 0…1; nil where it was given by hand.
        package var sensitivity: Double?
        /// On the hold-out, 0…1; nil where it was given by hand.
        package var specificity: Double?

        package init(value: Double, sensitivity: Double? = nil, specificity: Double? = nil) {
            self.value = value
            self.sensitivity = sensitivity
            self.specificity = specificity
        }
    }

    /// An input that anyone can generate again, and what the network gave for it when the model was made.
    package struct Golden: Codable, Sendable, Equatable {
        /// How the input follows from the seed; for the reader of the file.
        package var formula: String
        /// Of `SeededInput`.
        package var seed: UInt64
        /// What the network gives for the seeded input, one for each output.
        package var logits: [Float]
        /// Allowed difference for a logit of size up to 1, in proportion above.
        package var tolerance: Float
    }

    package var schema = ModelRecord.schema
    /// `YYYYMMDD-` and the first six digits of `sha256`.
    package var id: String
    /// Of model.safetensors.
    package var sha256: String
    package var role: Role
    package var createdAt: Date
    /// Nil where an import does not know it.
    package var trainedAt: Date?
    /// The id of the model that its training began with.
    package var parent: String?
    /// The recipe's name, as `train --recipe` takes it.
    package var recipe: String?
    /// Nil of an import.
    package var training: Training?
    /// Nil of what was trained here.
    package var source: Source?
    package var architecture: Architecture
    package var positiveClass: PositiveClass
    /// Of a judge whose outputs are the classes of a softmax: the one that means normal, counted from 0.
    package var normalClass: Int?
    package var threshold: MeasuredThreshold
    /// Thresholds for the sensitivities that `target-sensitivity` may ask for.
    package var operatingPoints: [MeasuredThreshold]?
    /// Of a judge with a second output, which says whether a picture is gradable.
    package var gradability: Gradability?
    package var preprocessing: Preprocessing
    package var golden: Golden?
    /// Nil where bfloat16 was never compared with float32.
    package var precisionCheck: PrecisionCheck?
}
