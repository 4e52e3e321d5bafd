// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

@testable import Evaluation

@Suite struct ServiceFiguresTests {
    private static func cell(
        _ judged: JudgedClass, _ pictures: Int, disease: Double, normal: Double, ungradable: Double = 0,
        stratum: String = "sample"
    ) -> ReviewedCell {
        ReviewedCell(
            judged, stratum: stratum, pictures: pictures,
            answers: ReviewAnswers(disease: disease, normal: normal, ungradable: ungradable))
    }

    /// 200 called disease, half of them looked at; 800 called normal, a tenth of them looked at.
    private static let partial = [
        cell(.disease, 200, disease: 60, normal: 40), cell(.normal, 800, disease: 4, normal: 76),
    ]

    /// By hand: 120 true and 80 false alarms, 40 missed and 760 rightly passed.
    @Test func `Begg and Greenes' values are those of the weighted table`() throws {
        let figures = ServiceFigures(Self.partial)
        let expected: [ServiceFigures.Name: Double] = [
            .sensitivity: 120 / 160, .specificity: 760 / 840, .positivePredictiveValue: 120 / 200,
            .negativePredictiveValue: 760 / 800, .prevalence: 160 / 1000,
        ]
        for name in ServiceFigures.Name.allCases {
            let figure = try #require(figures.figures[name])
            #expect(abs(figure.value - expected[name]!) < 1e-12)
            #expect(figure.interval.lower < figure.value && figure.value < figure.interval.upper)
        }
        #expect(figures.unweighted.sensitivity.value == 0.9375)
        #expect(figures.pictures == 1000 && figures.answers[.normal]?.count == 80)
    }

    @Test func `what the gate and the card say of it`() throws {
        let figures = try #require(InServiceFigures(ServiceFigures(Self.partial)))
        #expect(figures.answers == 180 && figures.sensitivity.value == 0.75)
        #expect(
            figures.sentence.hasPrefix("In service, from 180 answers of people: sensitivity 0.75 (95 % interval 0."))
        #expect(InServiceFigures(ServiceFigures([])) == nil)
    }

    struct Jeffreys: Sendable, CustomTestStringConvertible {
        let events: Double
        let misses: Double
        let lower: Double
        let upper: Double
        var testDescription: String { "\(events) of \(events + misses)" }
    }

    /// SciPy 1.17.1: `scipy.stats.beta.ppf([.025, .975], events + 0.5, misses + 0.5)`, 0 and 1 at the ends.
    static let jeffreys = [
        Jeffreys(events: 9, misses: 1, lower: 0.6186852289333836, upper: 0.9889883262368389),
        Jeffreys(events: 45, misses: 5, lower: 0.7946451719769524, upper: 0.9608056356058162),
        Jeffreys(events: 20, misses: 0, lower: 1 - 0.11663898290487539, upper: 1),
        Jeffreys(events: 180, misses: 20, lower: 0.8527013848346694, upper: 0.9358335838515768),
    ]

    /// In one cell a verdict, and cut into four: more cells are no more knowledge.
    @Test(arguments: jeffreys, [1, 4]) func `where everything was answered it is Jeffreys' interval`(
        _ example: Jeffreys, _ parts: Int
    ) throws {
        let cells = (0..<parts).flatMap { part in
            [
                Self.cell(
                    .disease, Int(example.events) + parts, disease: part == 0 ? example.events : 0,
                    normal: Double(parts) + (part == 0 ? 0 : example.events), stratum: "\(part)"),
                Self.cell(
                    .normal, Int(example.misses) + 50, disease: part == 0 ? example.misses : 0,
                    normal: 50 + (part == 0 ? 0 : example.misses), stratum: "\(part)"),
            ]
        }
        let figure = try #require(ServiceFigures(cells, draws: 20_000).figures[.sensitivity])
        #expect(abs(figure.value - example.events / (example.events + example.misses)) < 1e-12)
        // Four standard errors of the widest one's percentile among 20 000 draws; a prior of twice the weight is 0.03 away.
        #expect(abs(figure.interval.lower - example.lower) < 0.015)
        #expect(abs(figure.interval.upper - example.upper) < 0.015)
    }

    struct Silence: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let cells: [ReviewedCell]
        /// Weighted counts of missed and of passed pictures.
        let expected: (missed: Double, passed: Double)?
    }

    private static let called = cell(.disease, 100, disease: 50, normal: 50)
    static let silences = [
        Silence(testDescription: "nothing was answered", cells: [], expected: nil),
        Silence(
            testDescription: "too few of one verdict",
            cells: [called, cell(.normal, 900, disease: 0, normal: 4, ungradable: 3)], expected: nil),
        Silence(
            testDescription: "pictures after the day's bound go to their stratum",
            cells: [
                called, cell(.normal, 100, disease: 5, normal: 5, stratum: "doubt"),
                cell(.normal, 900, disease: 1, normal: 9), cell(.normal, 100, disease: 0, normal: 0, stratum: "doubt"),
            ], expected: (100 + 90, 100 + 810)),
        Silence(
            testDescription: "a stratum of which nobody knows goes to the largest part",
            cells: [
                called, cell(.normal, 100, disease: 5, normal: 5, stratum: "doubt"),
                cell(.normal, 900, disease: 1, normal: 9),
                cell(.normal, 100, disease: 0, normal: 0, stratum: "disagreement"),
            ], expected: (50 + 100, 50 + 900)),
        Silence(
            testDescription: "what a person can't judge counts in no figure",
            cells: [called, cell(.normal, 100, disease: 2, normal: 6, ungradable: 2)], expected: (20, 60)),
    ]

    @Test(arguments: silences) func `what is not known`(_ example: Silence) throws {
        let figures = ServiceFigures(example.cells, draws: 500)
        guard let expected = example.expected else { return #expect(figures.figures.isEmpty) }
        let figure = try #require(figures.figures[.negativePredictiveValue])
        #expect(abs(figure.value - expected.passed / (expected.passed + expected.missed)) < 1e-12)
    }

    /// SciPy 1.17.1: `scipy.stats.gamma.ppf([.05, .25, .5, .75, .95], shape)`.
    static let gammaQuantiles: [Double: [Double]] = [
        0.5: [0.001966070000009761, 0.05076552213381078, 0.227468211559786, 0.6616518484657332, 1.920729410347062],
        1: [0.05129329438755053, 0.2876820724517809, 0.6931471805599455, 1.3862943611198906, 2.9957322735539895],
        3.5: [1.0836749546490285, 2.1274260917732573, 3.1729055977607574, 4.5185737739540714, 7.033570224670084],
        200: [177.32048703304125, 190.28833499202108, 199.6667656124657, 209.3484400855892, 223.8162339154042],
    ]

    @Test(arguments: gammaQuantiles) func `gamma variates are distributed as SciPy says`(
        _ shape: Double, _ quantiles: [Double]
    ) {
        var gamma = GammaVariates(seed: 3)
        let drawn = (0..<20_000).map { _ in gamma.next(shape: shape) }
        for (share, quantile) in zip([0.05, 0.25, 0.5, 0.75, 0.95], quantiles) {
            let below = Double(drawn.count { $0 < quantile }) / 20_000
            // Four standard deviations.
            #expect(abs(below - share) < 4 * (share * (1 - share) / 20_000).squareRoot())
        }
        #expect(gamma.next(shape: 0) == 0 && gamma.next(shape: 1e-5) > 0)
    }
}

