// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import ResNet
import Testing

@testable import Evaluation

@Suite struct PromotionGateTests {
    /// 100 normal and 100 diseased images of 100 people, whom the champion tells apart with an AUC of 0.84.
    private static let isDisease = (0..<200).map { $0 % 2 == 1 }
    private static let groups = groups(of: 100)

    private static func groups(of people: Int) -> [String] {
        (0..<200).map { "person \(($0 / 4 * 2 + $0 % 2) % people)" }
    }

    private static let champion: [Double] = {
        var generator = SplitMix64(seed: 11)
        return isDisease.map { isDisease in
            let noise = Double(generator.nextUnit()) * 0.7
            return isDisease ? 0.3 + noise : noise
        }
    }()

    private static var rules: PromotionGate.Rules {
        var rules = PromotionGate.Rules()
        rules.replicates = 200
        return rules
    }

    private static func decision(
        _ challenger: [Double], champion: [Double] = champion, threshold: Double = 0.35, places: [Int]? = nil,
        challengerThreshold: Double? = 0, fault: String? = nil, people: Int = 100,
        rules: PromotionGate.Rules = rules
    ) -> GateDecision {
        let places = places ?? Array(0..<200)
        let scores = PairedScores(
            champion: places.map { champion[$0] }, challenger: places.map { challenger[$0] },
            isDisease: places.map { isDisease[$0] }, groups: places.map { groups(of: people)[$0] })
        var generator = SplitMix64(seed: rules.seed)
        return PromotionGate(rules).decide(
            scores, championThreshold: threshold, challengerThreshold: challengerThreshold, challengerFault: fault,
            using: &generator)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let challenger: @Sendable (_ place: Int) -> Double
        var places = Array(0..<200)
        var fault: String?
        var people = 100
        var threshold = 0.35
        var rules = PromotionGateTests.rules
        /// Empty where it is to pass.
        let failures: Set<GateCondition.Name>
        /// Whether figures can be had.
        var isMeasured = true

        init(
            _ name: String, failures: Set<GateCondition.Name> = [],
            _ challenger: @escaping @Sendable (_ place: Int) -> Double
        ) {
            testDescription = name
            self.failures = failures
            self.challenger = challenger
        }

        func with(_ change: (inout Case) -> Void) -> Case {
            var copy = self
            change(&copy)
            return copy
        }
    }

    static let cases: [Case] = [
        Case("the champion itself") { champion[$0] },
        Case("one that knows") { isDisease[$0] ? 0.99 : 0.01 },
        Case("better, by one person in four") { $0 % 16 < 4 ? (isDisease[$0] ? 0.99 : 0.01) : champion[$0] },
        Case(
            "trained on flipped labels",
            failures: [.area, .areaLoss, .sensitivity, .sensitivityLoss, .specificityFloor, .calibration]
        ) { 1 - champion[$0] },
        Case(
            "one answer for all",
            failures: [.area, .areaLoss, .sensitivity, .sensitivityLoss, .specificityFloor, .calibration]
        ) { _ in 0.5 },
        Case("as good, and far too sure", failures: [.calibration]) {
            champion[$0] < 0.5 ? 0.0001 * champion[$0] : 1 - 0.0001 * (1 - champion[$0])
        },
        Case("NaN", failures: [.probabilities]) { $0 == 7 ? .nan : champion[$0] }.with { $0.isMeasured = false },
        Case("infinite", failures: [.probabilities]) { _ in .infinity }.with { $0.isMeasured = false },
        Case("above 1", failures: [.probabilities]) { _ in 1.0000001 }.with { $0.isMeasured = false },
        Case("that does not load", failures: [.selfTest]) { champion[$0] }
            .with { ($0.fault, $0.isMeasured) = ("its weights are truncated", false) },
        Case("on too few images", failures: [.images]) { champion[$0] }
            .with { ($0.places, $0.isMeasured) = (Array(0..<99), false) },
        Case("on too few normal eyes", failures: [.imagesPerClass]) { champion[$0] }
            .with { ($0.places, $0.isMeasured) = ((0..<200).filter { $0 < 78 || $0 % 2 == 1 }, false) },
        Case("on many images of too few people", failures: [.people]) { champion[$0] }
            .with { ($0.people, $0.isMeasured) = (39, false) },
        Case("on just enough people") { champion[$0] }.with { $0.people = 40 },
        Case("on no image", failures: [.probabilities]) { champion[$0] }
            .with { ($0.places, $0.isMeasured) = ([], false) },
        Case("below the floor of specificity", failures: [.specificityFloor]) { champion[$0] }
            .with { $0.rules.specificityFloor = 0.8 },
        Case("beside a champion that calls all disease") { champion[$0] }
            .with { $0.threshold = 0 },
        Case("beside a champion that calls none disease") { champion[$0] }.with { $0.threshold = 1 },
    ]

