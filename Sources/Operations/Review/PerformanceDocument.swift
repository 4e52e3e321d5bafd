// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import Ledger
internal import Review
internal import Verdict

/// What `fundusd performance --json` prints, and `status --json` in part.
package struct PerformanceDocument: Encodable, Equatable {
    struct Figure: Encodable, Equatable {
        let value: Double
        let lower: Double
        let upper: Double
        /// Of the answers without their weights; nil where there are none.
        let unweighted: Double?
        /// What narrows it to ±5 points: answers about pictures of one verdict.
        let needed: Needed?
    }

    struct Needed: Encodable, Equatable {
        let verdict: String
        let answers: Int
    }

    struct Answers: Encodable, Equatable {
        let disease: Int
        let normal: Int
        let ungradable: Int
    }

    struct Part: Encodable, Equatable {
        let pictures: Int
        /// By verdict, what people said.
        let answers: [String: Answers]
        /// By name; empty where too little is known.
        let figures: [String: Figure]
        let ungradable: Share
        let refusedWrongly: Share

        private enum CodingKeys: String, CodingKey {
            case pictures, answers, figures, ungradable
            case refusedWrongly = "refused_wrongly"
        }
    }

    struct Share: Encodable, Equatable {
        let count: Int
        let of: Int
        let value: Double?
        let lower: Double?
        let upper: Double?
    }

    struct Disagreement: Encodable, Equatable {
        let name: String
        let sha256: String
        /// What was said, and by whom, as far as that is known.
        let labels: [String: String?]
    }

    let all: Part
    let models: [String: Part]
    let weeks: [String: Part]
    let disagreements: [Disagreement]
    let drawn: Int
    let waiting: Int

    /// Whether nobody was ever asked.
    var isEmpty: Bool { all.pictures == 0 }

    package init(_ performance: ServicePerformance) {
        // A forecast for the whole; by week it would be noise.
        all = Part(performance.all, forecasting: true)
        models = Dictionary(
            uniqueKeysWithValues: performance.models.map { ($0.name, Part($0.part, forecasting: false)) })
        weeks = Dictionary(uniqueKeysWithValues: performance.weeks.map { ($0.name, Part($0.part, forecasting: false)) })
        disagreements = performance.disagreements.map { found in
            Disagreement(
                name: found.name.description, sha256: found.sha256,
                labels: Dictionary(found.labels.map { ($0.label.rawValue, $0.by) }) { first, _ in first })
        }
        drawn = performance.drawn
        waiting = performance.waiting
    }
}

extension PerformanceDocument.Part {
    init(_ part: ServicePerformance.Part, forecasting: Bool) {
        let measured = part.figures()
        pictures = part.pictures
        answers = Dictionary(
            uniqueKeysWithValues: measured.answers.map { judged, said in
                (
                    judged.rawValue,
                    PerformanceDocument.Answers(
                        disease: Int(said.disease), normal: Int(said.normal), ungradable: Int(said.ungradable))
                )
            })
        figures = Dictionary(
            uniqueKeysWithValues: measured.figures.map { name, figure in
                let needed = forecasting ? ReviewsNeeded(for: name, part.cells) : nil
                return (
                    name.rawValue,
                    PerformanceDocument.Figure(
                        value: figure.value, lower: figure.interval.lower, upper: figure.interval.upper,
                        unweighted: measured.unweighted[name],
                        needed: needed.map { .init(verdict: $0.judged.rawValue, answers: $0.answers) })
                )
            })
        ungradable = PerformanceDocument.Share(part.ungradable)
        refusedWrongly = PerformanceDocument.Share(part.refusedWrongly)
    }
}

extension PerformanceDocument.Share {
    fileprivate init(_ proportion: Proportion) {
        self.init(
            count: proportion.successes, of: proportion.trials, value: proportion.value,
            lower: proportion.interval?.lower, upper: proportion.interval?.upper)
    }
}

extension ConfusionMatrix {
    fileprivate subscript(name: ServiceFigures.Name) -> Double? {
        switch name {
        case .sensitivity: sensitivity.value
        case .specificity: specificity.value
        case .positivePredictiveValue: positivePredictiveValue.value
        case .negativePredictiveValue: negativePredictiveValue.value
        case .prevalence:
            Proportion(
                truePositives + falseNegatives, of: truePositives + falseNegatives + trueNegatives + falsePositives
            ).value
        }
    }
}
