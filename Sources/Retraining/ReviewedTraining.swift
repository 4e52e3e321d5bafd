// SPDX-License-Identifier: Apache-2.0
package import Evaluation
internal import LabelledData

/// What a retraining is told of the pictures that people were given where the program works.
package struct ReviewedTraining: Sendable {
    /// By SHA-256: those drawn by chance measure, and those that were given for being hard train.
    let sides: [String: HoldoutSplit.Side]
    /// By model: what it is worth there, as far as that is known.
    package let inService: [String: InServiceFigures]

    /// - Parameter isDrawnByChance: of each picture by its SHA-256.
    package init(isDrawnByChance: [String: Bool] = [:], inService: [String: InServiceFigures] = [:]) {
        sides = isDrawnByChance.mapValues { $0 ? .holdout : .training }
        self.inService = inService
    }
}