    @Test(arguments: cases) func `a challenger passes where nothing speaks against it`(case tried: Case) {
        let decision = Self.decision(
            (0..<200).map { tried.challenger($0) }, threshold: tried.threshold, places: tried.places,
            fault: tried.fault, people: tried.people, rules: tried.rules)
        let failures = Set(decision.conditions.filter { !$0.passed }.map(\.name))
        #expect(failures == tried.failures)
        #expect(decision.passed == tried.failures.isEmpty)
        #expect((decision.differences != nil) == tried.isMeasured)
        #expect((decision.champion != nil) == tried.isMeasured && (decision.challenger != nil) == tried.isMeasured)
        #expect(decision.summary.contains(decision.passed ? "may replace" : "refused"), "\(decision.summary)")
        for condition in decision.conditions where !condition.passed {
            #expect(decision.summary.contains(condition.sentence))
        }
    }

    /// The champion's own ranking, each score lowered: no curve shows it, a fixed threshold does. At 0.8 it misses two of a
    /// hundred more, which is the margin.
    @Test(arguments: [(1.0, true), (0.9, true), (0.8, true), (0.7, false), (0.5, false)])
    func `as good a ranking is refused where it would be cut off elsewhere`(scale: Double, passes: Bool) throws {
        var rules = Self.rules
        rules.calibrationMargin = 1
        let decision = Self.decision(
            Self.champion.map { $0 * scale }, challengerThreshold: 0.35, rules: rules)
        let failed = decision.conditions.filter { !$0.passed }.map(\.name)
        #expect(failed == (passes ? [] : [.sensitivityInService]))
        let condition = try #require(decision.conditions.first { $0.name == .sensitivityInService })
        let caught = (0..<200).count { Self.isDisease[$0] && Self.champion[$0] * scale >= 0.35 }
        let before = (0..<200).count { Self.isDisease[$0] && Self.champion[$0] >= 0.35 }
        #expect(abs((condition.value ?? 1) - Double(caught - before) / 100) < 1e-12)
        #expect(condition.limit == -0.02)
        let moved = Self.decision(
            Self.champion.map { $0 * scale }, challengerThreshold: 0.35 * scale * 0.999, rules: rules)
        #expect(moved.passed)
    }

    @Test func `where no threshold is told, none is examined`() {
        let decision = Self.decision(Self.champion, challengerThreshold: nil)
        #expect(decision.passed && !decision.conditions.contains { $0.name == .sensitivityInService })
    }

    @Test func `the champion against itself differs by nothing at all`() throws {
        let differences = try #require(Self.decision(Self.champion).differences)
        for difference in [differences.areaUnderCurve, differences.sensitivity, differences.brierScore] {
            #expect(difference.estimate == 0 && difference.lower == 0 && difference.upper == 0)
        }
    }

    /// Each margin on its own: a loss of exactly so much passes, a little less allowed does not.
    @Test(arguments: [
        GateCondition.Name.area, .sensitivity, .areaLoss, .calibration,
    ]) func `a margin is kept to the last digit`(
        name: GateCondition.Name
    ) throws {
        let challenger = (0..<200).map { $0 < 12 ? 1 - Self.champion[$0] : Self.champion[$0] }
        let loose = Self.decision(challenger)
        let value = try #require(loose.conditions.first { $0.name == name }?.value)
        #expect(value < 0)
        for (allowed, passes) in [(-value, true), (-value * 0.999, false)] {
            var rules = Self.rules
            switch name {
            case .area: rules.areaMargin = allowed
            case .sensitivity: rules.sensitivityMargin = allowed
            case .areaLoss: rules.largestLoss = allowed
            default: rules.calibrationMargin = allowed
            }
            let condition = Self.decision(challenger, rules: rules).conditions.first { $0.name == name }
            #expect(condition?.passed == passes && condition?.limit == -allowed)
        }
    }

