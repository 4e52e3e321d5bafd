// SPDX-License-Identifier: Apache-2.0
package import Evaluation
internal import LabelledData

/// What a retraining is told of the pictures that people were given where the program works.
package struct ReviewedTraining: Sendable {
    /// By SHA-256: those drawn by chance measure, and those that were given for being hard train.
    private let sides: [String: HoldoutSplit.Side]
    /// By model: what it is worth there, as far as that is known.
    package let inService: [String: InServiceFigures]

    /// - Parameter isDrawnByChance: of each picture by its SHA-256.
    package init(isDrawnByChance: [String: Bool] = [:], inService: [String: InServiceFigures] = [:]) {
        sides = isDrawnByChance.mapValues { $0 ? .holdout : .training }
        self.inService = inService
    }

    /// Sides of their own: for images whose class is known. What nobody can judge tells nothing of the class; it is divided as any
    /// other, since most of it was drawn by chance, and held out it would teach no network to know such pictures.
    func sides(of images: [LabelledImage]) -> [String: HoldoutSplit.Side] {
        let judged = Set(images.filter { $0.label.isDisease != nil }.map(\.sha256))
        return sides.filter { judged.contains($0.key) }
    }
}
