// SPDX-License-Identifier: Apache-2.0
// In:  a picture's hash and its verdict, a secret of the site, what was drawn today.
// Out: whether a person is to look at the picture, why, and how probable that was.
// Called by Screening, after each verdict. Computes; the secret's file alone is read and made here.

/// Why a person is asked to look at a picture.
package enum ReviewReason: String, Sendable, CaseIterable {
    /// By chance alone: such pictures stand for all of their verdict.
    case sample
    /// P(disease) is near the threshold.
    case doubt
    /// By chance alone, among those that the program would not judge.
    case ungradable
    /// A challenger that looks on says otherwise.
    case disagreement

    /// Whether such pictures may measure a model: they were chosen without regard to what one said of them in doubt.
    package var isUnbiased: Bool { self == .sample || self == .ungradable }
}

/// What was decided of one picture, drawn or not: with all of them the answers can be weighted.
package struct ReviewDecision: Sendable, Equatable {
    /// The part of the pictures that it belongs to; pictures of one verdict, one part and one probability are alike.
    package let stratum: ReviewReason
    /// How probable it was that it would be drawn, known before the draw.
    package let probability: Double
    /// Nil where it was not drawn.
    package let reason: ReviewReason?

    package init(stratum: ReviewReason, probability: Double, reason: ReviewReason?) {
        self.stratum = stratum
        self.probability = probability
        self.reason = reason
    }
}
