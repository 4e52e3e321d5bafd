// SPDX-License-Identifier: Apache-2.0
package import Evaluation

/// The loss curve beside a trained model: `loss-curve.html`, one file that needs nothing else.
package enum TrainingPage {
    package static let fileName = "loss-curve.html"

    /// The page, HTML with its plots as SVG.
    package static func text(_ history: TrainingHistory) -> String {
        let figures = TrainingPlots.figures(history)
        let plots = figures.isEmpty ? "<p>One epoch makes no curve.</p>" : figures.map(\.markup).joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <title>How the model was trained</title>
            <style>
            \(ReportStyle.sheet)
            </style>
            </head>
            <body>
            <header><h1>How the model was trained</h1></header>
            <main>
            <section>
            <div class="plots">
            \(plots)
            </div>
            </section>
            </main>
            </body>
            </html>

            """
    }
}
