package import Evaluation
package import LabelledData

extension ImageManifest {
    /// Reads an `images.csv`.
    ///
    /// - Throws: where it is no CSV. A row that says nothing that is understood is left out.
    package init(parsing csv: [UInt8]) throws(CommaSeparatedTable.Failure) {
        let table = try CommaSeparatedTable(parsing: csv)
        let places = ["sha256", "class", "side", "group", "path", "source"].map { table.place(of: $0) }
        self.init(
            table.rows.compactMap { fields in
                let values = places.map { place in place.flatMap { $0 < fields.count ? fields[$0] : nil } }
                guard let sha256 = values[0], let label = values[1].flatMap(ImageLabel.init),
                    let side = values[2].flatMap(HoldoutSplit.Side.init), let group = values[3].flatMap(Int.init)
                else { return nil }
                return Row(
                    sha256: sha256, label: label, side: side, group: group, path: values[4] ?? "",
                    source: values[5].flatMap { $0.isEmpty ? nil : $0 })
            })
    }
}
