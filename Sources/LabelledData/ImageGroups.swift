// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import FoundationEssentials
internal import LinuxIO
package import SystemPackage
internal import Verdict
internal import WrittenText

/// A table that says which images belong to one person, and where they come from.
package struct ImageGroups {
    /// What a table says of one image.
    package struct Row {
        /// The person.
        package let group: String?
        /// The camera, clinic or collection.
        package let source: String?
    }

    private let rows: [FilePath: Row]
    private let root: FilePath

    private static let largestFile = 1 << 28

    /// Reads a CSV with a column `path` and at least one of `group` (or `group_id`) and `source`.
    ///
    /// - Parameter root: the labelled folder. Paths are taken from there and from the table's own folder.
    package init(_ file: FilePath, root: FilePath) throws {
        let table = try Self.table(file)
        guard let path = table.place(of: "path") else {
            let separator =
                table.columns.contains { $0.contains(";") } ? "; separate them by commas, not semicolons" : ""
            throw Refusal(
                .dataError,
                "\(file): has no column “path”; its columns are \(table.columns.joined(separator: ", "))\(separator)")
        }
        let (group, source) = (table.place(of: "group", "group_id"), table.place(of: "source"))
        guard group != nil || source != nil else {
            throw Refusal(
                .dataError, "\(file): has neither a column “group” nor a column “source”, so it tells nothing")
        }
        self.root = Self.absolute(root)
        let bases = [self.root, Self.absolute(file).removingLastComponent()]
        var rows: [FilePath: Row] = [:]
        for fields in table.rows {
            let row = Row(group: group.flatMap { fields[$0].nonEmpty }, source: source.flatMap { fields[$0].nonEmpty })
            for base in bases { rows[base.pushing(FilePath(fields[path])).lexicallyNormalized()] = row }
        }
        self.rows = rows
    }

    private static func table(_ file: FilePath) throws -> CommaSeparatedTable {
        do {
            let content = try NamedImageReader(maximumBytes: largestFile).read(file)
            guard let bytes = content.bytes else {
                throw Refusal(.dataError, "\(file) is larger than 256 MiB, which is no table of images")
            }
            return try CommaSeparatedTable(parsing: bytes)
        } catch let failure as CommaSeparatedTable.Failure {
            throw Refusal(.dataError, "\(file): \(failure.description)")
        } catch let failure as SystemFailure {
            throw Refusal(failure.isAbsence ? .noInput : .inputOutput, failure.description)
        }
    }

    private static func absolute(_ path: FilePath) -> FilePath {
        FilePath(FileManager.default.currentDirectoryPath).pushing(path).lexicallyNormalized()
    }

    /// What the table says of an image, by its path below the labelled folder.
    package subscript(path: FilePath) -> Row? { rows[root.pushing(path).lexicallyNormalized()] }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
