// SPDX-License-Identifier: Apache-2.0
/// A table of the page; the first cell of each row is its heading.
struct ReportTable {
    enum Column {
        /// Words, from the left.
        case text(String)
        /// Numbers, under each other from the right.
        case number(String)

        fileprivate var title: String {
            switch self {
            case .text(let title), .number(let title): title
            }
        }

        fileprivate var style: String {
            if case .number = self { " class=\"number\"" } else { "" }
        }
    }

    struct Row {
        let cells: [String]
        /// Marks a row that is spoken of elsewhere, such as the threshold in use.
        var isMarked = false
    }

    let caption: String
    let columns: [Column]
    let rows: [Row]

    /// Wide tables scroll by themselves on a narrow screen; the page and the caption do not.
    var markup: String {
        let head = columns.map { "<th scope=\"col\"\($0.style)>\(HTMLText.escaped($0.title))</th>" }.joined()
        return """
            <div class="tabular">
            <p class="caption">\(HTMLText.escaped(caption))</p>
            <div class="scroll" role="region" aria-label="\(HTMLText.escaped(caption))" tabindex="0">
            <table>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(rows.map(markup).joined(separator: "\n"))
            </tbody>
            </table>
            </div>
            </div>
            """
    }

    private func markup(_ row: Row) -> String {
        let cells = zip(row.cells, columns).dropFirst().map { cell, column in
            "<td\(column.style)>\(HTMLText.escaped(cell))</td>"
        }
        let mark = row.isMarked ? " class=\"marked\"" : ""
        let heading = "<th scope=\"row\"\(columns[0].style)>\(HTMLText.escaped(row.cells.first ?? ""))</th>"
        return "<tr\(mark)>\(heading)\(cells.joined())</tr>"
    }
}
