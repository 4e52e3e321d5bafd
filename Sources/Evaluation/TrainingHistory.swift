// SPDX-License-Identifier: Apache-2.0
/// How a training went, epoch by epoch: `history.json` beside a model's weights.
package struct TrainingHistory: Codable, Sendable, Equatable {
    /// One pass over the images.
    package struct Epoch: Codable, Sendable, Equatable {
        /// Counted from 1.
        package var epoch: Int
        /// Mean binary cross-entropy over the images trained on; ln 2 = 0.693 is a guess.
        package var trainLoss: Double
        /// The same over the images that decide which epoch is kept.
        package var validationLoss: Double?
        /// The same over the images held out.
        package var holdoutLoss: Double?
        /// AUC for disease over the images held out.
        package var holdoutAUC: Double?
        /// Wall-clock time of its steps, without the measuring after them.
        package var seconds: Double?

        package init(
            epoch: Int, trainLoss: Double, validationLoss: Double? = nil, holdoutLoss: Double? = nil,
            holdoutAUC: Double? = nil, seconds: Double? = nil
        ) {
            self.epoch = epoch
            self.trainLoss = trainLoss
            self.validationLoss = validationLoss
            self.holdoutLoss = holdoutLoss
            self.holdoutAUC = holdoutAUC
            self.seconds = seconds
        }

        private enum CodingKeys: String, CodingKey {
            case epoch, seconds
            case trainLoss = "train_loss"
            case validationLoss = "validation_loss"
            case holdoutLoss = "holdout_loss"
            case holdoutAUC = "holdout_auc"
        }
    }

    package static let fileName = "history.json"

    package var epochs: [Epoch]
    /// The epoch whose weights were kept, where it is not the last.
    package var bestEpoch: Int?

    package init(epochs: [Epoch], bestEpoch: Int? = nil) {
        self.epochs = epochs
        self.bestEpoch = bestEpoch
    }

    private enum CodingKeys: String, CodingKey {
        case epochs
        case bestEpoch = "best_epoch"
    }
}
