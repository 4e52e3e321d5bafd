// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
package import WrittenText

extension ImageManifest {
    /// Why a text does not tell who trained and who measures.
    package enum Fault: Error, Equatable, Sendable, CustomStringConvertible {
        case noTable(CommaSeparatedTable.Failure)
        case noColumn(String)
        /// Of the rows below the first line, counted from 1.
        case unknownRow(Int)

        package var description: String {
            switch self {
            case .noTable(let failure): failure.description
            case .noColumn(let name): "has no column “\(name)”"
            case .unknownRow(let number): "row \(number) names no class, side and group that this program knows"
            }
        }
    }

    /// Reads an `images.csv`.
    ///
    /// - Throws: where not every row is understood: one that was left out might have said who never trains.
    package init(parsing csv: [UInt8]) throws(Fault) {
        let table: CommaSeparatedTable
        do throws(CommaSeparatedTable.Failure) {
            table = try CommaSeparatedTable(parsing: csv)
        } catch {
            throw .noTable(error)
        }
        func place(_ name: String) throws(Fault) -> Int {
            guard let place = table.place(of: name) else { throw .noColumn(name) }
            return place
        }
        let (sha256, label, side, group) = (
            try place("sha256"), try place("class"), try place("side"), try place("group")
        )
        let (path, source) = (table.place(of: "path"), table.place(of: "source"))
        var rows: [Row] = []
        for (number, fields) in table.rows.enumerated() {
            guard let label = ImageLabel(rawValue: fields[label]), let side = HoldoutSplit.Side(rawValue: fields[side]),
                let group = Int(fields[group]), !fields[sha256].isEmpty
            else { throw .unknownRow(number + 1) }
            let source = source.map { fields[$0] } ?? ""
            rows.append(
                Row(
                    sha256: fields[sha256], label: label, side: side, group: group, path: path.map { fields[$0] } ?? "",
                    source: source.isEmpty ? nil : source))
        }
        self.init(rows)
    }
}
