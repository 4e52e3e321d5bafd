// SPDX-License-Identifier: Apache-2.0
extension ModelRecord {
    /// How a model was trained, and what was measured of it on images that it never saw.
    package struct Training: Codable, Sendable, Equatable {
        /// Images of each class.
        package struct Images: Codable, Sendable, Equatable {
            package var disease: Int
            package var normal: Int

            package init(disease: Int, normal: Int) {
                self.disease = disease
                self.normal = normal
            }
        }

        /// Images that were kept from training, of so many groups (people).
        package struct Holdout: Codable, Sendable, Equatable {
            package var disease: Int
            package var normal: Int
            /// People.
            package var groups: Int

            package init(disease: Int, normal: Int, groups: Int) {
                self.disease = disease
                self.normal = normal
                self.groups = groups
            }
        }

        /// What the hold-out showed; sensitivity and specificity are those at the model's threshold.
        package struct Figures: Codable, Sendable, Equatable {
            /// Of the ROC curve, 0…1; nil where the hold-out lacks a class.
            package var areaUnderCurve: Double?
            /// The ends of the area's 95 % interval.
            package var low: Double?
            package var high: Double?
            package var sensitivity: Double?
            package var specificity: Double?

            package init(
                areaUnderCurve: Double? = nil, low: Double? = nil, high: Double? = nil, sensitivity: Double? = nil,
                specificity: Double? = nil
            ) {
                self.areaUnderCurve = areaUnderCurve
                self.low = low
                self.high = high
                self.sensitivity = sensitivity
                self.specificity = specificity
            }

            var all: [Double] { [areaUnderCurve, low, high, sensitivity, specificity].compactMap(\.self) }
        }

        /// Where random numbers began.
        package var seed: UInt64
        package var epochs: Int
        package var trainedOn: Images
        /// Nil where nobody was kept from training.
        package var holdout: Holdout?
        /// Of the program that trained it.
        package var softwareVersion: String
        package var figures: Figures?
        /// By which the logits were divided for calibration before the head's parameters were written.
        package var temperature: Double?
        /// What people's answers said, when this was trained, of the champion of then where it worked: a sentence.
        package var championInService: String?

        package init(
            seed: UInt64, epochs: Int, trainedOn: Images, holdout: Holdout? = nil, softwareVersion: String,
            figures: Figures? = nil, temperature: Double? = nil
        ) {
            self.seed = seed
            self.epochs = epochs
            self.trainedOn = trainedOn
            self.holdout = holdout
            self.softwareVersion = softwareVersion
            self.figures = figures
            self.temperature = temperature
        }

        /// The first value that can't be.
        var fault: String? {
            let counts = [epochs, trainedOn.disease, trainedOn.normal]
            let kept = holdout.map { [$0.disease, $0.normal, $0.groups] } ?? []
            if (counts + kept).contains(where: { $0 < 0 }) { return "training holds a negative count" }
            if figures?.all.contains(where: { !(0...1).contains($0) }) ?? false {
                return "training holds a figure that is not between 0 and 1"
            }
            if let temperature, !(temperature > 0 && temperature.isFinite) {
                return "training holds the temperature \(temperature)"
            }
            return nil
        }
    }
}
