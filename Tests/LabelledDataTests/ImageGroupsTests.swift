// SPDX-License-Identifier: Apache-2.0
import Fixtures
import LabelledData
import LinuxIO
import SystemPackage
import Testing

@Suite struct ImageGroupsTests {
    private let folder = TemporaryFolder()

    private func groups(_ table: String) throws -> ImageGroups {
        let file = folder.path.appending("people.csv")
        try AtomicFile.write(Array(table.utf8), to: file)
        return try ImageGroups(file, root: folder.path.appending("labelled"))
    }

    /// A byte order mark, CRLF, quotes, a name with an umlaut: as spreadsheets write it.
    @Test func `a table from Windows is read as it is meant`() throws {
        let groups = try groups(
            "\u{FEFF}\"path\",\"group\"\r\ndisease/a.jpg,Grün\r\n\"disease/camera ä/größe 1.png\",Grün\r\n")
        for path in ["disease/a.jpg", "disease/camera ä/größe 1.png"] {
            #expect(groups[FilePath(path)]?.group == "Grün" && groups[FilePath(path)]?.source == nil)
        }
    }

    @Test(arguments: ["disease/a.jpg", "./disease//a.jpg", "labelled/disease/a.jpg", "disease/b/../a.jpg"])
    func `a path may begin at the labelled folder or at the table's`(path: String) throws {
        let groups = try groups("path,group,source\n\(path),p1,here\n")
        let row = try #require(groups["disease/a.jpg"])
        #expect(row.group == "p1" && row.source == "here" && groups["disease/other.jpg"] == nil)
    }
}
