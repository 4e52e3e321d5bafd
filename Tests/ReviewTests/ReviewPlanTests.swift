// SPDX-License-Identifier: Apache-2.0
import Review
import Testing

@Suite struct ReviewPlanTests {
    private static let rules = ReviewPlan.Rules(normalShare: 0.1, diseaseShare: 0.5, doubt: 0.05, perDay: 20)
    private let plan = ReviewPlan(rules, secret: SiteSecret(key: [1, 2, 3]))

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let finding: ReviewPlan.Finding
        var drawn = ReviewPlan.Drawn()
        let stratum: ReviewReason
        let probability: Double
    }

    static let cases = [
        Case(testDescription: "normal", finding: .normal(distance: 0.3), stratum: .sample, probability: 0.1),
        Case(testDescription: "disease", finding: .disease(distance: 0.05), stratum: .sample, probability: 0.5),
        Case(testDescription: "ungradable", finding: .ungradable, stratum: .ungradable, probability: 0.1),
        Case(testDescription: "in doubt", finding: .normal(distance: 0.049), stratum: .doubt, probability: 1),
        Case(
            testDescription: "in doubt, after enough of those", finding: .normal(distance: 0.01),
            drawn: .init(unbiased: 0, chosen: 10), stratum: .doubt, probability: 0.1),
        Case(
            testDescription: "by chance, after enough in doubt", finding: .disease(distance: 0.4),
            drawn: .init(unbiased: 9, chosen: 10), stratum: .sample, probability: 0.5),
        Case(
            testDescription: "at the day's bound", finding: .disease(distance: 0.01),
            drawn: .init(unbiased: 20, chosen: 0), stratum: .doubt, probability: 0),
    ]

    /// The probability is what was said, and as many pictures are drawn as it says.
    @Test(arguments: cases) func `each kind has its probability`(_ example: Case) {
        let decisions = (0..<4000).map { plan.decision(for: "\($0)", example.finding, drawnToday: example.drawn) }
        #expect(decisions.allSatisfy { $0.stratum == example.stratum && $0.probability == example.probability })
        let share = Double(decisions.count { $0.reason != nil }) / 4000
        // Four standard deviations of 4000 draws.
        #expect(
            abs(share - example.probability) <= 4
                * (example.probability * (1 - example.probability) / 4000).squareRoot())
    }

    /// Those that chance alone would have drawn stay an unbiased sample, in doubt or not.
    @Test func `of those in doubt, a share is there by chance`() {
        let reasons = (0..<4000).map {
            plan.decision(for: "\($0)", .disease(distance: 0.01), drawnToday: .init()).reason
        }
        let byChance = reasons.count { $0 == .sample }
        #expect(abs(byChance - 2000) < 130 && reasons.count { $0 == .doubt } == 4000 - byChance)
    }

    @Test func `the same content is drawn the same, and another site draws others`() {
        let other = ReviewPlan(Self.rules, secret: SiteSecret(key: [1, 2, 4]))
        func drawn(_ plan: ReviewPlan) -> [Int] {
            (0..<2000).filter { plan.decision(for: "\($0)", .normal(distance: 1), drawnToday: .init()).reason != nil }
        }
        #expect(drawn(plan) == drawn(ReviewPlan(Self.rules, secret: SiteSecret(key: [1, 2, 3]))))
        #expect(Set(drawn(plan)).intersection(drawn(other)).count < 40)
    }

    @Test func `a disagreement is given to people, drawn before or not, while there is room`() {
        let passed = ReviewDecision(stratum: .sample, probability: 0.1, reason: nil)
        let taken = ReviewDecision(stratum: .sample, probability: 0.1, reason: .sample)
        func again(_ before: ReviewDecision, _ chosen: Int) -> ReviewDecision? {
            plan.decisionOnDisagreement(after: before, drawnToday: .init(unbiased: 3, chosen: chosen))
        }
        #expect(again(passed, 9) == ReviewDecision(stratum: .disagreement, probability: 1, reason: .disagreement))
        #expect(again(taken, 9) == ReviewDecision(stratum: .disagreement, probability: 1, reason: .sample))
        // Whether it was drawn makes no difference to the cell that it is counted in.
        #expect(again(passed, 10) == nil && again(taken, 10) == nil)
        #expect(again(again(passed, 9)!, 9) == nil)
    }
}
