// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import Ledger
import LinuxIO
import Screening
import SystemPackage
import Testing
import Verdict

@Suite struct OutboxTests {
    private let folder = TemporaryFolder()
    private var outbox: Outbox { Outbox(root: folder.path) }

    private func files() throws -> [String] { try Folder(folder.path).names().map(\.string).sorted() }

    @Test func `a verdict lies under its image's name`() throws {
        try outbox.publish(.verdict([1]), for: "a.jpg", replacing: nil)
        #expect(try files() == ["a.jpg.json"])
        #expect(try outbox.contents(of: "a.jpg") == [1])
    }

    @Test func `newer content takes the name, and the older verdict keeps its hash`() throws {
        let older = Publication(sha256: "0123456789abcdef", document: [1])
        try outbox.publish(.verdict([1]), for: "a.jpg", replacing: nil)
        for _ in 1...2 {
            // The second time stands for a crash after the rename and before the ledger's row.
            try outbox.publish(.verdict([2]), for: "a.jpg", replacing: older)
            #expect(try files() == ["a.jpg.0123456789ab.json", "a.jpg.json"])
            #expect(try outbox.contents(of: "a.jpg") == [2])
            #expect(try Folder(folder.path).openFile("a.jpg.0123456789ab.json").read(upTo: 9) == [1])
        }
    }

    @Test func `a verdict that its reader has taken away is not made again`() throws {
        try outbox.publish(
            .verdict([2]), for: "a.jpg", replacing: Publication(sha256: "0123456789abcdef", document: [1]))
        #expect(try files() == ["a.jpg.json"])
    }

    @Test func `the outbox mirrors the inbox's folders`() throws {
        try outbox.publish(.verdict([1]), for: "x/y/a.jpg", replacing: nil)
        #expect(try Folder(folder.path).subfolder("x/y").names().map(\.string) == ["a.jpg.json"])
    }

    @Test func `an outbox that is not there is not made`() {
        let missing = Outbox(root: folder.path.appending("missing"))
        #expect(throws: SystemFailure.self) { try missing.publish(.verdict([1]), for: "a.jpg", replacing: nil) }
        #expect(throws: SystemFailure.self) { try missing.publish(.verdict([1]), for: "x/a.jpg", replacing: nil) }
    }

    @Test func `names of 255 bytes get verdicts, each its own`() throws {
        let names = ["a", "b"].map { ImageName(FilePath(String(repeating: "ä", count: 125) + $0 + ".jpg")) }
        for name in names { try outbox.publish(.verdict([1]), for: name, replacing: nil) }
        let found = try files()
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.utf8.count <= 255 && $0.hasSuffix(".json") && !$0.contains("\u{FFFD}") })
    }

    /// A camera's user chooses the names: none may take the place of another image's verdict.
    @Test func `an image that is named like a kept verdict does not take its place`() throws {
        let older = Publication(sha256: "0123456789abcdef", document: [1])
        try outbox.publish(.verdict([1]), for: "a.jpg", replacing: nil)
        try outbox.publish(.verdict([2]), for: "a.jpg", replacing: older)
        let names: [ImageName] = ["a.jpg.0123456789ab", "a.jpg~0123456789ab"]
        for name in names { try outbox.publish(.verdict([3]), for: name, replacing: nil) }
        #expect(try Folder(folder.path).openFile("a.jpg.0123456789ab.json").read(upTo: 9) == [1])
        for name in names { #expect(try outbox.contents(of: name) == [3]) }
        #expect(try files().count == 4)
    }

    /// Folders are mirrored: one that is named like a verdict must not lie where the verdict belongs.
    @Test(
        arguments: [
            ("a.jpg.json/b.jpg", "a.jpg"), ("a.jpg.heatmap.jpg/b.jpg", "a.jpg"), ("a.jpg.0123456789ab/b.jpg", "a.jpg"),
        ] as [(ImageName, ImageName)], [true, false])
    func `a folder that is named like a verdict does not take its place`(
        names: (ImageName, ImageName), folderFirst: Bool
    ) throws {
        for name in folderFirst ? [names.0, names.1] : [names.1, names.0] {
            try outbox.publish(Publication(sha256: "", document: [1], heatmap: [2]), for: name, replacing: nil)
        }
        #expect(try outbox.contents(of: names.0) == [1] && outbox.contents(of: names.1) == [1])
        #expect(Set([names.0, names.1].map { Outbox.verdictPath(for: $0).string }).count == 2)
    }

    @Test(arguments: ["link", "folder"]) func `what others put in a verdict's place is not followed`(kind: String)
        throws
    {
        let inside = TemporaryFolder()
        try AtomicFile.write([9], to: inside.path.appending("precious"))
        let place = folder.path.appending("sub")
        #expect(kind == "link" ? symlink(inside.path.string, place.string) == 0 : mkdir(place.string, 0o755) == 0)
        if kind == "folder" {
            let path = place.appending("a.jpg.json")
            #expect(symlink(inside.path.appending("precious").string, path.string) == 0)
            try outbox.publish(.verdict([1]), for: "sub/a.jpg", replacing: Publication(sha256: "ab", document: [9]))
            #expect(try outbox.contents(of: "sub/a.jpg") == [1])
        } else {
            #expect(throws: SystemFailure.self) { try outbox.publish(.verdict([1]), for: "sub/a.jpg", replacing: nil) }
        }
        #expect(try Folder(inside.path).names() == ["precious"])
        #expect(try Folder(inside.path).openFile("precious").read(upTo: 9) == [9])
    }

    @Test func `a name that is no UTF-8 gets its verdict`() throws {
        let name = ImageName(bytes: [0xFF, 0x0A, 0x27, 0x2E, 0x6A, 0x70, 0x67])
        try outbox.publish(.verdict([1]), for: name, replacing: nil)
        #expect(try outbox.contents(of: name) == [1])
    }
}

extension Publication {
    fileprivate static func verdict(_ document: [UInt8]) -> Publication { Publication(sha256: "", document: document) }
}
