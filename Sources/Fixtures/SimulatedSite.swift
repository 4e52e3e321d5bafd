// SPDX-License-Identifier: Apache-2.0
package import Evaluation
internal import ResNet
internal import Review

/// A site of known prevalence where a program of known sensitivity and specificity works, and people look at what they are given.
package struct SimulatedSite: Sendable {
    package let prevalence: Double
    package let sensitivity: Double
    package let specificity: Double
    package let pictures: Int
    /// What the site has set.
    package let normalShare: Double
    package let diseaseShare: Double
    package let perDay: Int
    /// Pictures that came on each day.
    package let aDay: Int
    /// Shares of the drawn pictures that nobody answers.
    package let unansweredNormal: Double
    package let unansweredDisease: Double
    private let seed: UInt64

    /// One of many: site number i is always the same.
    package init(number: UInt64) {
        var draw = UniformDraw(name: "simulated site", seed: number)
        prevalence = draw.next(in: 0.02...0.3)
        sensitivity = draw.next(in: 0.7...0.98)
        specificity = draw.next(in: 0.7...0.98)
        // As many small sites as large ones, by orders of magnitude.
        pictures = Int(200 * draw.powerOfHundred())
        normalShare = draw.next(in: 0.02...0.2)
        diseaseShare = draw.next(in: 0.02...0.2)
        perDay = Int(draw.next(in: 10...40))
        aDay = Int(draw.next(in: 20...200))
        unansweredNormal = draw.next(in: 0...0.4)
        unansweredDisease = draw.next(in: 0...0.4)
        seed = number
    }

    /// What the ledger would hold after all pictures, by the daemon's own plan.
    package func cells() -> [ReviewedCell] {
        var draw = UniformDraw(name: "simulated pictures", seed: seed)
        let rules = ReviewPlan.Rules(
            normalShare: normalShare, diseaseShare: diseaseShare, doubt: Self.doubt, perDay: perDay)
        let plan = ReviewPlan(rules, secret: SiteSecret(key: Array("site \(seed)".utf8)))
        var drawn = ReviewPlan.Drawn()
        var cells: [CellKey: ReviewedCell] = [:]
        for number in 0..<pictures {
            if number % aDay == 0 { drawn = ReviewPlan.Drawn() }
            let hasDisease = draw.next() < prevalence
            let isRight = draw.next() < (hasDisease ? sensitivity : specificity)
            // Errors are more often near the threshold, as a model's are.
            let distance = draw.next() < (isRight ? 0.03 : 0.3) ? 0 : 2 * Self.doubt
            let isCalledDisease = hasDisease == isRight
            let decision = plan.decision(
                for: "\(number)", isCalledDisease ? .disease(distance: distance) : .normal(distance: distance),
                drawnToday: drawn)
            drawn.count(decision.reason)
            let key = CellKey(judged: isCalledDisease ? .disease : .normal, decision)
            var cell = cells[key] ?? key.emptyCell
            cell.pictures += 1
            let isAnswered = draw.next() >= (isCalledDisease ? unansweredDisease : unansweredNormal)
            if decision.reason != nil, isAnswered {
                if hasDisease { cell.answers.disease += 1 } else { cell.answers.normal += 1 }
            }
            cells[key] = cell
        }
        return cells.sorted { $0.key.order < $1.key.order }.map(\.value)
    }

    private static let doubt = 0.05
}

private struct CellKey: Hashable {
    let judged: JudgedClass
    let stratum: ReviewReason
    let probability: Double

    init(judged: JudgedClass, _ decision: ReviewDecision) {
        self.judged = judged
        stratum = decision.stratum
        probability = decision.probability
    }

    var emptyCell: ReviewedCell {
        ReviewedCell(judged, stratum: stratum.rawValue, pictures: 0, answers: ReviewAnswers())
    }

    var order: String { "\(judged.rawValue) \(stratum.rawValue) \(probability)" }
}

extension ReviewPlan.Drawn {
    fileprivate mutating func count(_ reason: ReviewReason?) {
        guard let reason else { return }
        if reason.isUnbiased { unbiased += 1 } else { chosen += 1 }
    }
}

private struct UniformDraw {
    private var generator: SplitMix64

    init(name: String, seed: UInt64) { generator = SplitMix64(name: name, seed: seed) }

    /// In 0 ..< 1.
    mutating func next() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

    mutating func next(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + next() * (range.upperBound - range.lowerBound)
    }

    /// 1…100, its logarithm uniform: by two steps of a thousand each, so that no logarithm is needed.
    mutating func powerOfHundred() -> Double {
        // 100^(1/1000)
        let step = 1.004615791
        return (0..<Int(next() * 1000)).reduce(1.0) { value, _ in value * step }
    }
}

/// How often intervals hold the truth, at many sites.
package struct IntervalCoverage: Sendable {
    /// Of one figure.
    package struct Count: Sendable {
        package var stated = 0
        package var covered = 0
        package var coveredWithoutWeights = 0
        /// Sums, for means.
        package var width = 0.0
        package var error = 0.0
        package var errorWithoutWeights = 0.0

        package var share: Double { Double(covered) / Double(max(1, stated)) }
        package var shareWithoutWeights: Double { Double(coveredWithoutWeights) / Double(max(1, stated)) }
    }

    package private(set) var sensitivity = Count()
    package private(set) var specificity = Count()
    package private(set) var sites = 0

    package init() {}

    package mutating func add(_ site: SimulatedSite, draws: Int) {
        sites += 1
        let figures = ServiceFigures(site.cells(), draws: draws, seed: UInt64(sites))
        let (sensitive, specific) = (figures.unweighted.sensitivity, figures.unweighted.specificity)
        sensitivity.add(figures.figures[.sensitivity], unweighted: sensitive, truth: site.sensitivity)
        specificity.add(figures.figures[.specificity], unweighted: specific, truth: site.specificity)
    }
}

extension IntervalCoverage.Count {
    fileprivate mutating func add(_ figure: ServiceFigures.Figure?, unweighted: Proportion, truth: Double) {
        guard let figure else { return }
        stated += 1
        covered += figure.interval.contains(truth) ? 1 : 0
        width += figure.interval.upper - figure.interval.lower
        error += figure.value - truth
        guard let value = unweighted.value, let interval = unweighted.interval else { return }
        coveredWithoutWeights += interval.contains(truth) ? 1 : 0
        errorWithoutWeights += value - truth
    }
}

extension Interval {
    fileprivate func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}
