// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import Ledger
internal import Review

/// What the program is worth where it works, from what people answered: all in all, by model and by week.
package struct ServicePerformance {
    /// Of some of the pictures.
    struct Part {
        /// What people who were asked could have been given: no rejected files.
        let pictures: Int
        /// Pictures that got no verdict of an eye.
        let ungradable: Proportion
        /// Of such pictures that people looked at: those that a person would have judged.
        let refusedWrongly: Proportion
        let cells: [ReviewedCell]

        /// Thousands of draws: for whoever shows them, not for each part beforehand.
        func figures() -> ServiceFigures { ServiceFigures(cells) }
    }

    let all: Part
    /// By the model's id, in order.
    let models: [(name: String, part: Part)]
    /// By the Monday, newest first.
    let weeks: [(name: String, part: Part)]
    let disagreements: [LedgerReader.Disagreement]
    let drawn: Int
    let waiting: Int

    init(_ ledger: LedgerReader) throws {
        let counts = try ledger.reviewCounts()
        all = Part(counts)
        models = Dictionary(grouping: counts, by: \.model).map { ($0.key, Part($0.value)) }.sorted { $0.0 < $1.0 }
        weeks = Dictionary(grouping: counts, by: \.week).map { ($0.key, Part($0.value)) }.sorted { $0.0 > $1.0 }
        disagreements = try ledger.disagreements()
        (drawn, waiting) = try ledger.reviewProgress()
    }

    /// Of the pictures that one model judged.
    func part(of model: String) -> Part? { models.first { $0.name == model }?.part }
}

extension ServicePerformance.Part {
    fileprivate init(_ counts: [LedgerReader.ReviewCount]) {
        var cells: [ReviewCell: ReviewedCell] = [:]
        var refused = (pictures: 0, judged: 0, answered: 0)
        for count in counts {
            guard let judged = JudgedClass(rawValue: count.outcome) else {
                refused.pictures += count.label == nil ? count.pictures : 0
                refused.answered += count.label == nil ? 0 : count.pictures
                refused.judged += count.label == .disease || count.label == .normal ? count.pictures : 0
                continue
            }
            let key = ReviewCell(judged: judged, stratum: count.stratum, probability: count.probability)
            cells[key, default: key.empty].take(count)
        }
        self.cells = cells.sorted { $0.key.order < $1.key.order }.map(\.value)
        pictures = self.cells.reduce(refused.pictures) { $0 + $1.pictures }
        ungradable = Proportion(refused.pictures, of: pictures)
        refusedWrongly = Proportion(refused.judged, of: refused.answered)
    }
}

/// What pictures have in common that are alike to the draw.
private struct ReviewCell: Hashable {
    let judged: JudgedClass
    let stratum: String
    let probability: Double

    var empty: ReviewedCell {
        ReviewedCell(judged, stratum: stratum, pictures: 0, answers: ReviewAnswers())
    }

    var order: String { "\(judged.rawValue) \(stratum) \(probability)" }
}

extension ReviewedCell {
    fileprivate mutating func take(_ count: LedgerReader.ReviewCount) {
        switch count.label {
        case nil: pictures += count.pictures
        case .disease: answers.disease += Double(count.pictures)
        case .normal: answers.normal += Double(count.pictures)
        case .ungradable: answers.ungradable += Double(count.pictures)
        }
    }
}
