// SPDX-License-Identifier: Apache-2.0
/// A plot of the page with the sentence that says how to read it.
struct ReportFigure {
    let title: String
    /// Plain words; may hold no markup.
    let reading: String
    let picture: String

    var markup: String {
        """
        <figure>
        <h3>\(HTMLText.escaped(title))</h3>
        \(picture)
        <figcaption>\(HTMLText.escaped(reading))</figcaption>
        </figure>
        """
    }
}
