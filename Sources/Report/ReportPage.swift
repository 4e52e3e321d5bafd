// SPDX-License-Identifier: Apache-2.0
internal import Evaluation

extension EvaluationReport {
    /// `report.html`: one file that needs nothing else, no script and no network; the policy in its head holds it to that.
    package var page: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <title>Evaluation of model \(HTMLText.escaped(model.id))</title>
        <style>
        \(ReportStyle.sheet)
        </style>
        </head>
        <body>
        \(header)
        <main>
        \(sections.joined(separator: "\n"))
        </main>
        \(footer)
        </body>
        </html>

        """
    }

    private var sections: [String] {
        [
            thresholdSection, serviceSection, curveSection, targetSection, decisionSection, probabilitySection,
            subgroupSection,
            mistakeSection, trainingSection, imageSection, definitionSection,
        ].filter { !$0.isEmpty }
    }

    private var header: String {
        let samples = figures.samples
        let people = hasGroups ? " of \(samples.groupCount) people" : ""
        return """
            <header>
            <h1>Evaluation of model \(HTMLText.escaped(model.id))</h1>
            <p class="quiet">on <code>\(HTMLText.escaped(question.folder))</code>: \
            \(DisplayNumber.count(samples.count, "image"))\(people), \(samples.diseaseCount) with disease and \
            \(samples.normalCount) normal; \(HTMLText.escaped(String(question.date.prefix(10))))</p>
            <p class="notice">\(Self.intendedUse)</p>
            <p class="lead">\(lead)</p>
            \(tiles)
            </header>
            """
    }

    /// The result in words that need no knowledge of statistics.
    private var lead: String {
        let matrix = figures.matrix
        let disease =
            matrix.sensitivity.trials > 0
            ? """
            Of \(DisplayNumber.count(matrix.sensitivity.trials, "image")) with disease, the model called \
            \(matrix.truePositives) disease and missed \(matrix.falseNegatives). 
            """ : "No image has disease. "
        let normal =
            matrix.specificity.trials > 0
            ? """
            Of \(DisplayNumber.count(matrix.specificity.trials, "normal image")), it cleared \(matrix.trueNegatives) and \
            called \(matrix.falsePositives) disease.
            """ : "No image is normal."
        let threshold = DisplayNumber.threshold(figures.threshold)
        return "\(disease)\(normal) An image is called disease from P(disease)&nbsp;=&nbsp;\(threshold) on, "
            + "\(HTMLText.escaped(question.thresholdOrigin)). Positive means disease throughout."
    }

    private var tiles: String {
        let matrix = figures.matrix
        let tiles = [
            (
                "AUC for disease", DisplayNumber.share(figures.roc?.areaUnderCurve),
                DisplayNumber.interval(figures.areaUnderCurveInterval)
            ),
            (
                "Sensitivity", DisplayNumber.percent(matrix.sensitivity.value),
                DisplayNumber.percentInterval(matrix.sensitivity.interval)
            ),
            (
                "Specificity", DisplayNumber.percent(matrix.specificity.value),
                DisplayNumber.percentInterval(matrix.specificity.interval)
            ),
            (
                "Calibration error", DisplayNumber.share(figures.calibration.expectedCalibrationError),
                "Brier score \(DisplayNumber.share(figures.calibration.brierScore))"
            ),
        ]
        let items = tiles.map { name, value, range in
            """
            <li><span class="name">\(name)</span><span class="value">\(value)</span><span class="range">\(range)</span></li>
            """
        }
        return "<ul class=\"tiles\">\n\(items.joined(separator: "\n"))\n</ul>"
    }

    private var footer: String {
        """
        <footer class="quiet"><p>fundusd \(HTMLText.escaped(question.softwareVersion)), \
        \(HTMLText.escaped(question.date)). Model <code>\(HTMLText.escaped(model.id))</code>, weights SHA-256 \
        <code>\(HTMLText.escaped(model.sha256))</code>. \(Self.intendedUse)</p></footer>
        """
    }
}
