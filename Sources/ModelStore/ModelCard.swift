internal import FundusImage

/// The page that a person reads who finds the model's folder.
enum ModelCard {
    static func text(_ record: ModelRecord) -> String {
        let origin =
            record.source.map { "imported from `\($0.file)` (SHA-256 `\($0.sha256)`)" }
            ?? record.recipe.map { "trained with the recipe `\($0)`" } ?? "origin not recorded"
        return """
            # Model \(record.id)

            - Network: \(record.architecture.name), base width \(record.architecture.baseWidth), \
            \(record.architecture.outputs.map { "\($0) output\($0 == 1 ? "" : "s")" } ?? "no head")
            - Origin: \(origin)
            - Parent: \(record.parent ?? "none")
            - \(use(record))
            - Preprocessing: \(record.preprocessing.name), \(record.preprocessing.width)×\(record.preprocessing.height)
            - Weights: SHA-256 `\(record.sha256)`

            Research use only. Not a medical device. The licence of the weights is that of their source.

            """
    }

    private static func use(_ record: ModelRecord) -> String {
        guard record.role == .judge else { return "Use: a base for training; it gives no verdicts" }
        let evidence =
            record.threshold.sensitivity.map { "sensitivity \($0) on the hold-out" } ?? "not measured on a hold-out"
        return "Use: the logit speaks for \(record.positiveClass.rawValue); threshold for P(disease) "
            + "\(record.threshold.value) (\(evidence))"
    }
}
