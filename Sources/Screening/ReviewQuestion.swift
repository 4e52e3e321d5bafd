// SPDX-License-Identifier: Apache-2.0
package import Review
package import SystemPackage

/// How pictures get to people, where a site wants that.
package struct ReviewRules: Sendable {
    package let plan: ReviewPlan
    /// Where people find the pictures.
    package let folder: FilePath

    package init(plan: ReviewPlan, folder: FilePath) {
        self.plan = plan
        self.folder = folder
    }
}

/// Whether a person is to look at a picture that just got its verdict.
struct ReviewQuestion {
    let plan: ReviewPlan
    let finding: ReviewPlan.Finding
    let outcome: Verdict.Outcome
    let model: String

    /// Nil for what is no picture: nobody could answer.
    init?(_ plan: ReviewPlan, about verdict: Verdict) {
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
