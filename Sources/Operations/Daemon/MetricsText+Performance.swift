// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import Supervision

extension MetricsText {
    /// What the model that judges is worth here; nothing where nobody was asked.
    mutating func add(_ performance: ServicePerformance, of model: String) {
        guard performance.drawn > 0 else { return }
        add("fundusd_review_drawn_images", .gauge, "Images that people were given.", Double(performance.drawn))
        add(
            "fundusd_review_waiting_images", .gauge, "Images that people were given and have not answered.",
            Double(performance.waiting))
        add(
            "fundusd_review_disagreements", .gauge, "Images of which people say different things.",
            Double(performance.disagreements.count))
        let figures = performance.part(of: model)?.figures().figures ?? [:]
        for name in [ServiceFigures.Name.sensitivity, .specificity] {
            guard let figure = figures[name] else { continue }
            let bounds: [(String, Double)] = [
                ("value", figure.value), ("lower", figure.interval.lower), ("upper", figure.interval.upper),
            ]
            add(
                "fundusd_in_service_\(name.rawValue)_ratio", .gauge,
                "Measured here, from weighted answers, with its 95 % interval.",
                bounds.map { Sample($0.1, (name: "bound", value: $0.0)) })
        }
    }
}
