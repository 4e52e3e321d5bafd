// SPDX-License-Identifier: Apache-2.0
/// Two models on the same images: their figures, and how these differ when people are drawn anew.
struct PairedComparison {
    let championFigures: ContenderFigures
    let challengerFigures: ContenderFigures
    private let champion: RankedScores
    private let challenger: RankedScores
    private let groups: [Int]
    private let groupRange: Int

    /// - Precondition: both classes are there.
    init(_ champion: ScoredSamples, _ challenger: ScoredSamples, championThreshold: Double) {
        precondition(champion.diseaseCount > 0 && champion.normalCount > 0, "both classes")
        self.champion = RankedScores(champion, threshold: championThreshold)
        self.challenger = RankedScores(challenger, threshold: championThreshold)
        groups = Array(Set(champion.groups)).sorted()
        groupRange = (groups.last ?? 0) + 1
        let once = [Int](repeating: 1, count: groupRange)
        let alarms = self.champion.falseAlarms(once)
        let operating = ThresholdSteps(champion).matrix(at: championThreshold)
        let sensitivity = operating.sensitivity.value ?? 0
        championFigures = ContenderFigures(
            champion, threshold: championThreshold, operating,
            self.champion.figures(once, allowing: alarms))
        let steps = ThresholdSteps(challenger)
        guard let choice = ThresholdChoice(reaching: sensitivity, steps) else { preconditionFailure("both classes") }
        challengerFigures = ContenderFigures(
            challenger, threshold: choice.threshold, choice.matrix,
            self.challenger.figures(once, allowing: alarms))
    }

    /// What one drawing of people gives, challenger minus champion.
    struct Replicate {
        let area: Double
        let sensitivity: Double
        let brierScore: Double
    }

    /// Nil where the drawing has one class only.
    func replicate(using generator: inout some RandomNumberGenerator) -> Replicate? {
        var weights = [Int](repeating: 0, count: groupRange)
        for _ in groups { weights[groups[RandomPlace.below(groups.count, using: &generator)]] += 1 }
        // The champion's threshold is fixed, its specificity is not: it is found anew, and the challenger held to it.
        let alarms = champion.falseAlarms(weights)
        guard let ours = champion.figures(weights, allowing: alarms),
            let theirs = challenger.figures(weights, allowing: alarms)
        else { return nil }
        return Replicate(
            area: theirs.area - ours.area, sensitivity: theirs.sensitivity - ours.sensitivity,
            brierScore: theirs.brierScore - ours.brierScore)
    }
}

extension ContenderFigures {
    fileprivate init(
        _ samples: ScoredSamples, threshold: Double, _ matrix: ConfusionMatrix, _ figures: RankedScores.Figures?
    ) {
        self.init(
            areaUnderCurve: figures?.area ?? 0, threshold: threshold, sensitivity: matrix.sensitivity.value ?? 0,
            specificity: matrix.specificity.value ?? 0, sensitivityAtEqualSpecificity: figures?.sensitivity ?? 0,
            brierScore: figures?.brierScore ?? 1)
    }
}

extension GateDifferences {
    /// Percentile intervals over people drawn anew; both models meet the same drawing. See `GroupBootstrap`.
    init(_ comparison: PairedComparison, replicates: Int, using generator: inout some RandomNumberGenerator) {
        let drawn = (0..<replicates).compactMap { _ in comparison.replicate(using: &generator) }
        let (ours, theirs) = (comparison.championFigures, comparison.challengerFigures)
        func difference(_ figure: (ContenderFigures) -> Double, _ values: [Double]) -> Difference {
            let isDefined = Double(values.count) >= GroupBootstrap.leastDefinedShare * Double(replicates)
            let interval = isDefined && !values.isEmpty ? GroupBootstrap.middle(of: values) : nil
            return Difference(
                estimate: figure(theirs) - figure(ours), lower: interval?.lower, upper: interval?.upper)
        }
        areaUnderCurve = difference(\.areaUnderCurve, drawn.map(\.area))
        sensitivity = difference(\.sensitivityAtEqualSpecificity, drawn.map(\.sensitivity))
        brierScore = difference(\.brierScore, drawn.map(\.brierScore))
    }
}
