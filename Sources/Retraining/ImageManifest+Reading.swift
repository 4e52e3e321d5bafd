package import Evaluation
package import LabelledData

extension ImageManifest {
    /// Reads an `images.csv`.
    ///
    /// - Throws: where it is no CSV. A row that says nothing that is understood is left out.
    package init(parsing csv: [UInt8]) throws(CommaSeparatedTable.Failure) {
        let table = try CommaSeparatedTable(parsing: csv)
        let places = ["sha256", "class", "side", "group", "path"].map { table.place(of: $0) }
        self.init(
            table.rows.compactMap { fields in
                let values = places.map { place in place.flatMap { $0 < fields.count ? fields[$0] : nil } }
                guard let sha256 = values[0], let name = values[1], name == "disease" || name == "normal",
                    let side = values[2].flatMap(HoldoutSplit.Side.init), let group = values[3].flatMap(Int.init)
                else { return nil }
                return Row(
                    sha256: sha256, isDisease: name == "disease", side: side, group: group, path: values[4] ?? "")
            })
    }
}