@Suite struct ReviewsNeededTests {
    private func cells(_ passed: ReviewAnswers, of pictures: Int = 20_000) -> [ReviewedCell] {
        [
            ReviewedCell(.disease, pictures: 1000, answers: ReviewAnswers(disease: 300, normal: 100)),
            ReviewedCell(.normal, pictures: pictures, answers: passed),
        ]
    }

    /// What is promised is kept: with so many answers more the interval is as narrow as that, and with half of them it is not.
    @Test func `the promised number narrows it`() throws {
        let before = cells(ReviewAnswers(disease: 3, normal: 297))
        let needed = try #require(ReviewsNeeded(for: .sensitivity, before))
        #expect(needed.judged == .normal)
        func width(_ more: Int) throws -> Double {
            let factor = 1 + Double(more) / 300
            let after = cells(ReviewAnswers(disease: 3 * factor, normal: 297 * factor))
            let interval = try #require(ServiceFigures(after).figures[.sensitivity]).interval
            return interval.upper - interval.lower
        }
        #expect(try width(needed.answers) < 0.105)
        #expect(try width(needed.answers / 2) > 0.11)
    }

    @Test func `a narrow figure and an unknown one need none`() {
        #expect(ReviewsNeeded(for: .specificity, cells(ReviewAnswers(disease: 3, normal: 2997))) == nil)
        #expect(ReviewsNeeded(for: .sensitivity, cells(ReviewAnswers())) == nil)
    }
}

@Suite struct SimulatedSiteTests {
    /// The short form of `make review-sites`, which counts at a thousand sites.
    @Test func `intervals hold the truth where verdicts are looked at unequally, and unweighted ones don't`() {
        var coverage = IntervalCoverage()
        for number in 0..<150 { coverage.add(SimulatedSite(number: UInt64(number)), draws: 600) }
        // Two standard deviations of 150 sites beside 93…97 %.
        for count in [coverage.sensitivity, coverage.specificity] {
            #expect(count.stated > 90)
            #expect(0.90...0.99 ~= count.share)
        }
        #expect(coverage.sensitivity.shareWithoutWeights < 0.8)
    }
}
