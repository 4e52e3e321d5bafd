// SPDX-License-Identifier: Apache-2.0
internal import FundusImage

/// The page that a person reads who finds the model's folder, made from its record alone.
///
/// Its headings follow Mitchell et al., Model Cards for Model Reporting (2019), as far as they are known here.
enum ModelCard {
    static func text(_ record: ModelRecord) -> String {
        let paragraphs = [
            "# Model \(record.id)", intendedUse(record),
            "## Data\n\n\(list(data(record)))", "## Figures\n\n\(figures(record))", limits(record),
            "## Network\n\n\(list(network(record)))",
        ]
        return paragraphs.joined(separator: "\n\n") + "\n"
    }

    private static func list(_ items: [String]) -> String { items.map { "- \($0)" }.joined(separator: "\n") }

    private static func intendedUse(_ record: ModelRecord) -> String {
        let use =
            record.role == .judge
            ? "For research: it estimates how probable it is that the retina on a color fundus photograph shows disease."
            : "A base network to train from. It gives no verdicts."
        return """
            ## Intended use

            Research use only. Not a medical device. The licence of the weights is that of their source.

            \(use)

            It must not be used to diagnose, to treat or to send anyone away untreated; to name or to rule out a certain \
            disease; or as the only look at an eye.
            """
    }

    private static func data(_ record: ModelRecord) -> [String] {
        var items = [origin(record), "Parent: \(record.parent ?? "none")"]
        guard let training = record.training else { return items + ["Images that it was trained on: not recorded"] }
        let (images, epochs) = (training.trainedOn, training.epochs)
        items += [
            "Trained on \(images.disease) images of disease and \(images.normal) of normal eyes",
            "\(epochs) epoch\(epochs == 1 ? "" : "s"), seed \(training.seed), fundusd \(training.softwareVersion)",
        ]
        if let holdout = training.holdout {
            items.append(
                "Measured on a hold-out of \(holdout.disease) images of disease and \(holdout.normal) of normal eyes, "
                    + "of \(holdout.groups) groups (people), none of which it was trained on")
        } else {
            items.append("Not measured on a hold-out")
        }
        return items
    }

    private static func origin(_ record: ModelRecord) -> String {
        if let source = record.source {
            let folding = source.foldedNormalClass.map {
                "; its two outputs were made one: output \(1 - $0) less output \($0), which means normal"
            }
            return "Imported from `\(source.file)` (SHA-256 `\(source.sha256)`)\(folding ?? "")"
        }
        return record.recipe.map { "Trained with the recipe `\($0)`" } ?? "Origin not recorded"
    }

    private static func figures(_ record: ModelRecord) -> String {
        var rows: [(String, String)] = []
        let figures = record.training?.figures
        if let area = figures?.areaUnderCurve {
            let interval = figures?.low.flatMap { low in
                figures?.high.map { " (95 % interval \(rounded(low)) to \(rounded($0)))" }
            }
            rows.append(("area under the ROC curve", rounded(area) + (interval ?? "")))
        }
        if record.role == .judge { rows.append(("threshold for P(disease)", "\(record.threshold.value)")) }
        let sensitivity = record.threshold.sensitivity ?? figures?.sensitivity
        let specificity = record.threshold.specificity ?? figures?.specificity
        if let sensitivity { rows.append(("sensitivity at the threshold", rounded(sensitivity))) }
        if let specificity { rows.append(("specificity at the threshold", rounded(specificity))) }
        if let temperature = record.training?.temperature {
            rows.append(("temperature of the calibration", rounded(temperature)))
        }
        rows += gradability(record)
        let table = (["| figure | value |", "| --- | --- |"] + rows.map { "| \($0) | \($1) |" }).joined(separator: "\n")
        if sensitivity == nil && specificity == nil && figures == nil {
            return (rows.isEmpty ? "" : table + "\n\n") + unmeasured
        }
        let before = record.training?.championInService.map { "\n\nOf the champion when this was trained: \($0)" } ?? ""
        return table + "\n\nFour decimals here; model.json has all of them." + before
    }

    private static func gradability(_ record: ModelRecord) -> [(String, String)] {
        guard let gradability = record.gradability else { return [] }
        let figures = [
            ("area under the ROC curve for gradability", gradability.areaUnderCurve),
            ("ungradable pictures below its threshold", gradability.ungradableFound),
            ("gradable pictures below it", gradability.gradableRefused),
        ]
        return [("threshold for P(gradable)", "\(gradability.threshold)")]
            + figures.compactMap { title, value in value.map { (title, rounded($0)) } }
    }

    private static let unmeasured =
        "No hold-out figures are recorded: nobody knows how often its verdicts are right. Measure it first: "
        + "`fundusd evaluate --model FOLDER --labelled FOLDER`."

    private static func limits(_ record: ModelRecord) -> String {
        let preprocessing = record.preprocessing
        return "## Limits\n\n"
            + list([
                "Two classes only, disease and normal, as whoever sorted the images drew the line between them.",
                "The network sees \(preprocessing.width)×\(preprocessing.height) pixels (`\(preprocessing.name)`), made of "
                    + "\(seen(preprocessing.geometry)): what is smaller than that resolves, it cannot see.",
                "The figures hold for eyes, cameras and classes like those of the hold-out. Elsewhere measure first.",
                "Pictures that are no color photographs of a retina, or too poor to judge, are for the program's quality "
                    + "check to refuse: the network answers to anything.",
            ])
    }

    private static func seen(_ geometry: PictureGeometry) -> String {
        switch geometry {
        case .squeeze: "the whole frame, squeezed"
        case .fieldCrop: "the square around the retina's field"
        }
    }

    private static func network(_ record: ModelRecord) -> [String] {
        let outputs = record.architecture.outputs.map { "\($0) output\($0 == 1 ? "" : "s")" } ?? "no head"
        var items = ["\(record.architecture.name), base width \(record.architecture.baseWidth), \(outputs)"]
        if let normalClass = record.normalClass {
            items.append(
                "The outputs are classes of a softmax: number \(normalClass), counted from 0, means normal, and all others "
                    + "count as diseased")
        } else if record.role == .judge {
            items.append("The logit speaks for \(record.positiveClass.rawValue)")
        }
        return items + ["Weights: SHA-256 `\(record.sha256)`"]
    }

    private static func rounded(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
}
