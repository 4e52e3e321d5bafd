// SPDX-License-Identifier: Apache-2.0
/// How many more answers narrow a figure to what a person can work with, if they go on as the answers so far.
package struct ReviewsNeeded: Sendable, Equatable {
    /// Of which verdict pictures are to be looked at.
    package let judged: JudgedClass
    package let answers: Int

    /// Half of the interval's length: ±5 points.
    package static let goal = 0.05
    /// What takes more than that is not worth a promise.
    private static let most = 100_000
    private static let draws = 1000

    /// The verdict of which fewer are needed.
    ///
    /// Nil where the figure is narrow already, where nothing is known of it, and where looking at one verdict alone can't do it.
    package init?(for name: ServiceFigures.Name, _ cells: [ReviewedCell]) {
        guard let speaking = cells.withoutSilentCells, !Self.isNarrow(name, speaking) else { return nil }
        let needed = JudgedClass.allCases.compactMap { judged in
            Self.least(name, speaking, judged).map { (judged, $0) }
        }
        guard let best = needed.min(by: { $0.1 < $1.1 }) else { return nil }
        (judged, answers) = (best.0, Self.rounded(best.1))
    }

    /// By doubling, then by halves: more answers never widen it, but for the draws' noise.
    private static func least(_ name: ServiceFigures.Name, _ cells: [ReviewedCell], _ judged: JudgedClass) -> Int? {
        var high = 1
        while !isNarrow(name, cells.adding(high, to: judged)) {
            high *= 2
            if high > most { return nil }
        }
        var low = high / 2
        while high - low > max(1, high / 50) {
            let middle = (low + high) / 2
            if isNarrow(name, cells.adding(middle, to: judged)) { high = middle } else { low = middle }
        }
        return high
    }

    private static func isNarrow(_ name: ServiceFigures.Name, _ cells: [ReviewedCell]) -> Bool {
        guard let value = VerdictShares(cells)[name],
            let interval = PosteriorDraws(cells, count: draws, seed: 0).interval(of: name, around: value)
        else { return false }
        return interval.upper - interval.lower <= 2 * goal
    }

    /// Two digits: it is a forecast.
    private static func rounded(_ count: Int) -> Int {
        var unit = 1
        while count / unit >= 100 { unit *= 10 }
        return (count + unit - 1) / unit * unit
    }
}

extension [ReviewedCell] {
    /// So many more answers of a verdict, spread over its cells by those not yet answered, and answered in the same shares.
    fileprivate func adding(_ count: Int, to judged: JudgedClass) -> [ReviewedCell] {
        let open = filter { $0.judged == judged }.reduce(0.0) { $0 + Double($1.pictures) - $1.answers.count }
        return map { cell in
            guard cell.judged == judged, cell.answers.count > 0 else { return cell }
            var cell = cell
            let rest = Double(cell.pictures) - cell.answers.count
            // Where all have an answer, more pictures must come.
            let share = open > 0 ? rest / open : 1 / Double(self.count { $0.judged == judged })
            let factor = 1 + Double(count) * share / cell.answers.count
            cell.answers = ReviewAnswers(
                disease: cell.answers.disease * factor, normal: cell.answers.normal * factor,
                ungradable: cell.answers.ungradable * factor)
            cell.pictures = Swift.max(cell.pictures, Int(cell.answers.count.rounded(.up)))
            return cell
        }
    }
}
