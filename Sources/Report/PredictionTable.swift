// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import WrittenText

extension EvaluationReport {
    /// `predictions.csv`: one line an image, enough to compute every figure again with other tools.
    package var predictionTable: String {
        var table = CommaSeparatedTable(columns: [
            "path", "class", "probability", "outcome", "quality", "group", "source", "sha256",
        ])
        for image in images {
            table.append([
                CommaSeparatedTable.inert(image.path), image.isDisease ? "disease" : "normal",
                "\(image.probability)", isCalledDisease(image) ? "disease" : "normal",
                image.isGradable ? "gradable" : image.findings.joined(separator: " "),
                CommaSeparatedTable.inert(image.group ?? ""), CommaSeparatedTable.inert(image.source ?? ""),
                image.sha256,
            ])
        }
        return table.text()
    }
}
