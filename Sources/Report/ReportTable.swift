/// A table of the page; the first cell of each row is its heading.
struct ReportTable {
    struct Row {
        let cells: [String]
        /// Marks a row that is spoken of elsewhere, such as the threshold in use.
        var isMarked = false
    }

    let caption: String
    let columns: [String]
    let rows: [Row]

    /// Wide tables scroll by themselves on a narrow screen; the page does not.
    var markup: String {
        let head = columns.map { "<th scope=\"col\">\(HTMLText.escaped($0))</th>" }.joined()
        return """
            <div class="table" role="region" aria-label="\(HTMLText.escaped(caption))" tabindex="0">
            <table>
            <caption>\(HTMLText.escaped(caption))</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(rows.map(markup).joined(separator: "\n"))
            </tbody>
            </table>
            </div>
            """
    }

    private func markup(_ row: Row) -> String {
        let cells = row.cells.dropFirst().map { "<td>\(HTMLText.escaped($0))</td>" }.joined()
        let style = row.isMarked ? " class=\"marked\"" : ""
        return "<tr\(style)><th scope=\"row\">\(HTMLText.escaped(row.cells.first ?? ""))</th>\(cells)</tr>"
    }
}
