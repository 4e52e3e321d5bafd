// SPDX-License-Identifier: Apache-2.0

/// `review/index.html`: the pictures that wait for a person's answer, on one page that needs no server, no script and no network.
///
/// What the program said stays hidden until it is asked for: a reader who sees it first tends to follow it, and then measures nothing.
package struct ReviewPage: Sendable {
    /// A picture that waits.
    package struct Picture: Sendable {
        /// The file's name in the folder of this page.
        package let file: String
        /// Why a person is asked, in a few words.
        package let reason: String
        /// What the program said, as `normal, P(disease) 0.12`.
        package let verdict: String
        /// JPEG; nil where it can't be made, and the file's own is linked.
        package let thumbnail: [UInt8]?
        /// JPEG, colored where the picture spoke for disease; nil where there is none.
        package let heatmap: [UInt8]?

        package init(file: String, reason: String, verdict: String, thumbnail: [UInt8]?, heatmap: [UInt8]?) {
            self.file = file
            self.reason = reason
            self.verdict = verdict
            self.thumbnail = thumbnail
            self.heatmap = heatmap
        }
    }

    package static let fileName = "index.html"
    /// More would make the page slow to open; the others come as these are answered.
    package static let picturesShown = 100

    /// Those that are shown, oldest first.
    private let pictures: [Picture]
    /// All that wait.
    private let waiting: Int
    private let answered: Int
    /// The folder with `disease`, `normal` and `ungradable`.
    private let labelled: String

    /// - Parameters:
    ///   - pictures: the oldest of those that wait, at most `picturesShown` of them.
    ///   - labelled: the folder that answers are moved into, as a person at this site knows it.
    package init(_ pictures: [Picture], waiting: Int, answered: Int, labelled: String) {
        self.pictures = Array(pictures.prefix(Self.picturesShown))
        self.waiting = waiting
        self.answered = answered
        self.labelled = labelled
    }

    package var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <title>\(title)</title>
        <style>
        \(ReportStyle.sheet)
        \(Self.style)
        </style>
        </head>
        <body>
        \(header)
        <main>
        \(list)
        </main>
        <footer><p>\(EvaluationReport.intendedUse) Nothing on this page leaves this machine.</p></footer>
        </body>
        </html>

        """
    }

    private var title: String {
        waiting == 0 ? "Nothing to look at" : "\(DisplayNumber.count(waiting, "picture")) to look at"
    }

    private var header: String {
        let folder = HTMLText.escaped(labelled)
        return """
            <header>
            <h1>\(title)</h1>
            <p class="lead">Look at each picture, then move its file from this folder into <code>\(folder)/disease</code>, \
            <code>\(folder)/normal</code> or, where nobody could judge it, <code>\(folder)/ungradable</code>. Moving it back takes \
            the answer back.</p>
            \(progress)
            </header>
            """
    }

    private var progress: String {
        let all = waiting + answered
        guard all > 0 else { return "" }
        return """
            <p class="answered"><label for="progress">\(answered) of \(all) answered</label>
            <progress id="progress" max="\(all)" value="\(answered)">\(answered) of \(all)</progress></p>
            """
    }

    private var list: String {
        guard !pictures.isEmpty else { return "<p>New pictures appear here as they are drawn.</p>" }
        let rest = waiting - pictures.count
        let more =
            rest > 0 ? "\n<p>\(DisplayNumber.count(rest, "more picture")) come here as these are answered.</p>" : ""
        let items = pictures.enumerated().map { item($1, number: $0 + 1) }
        return "<ol class=\"pictures\">\n\(items.joined(separator: "\n"))\n</ol>\(more)"
    }

    private func item(_ picture: Picture, number: Int) -> String {
        let name = HTMLText.escaped(picture.file)
        let link = "./\(HTMLText.escaped(HTMLText.percentEncoded(picture.file)))"
        let image =
            picture.thumbnail.map {
                "<img src=\"\(HTMLText.dataAddress(jpeg: $0))\" alt=\"Fundus photograph \(number), \(name)\" loading=\"lazy\">"
            } ?? "<p class=\"quiet\">No small picture of it can be made.</p>"
        return """
            <li id="picture-\(number)"><article aria-labelledby="name-\(number)">
            <a class="photograph" href="\(link)" aria-label="\(name) in full size">\(image)</a>
            <h2 id="name-\(number)"><a href="\(link)">\(name)</a></h2>
            <p class="quiet">\(HTMLText.escaped(picture.reason))</p>
            <details><summary>What the program said<span class="hidden"> of \(name)</span></summary>
            <p>\(HTMLText.escaped(picture.verdict))</p>\(heatmap(picture.heatmap, number))</details>
            </article></li>
            """
    }

    /// Folded away with the verdict: that there is one tells already that the program judged the picture.
    private func heatmap(_ jpeg: [UInt8]?, _ number: Int) -> String {
        guard let jpeg else { return "" }
        return """
            <p>Where it looked:</p>
            <img src="\(HTMLText.dataAddress(jpeg: jpeg))" alt="Picture \(number) with what spoke for disease colored" loading="lazy">
            """
    }

    /// What a report has none of. Targets are 44 pixels high (WCAG 2.2, 2.5.5), and focus is seen (2.4.7).
    private static let style = """
        .answered{margin-top:1rem;display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center}
        progress{flex:1 1 12rem;max-width:28rem;height:.75rem;accent-color:var(--blue)}
        .pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,260px),1fr));gap:16px;margin:1.5rem 0;
        padding:0;list-style:none}
        .pictures article{height:100%;background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:12px}
        .pictures h2{margin:.5rem 0 0;padding:0;border:0;font-size:1rem;overflow-wrap:anywhere}
        .pictures a{color:var(--blue)}
        .photograph{display:block;background:#000;border-radius:6px;overflow:hidden;min-height:44px}
        .pictures img{display:block;width:100%;aspect-ratio:1;object-fit:contain;background:#000;border-radius:6px}
        .pictures .photograph .quiet{padding:12px;color:#e6edf3}
        .pictures summary{min-height:44px;display:flex;align-items:center}
        .pictures summary::before{content:"▸";margin-right:.5rem}
        .pictures details[open]>summary::before{content:"▾"}
        .pictures details{margin:0}
        a:focus-visible,summary:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        @media print{details:not([open]){display:none}.pictures{grid-template-columns:repeat(3,1fr)}.pictures article{break-inside:avoid}}
        """
}
