// SPDX-License-Identifier: Apache-2.0
package import Review
package import Verdict

/// Whether a person is to look at a picture that just got its verdict.
package struct ReviewQuestion: Sendable {
    let plan: ReviewPlan
    let finding: ReviewPlan.Finding
    let outcome: Verdict.Outcome
    let model: String

    /// Nil for what is no picture: nobody could answer.
    package init?(_ plan: ReviewPlan, about verdict: Verdict) {
        let distance = verdict.probability.value.map { abs($0 - verdict.threshold.value) }
        switch (verdict.outcome, distance) {
        case (.disease, let distance?): finding = .disease(distance: distance)
        case (.normal, let distance?): finding = .normal(distance: distance)
        case (.ungradable, _): finding = .ungradable
        default: return nil
        }
        self.plan = plan
        outcome = verdict.outcome
        model = verdict.model.id
    }
}
