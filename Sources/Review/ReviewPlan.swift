// SPDX-License-Identifier: Apache-2.0
/// Which pictures a person is asked to look at.
///
/// Each picture's probability depends on its verdict and on what was drawn before it today, never on its own draw, so that the
/// inverse is an unbiased weight (D. G. Horvitz, D. J. Thompson, JASA 47 (1952) 663–685).
package struct ReviewPlan: Sendable {
    /// The shares and bounds that a site has set.
    package struct Rules: Sendable, Equatable {
        /// Of the pictures called normal, and of the ungradable ones.
        package var normalShare: Double
        /// Of those called disease.
        package var diseaseShare: Double
        /// So near the threshold P(disease) is in doubt.
        package var doubt: Double
        /// Pictures that people are given on a day, UTC.
        package var perDay: Int

        package init(normalShare: Double, diseaseShare: Double, doubt: Double, perDay: Int) {
            self.normalShare = normalShare
            self.diseaseShare = diseaseShare
            self.doubt = doubt
            self.perDay = perDay
        }
    }

    /// What the program said.
    package enum Finding: Sendable, Equatable {
        case disease(distance: Double)
        case normal(distance: Double)
        case ungradable
    }

    /// What was drawn on a day so far.
    package struct Drawn: Sendable, Equatable {
        /// By chance.
        package var unbiased: Int
        /// For doubt and disagreement.
        package var chosen: Int

        package init(unbiased: Int = 0, chosen: Int = 0) {
            self.unbiased = unbiased
            self.chosen = chosen
        }
    }

    package let rules: Rules
    private let secret: SiteSecret

    package init(_ rules: Rules, secret: SiteSecret) {
        self.rules = rules
        self.secret = secret
    }

    /// Decides of a picture that got its verdict.
    package func decision(for sha256: String, _ finding: Finding, drawnToday: Drawn) -> ReviewDecision {
        let base = isFull(drawnToday) ? 0 : share(of: finding)
        let stratum = stratum(of: finding)
        let isChosen = stratum == .doubt && hasRoomForChosen(drawnToday)
        let byChance: ReviewReason = finding == .ungradable ? .ungradable : .sample
        let reason: ReviewReason? = secret.draw(sha256) < base ? byChance : isChosen ? .doubt : nil
        return ReviewDecision(stratum: stratum, probability: isChosen ? 1 : base, reason: reason)
    }

    /// Decides anew of one of which a challenger says otherwise; nil where no more can be given to people today.
    package func decisionOnDisagreement(after before: ReviewDecision, drawnToday: Drawn) -> ReviewDecision? {
        // Whether it was drawn before must not count: all of them are given to people from here on, with probability 1.
        guard before.stratum != .disagreement, hasRoomForChosen(drawnToday) else { return nil }
        return ReviewDecision(stratum: .disagreement, probability: 1, reason: before.reason ?? .disagreement)
    }

    private func isFull(_ drawn: Drawn) -> Bool { drawn.unbiased + drawn.chosen >= rules.perDay }

    /// Half of a day at most: what is chosen says nothing of the others.
    private func hasRoomForChosen(_ drawn: Drawn) -> Bool { !isFull(drawn) && drawn.chosen < rules.perDay / 2 }

    private func share(of finding: Finding) -> Double {
        switch finding {
        case .disease: rules.diseaseShare
        case .normal, .ungradable: rules.normalShare
        }
    }

    private func stratum(of finding: Finding) -> ReviewReason {
        switch finding {
        case .disease(let distance), .normal(let distance): distance < rules.doubt ? .doubt : .sample
        case .ungradable: .ungradable
        }
    }
}