    @Test func `the figures are those that a plain count gives`() throws {
        let challenger = (0..<200).map { place in
            let mixed: Double = Self.champion[place] * 0.8 + Self.champion[199 - place] * 0.2
            return (mixed * 20).rounded() / 20
        }
        let decision = Self.decision(challenger)
        let (champion, other) = (try #require(decision.champion), try #require(decision.challenger))
        func rate(_ scores: [Double], _ threshold: Double, _ isDisease: Bool) -> Double {
            Double((0..<200).count { Self.isDisease[$0] == isDisease && scores[$0] >= threshold }) / 100
        }
        #expect(champion.threshold == 0.35)
        #expect(champion.sensitivity == rate(Self.champion, 0.35, true))
        #expect(champion.specificity == 1 - rate(Self.champion, 0.35, false))
        let best = challenger.filter { rate(challenger, $0, false) <= rate(Self.champion, 0.35, false) }
            .map { rate(challenger, $0, true) }.max()
        #expect(other.sensitivityAtEqualSpecificity == best)
        let asSensitive = challenger.filter { rate(challenger, $0, true) >= champion.sensitivity }.max()
        #expect(other.threshold == asSensitive)
        #expect(abs(other.specificity - 1 + rate(challenger, other.threshold, false)) < 1e-12)
        let samples = try ScoredSamples(scores: challenger, isDisease: Self.isDisease)
        #expect(other.areaUnderCurve == ROCCurve(ThresholdSteps(samples))?.areaUnderCurve)
        #expect(abs(other.brierScore - Calibration(samples).brierScore) < 1e-12)
    }

    @Test func `an image counts as often as its person was drawn`() throws {
        let scores = Self.champion.map { ($0 * 15).rounded() / 15 }
        let samples = try ScoredSamples(scores: scores, isDisease: Self.isDisease, groups: Self.groups)
        var generator = SplitMix64(seed: 3)
        let weights = (0..<samples.groupCount).map { _ in Int(generator.next() % 4) }
        let places = (0..<200).flatMap { Array(repeating: $0, count: weights[samples.groups[$0]]) }
        let repeated = samples[places]
        let ranked = RankedScores(samples, threshold: 0.5)
        #expect(ranked.falseAlarms(weights) == ThresholdSteps(repeated).matrix(at: 0.5).falsePositives)
        let figures = try #require(ranked.figures(weights, allowing: ranked.falseAlarms(weights)))
        #expect(figures.area == ROCCurve(ThresholdSteps(repeated))?.areaUnderCurve)
        #expect(figures.sensitivity == ThresholdSteps(repeated).matrix(at: 0.5).sensitivity.value)
        #expect(abs(figures.brierScore - Calibration(repeated).brierScore) < 1e-12)
    }

    @Test func `the same seed gives the same decision, and it survives its JSON`() throws {
        let challenger = Self.champion.map { $0 * $0 }
        var decision = Self.decision(challenger)
        #expect(decision == Self.decision(challenger))
        decision.championID = "20261124-abcdef"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = try encoder.encode(decision)
        #expect(try JSONDecoder().decode(GateDecision.self, from: json) == decision)
        let text = String(decoding: json, as: UTF8.self)
        for key in ["\"schema\":\"fundusd.decision/1\"", "\"champion_id\"", "\"area_under_curve\"", "\"largest_loss\""]
        {
            #expect(text.contains(key), "\(key)")
        }
        for name in GateCondition.Name.allCases where name != .championUnchanged {
            #expect(text.contains("\"\(name.rawValue)\""))
        }
    }

    @Test func `a challenger that was compared with a model that no longer judges is refused, and the figures stay`() {
        var passed = Self.decision(Self.champion)
        passed.championID = "20261101-aaaaaa"
        #expect(passed.passed)
        let overtaken = passed.overtaken(by: "20261102-bbbbbb")
        #expect(!overtaken.passed && overtaken.championID == passed.championID)
        #expect(overtaken.differences == passed.differences && overtaken.champion == passed.champion)
        #expect(overtaken.conditions.filter { !$0.passed }.map(\.name) == [.championUnchanged])
        #expect(overtaken.summary.contains("compared with 20261101-aaaaaa, and meanwhile 20261102-bbbbbb judges"))
        #expect(passed.overtaken(by: nil).summary.contains("meanwhile none judges"))
    }

    /// The short form of the table in docs/retraining.md; `make gate-worlds` makes the long one.
    @Test(arguments: [
        (SimulatedWorld.Challenger.worse, 0...2), (.crossing, 0...2), (.equal, 6...25), (.better, 20...40),
    ]) func `in simulated worlds it keeps the worse out and lets the better in`(
        challenger: SimulatedWorld.Challenger, passed: ClosedRange<Int>
    ) throws {
        var rules = PromotionGate.Rules()
        rules.replicates = 200
        let decisions = try #require(
            SimulatedDecisions(
                SimulatedWorld(images: 300), challenger, worlds: 40, seed: 1, gate: PromotionGate(rules)))
        #expect(passed.contains(decisions.passed), "\(decisions.passed) of 40 passed; \(decisions.failures)")
    }
}
