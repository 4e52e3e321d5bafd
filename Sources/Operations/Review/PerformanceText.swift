// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import Supervision
internal import WrittenText

/// The figures in service, for people.
package struct PerformanceText {
    let document: PerformanceDocument

    private static let titles: [(ServiceFigures.Name, String)] = [
        (.sensitivity, "Sensitivity"), (.specificity, "Specificity"),
        (.positivePredictiveValue, "Positive predictive value"),
        (.negativePredictiveValue, "Negative predictive value"),
        (.prevalence, "Prevalence"),
    ]
    private static let weeksShown = 8

    package init(document: PerformanceDocument) { self.document = document }

    package var text: String {
        if document.isEmpty {
            return
                "Nobody was asked yet: set `review: true`, reload the daemon, and see “Is it right here?” in docs/operations.md."
        }
        var lines = [
            "\(document.drawn) of \(document.all.pictures) pictures were given to people; \(document.waiting) of them wait "
                + "for an answer."
        ]
        lines += figures(document.all)
        lines += ["Ungradable".padded + "  " + Self.share(document.all.ungradable)]
        if document.all.refusedWrongly.of > 0 {
            lines.append(
                "".padded + "  a person would have judged \(document.all.refusedWrongly.count) of "
                    + "\(document.all.refusedWrongly.of) such pictures")
        }
        if document.models.count > 1 { lines += table("By model", document.models.sorted { $0.key < $1.key }) }
        lines += table("By week", document.weeks.sorted { $0.key > $1.key }.prefix(Self.weeksShown).map { $0 })
        lines += disagreements
        return lines.joined(separator: "\n")
    }

    private func figures(_ part: PerformanceDocument.Part) -> [String] {
        if part.figures.isEmpty { return [Self.silence(part)] }
        return Self.titles.flatMap { name, title -> [String] in
            guard let figure = part.figures[name.rawValue] else { return [] }
            let unweighted = figure.unweighted.map { "; of the answers alone \($0.rounded3)" } ?? ""
            let line = title.padded + "  " + Self.figure(figure) + unweighted
            guard let needed = figure.needed else { return [line] }
            let what = needed.verdict == "normal" ? "normals" : "diseased"
            return [line, "".padded + "  \(needed.answers) more reviewed \(what) narrow it to ±5 points"]
        }
    }

    /// What is missing, where nothing can be said.
    private static func silence(_ part: PerformanceDocument.Part) -> String {
        let counts = JudgedClass.allCases.map { judged in
            let said = part.answers[judged.rawValue]
            return "\((said?.disease ?? 0) + (said?.normal ?? 0)) of those called \(judged.rawValue)"
        }
        return
            "Not yet known how often it is right here: that needs \(Int(ServiceFigures.leastAnswers)) answers about each "
            + "verdict, and there are \(counts.joined(separator: " and "))."
    }

    static func figure(_ figure: PerformanceDocument.Figure) -> String {
        "\(figure.value.rounded3) (95 % interval \(figure.lower.rounded3) to \(figure.upper.rounded3))"
    }

    private static func share(_ share: PerformanceDocument.Share) -> String {
        guard let value = share.value, let lower = share.lower, let upper = share.upper else { return "none yet" }
        return "\(value.rounded3) (95 % interval \(lower.rounded3) to \(upper.rounded3)): \(share.count) of \(share.of)"
    }

    private func table(_ title: String, _ parts: [(key: String, value: PerformanceDocument.Part)]) -> [String] {
        if parts.isEmpty { return [] }
        return ["\(title):"]
            + parts.map { name, part in
                let sensitivity = part.figures[ServiceFigures.Name.sensitivity.rawValue].map(Self.figure)
                let specificity = part.figures[ServiceFigures.Name.specificity.rawValue].map(Self.figure)
                let figures =
                    sensitivity.flatMap { one in specificity.map { "sensitivity \(one), specificity \($0)" } }
                    ?? "not yet known"
                return "  \(TerminalText.escaped(name))  \(part.pictures) pictures, "
                    + "\((part.ungradable.value ?? 0).rounded3) ungradable; \(figures)"
            }
    }

    private var disagreements: [String] {
        if document.disagreements.isEmpty { return [] }
        return ["People disagree about these, which train nothing and count in no figure until one of them gives way:"]
            + document.disagreements.map { found in
                let said = found.labels.sorted { $0.key < $1.key }.map { label, by in
                    "\(label) (\(by.map(TerminalText.escaped) ?? "unknown who"))"
                }
                return "  \(TerminalText.escaped(found.name)): \(said.joined(separator: ", "))"
            }
    }
}

extension String {
    /// To the width of the longest title.
    fileprivate var padded: String { self + String(repeating: " ", count: max(0, 26 - count)) }
}
