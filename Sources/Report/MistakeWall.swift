// SPDX-License-Identifier: Apache-2.0
internal import Evaluation

extension EvaluationReport {
    /// The worst mistakes, each photograph beside its heatmap.
    var mistakeSection: String {
        if mistakes.isEmpty { return "" }
        let missed = mistakes.filter(\.image.isDisease)
        let alarms = mistakes.filter { !$0.image.isDisease }
        return """
            <section>
            <h2>The worst mistakes</h2>
            <p>Left the photograph, right the same with a class activation map: the bluer and whiter a place, the more it \
            spoke for disease. It shows what the network looked at, coarsely (7 × 7 places), not where a lesion is.</p>
            \(wall("Disease, called normal with the lowest P(disease)", missed))
            \(wall("Normal, called disease with the highest P(disease)", alarms))
            </section>
            """
    }

    private func wall(_ title: String, _ mistakes: [Mistake]) -> String {
        if mistakes.isEmpty { return "" }
        return """
            <h3>\(title)</h3>
            <div class="wall">
            \(mistakes.map(tile).joined(separator: "\n"))
            </div>
            """
    }

    private func tile(_ mistake: Mistake) -> String {
        let image = mistake.image
        let truth = image.isDisease ? "disease" : "normal"
        let findings = image.findings.isEmpty ? "" : "; ungradable: \(image.findings.joined(separator: ", "))"
        return """
            <figure><div class="pair">
            <img src="\(HTMLText.dataAddress(jpeg: mistake.photograph))" alt="Photograph, labelled \(truth)" loading="lazy">
            <img src="\(HTMLText.dataAddress(jpeg: mistake.heatmap))" alt="The same with its heatmap" loading="lazy">
            </div><figcaption><strong>P(disease) \(HTMLText.escaped(DisplayNumber.probability(image.probability)))</strong>, labelled \(truth)\
            \(findings)<br>\(HTMLText.escaped(image.path))</figcaption></figure>
            """
    }
}
