import Fixtures
import LinuxIO
import Screening
import SystemPackage
import Testing

@Suite struct OutboxTests {
    private let folder = TemporaryFolder()
    private var outbox: Outbox { Outbox(root: folder.path) }

    private func files() throws -> [String] { try Folder(folder.path).names().map(\.string).sorted() }

    @Test func `a verdict lies under its image's name`() throws {
        try outbox.publish(.verdict([1]), for: "a.jpg", replacing: nil)
        #expect(try files() == ["a.jpg.json"])
        #expect(outbox.contents(of: "a.jpg") == [1])
    }

    @Test func `newer content takes the name, and the older verdict keeps its hash`() throws {
        let older = Publication(sha256: "0123456789abcdef", document: [1])
        try outbox.publish(.verdict([1]), for: "a.jpg", replacing: nil)
        for _ in 1...2 {
            // The second time stands for a crash after the rename and before the ledger's row.
            try outbox.publish(.verdict([2]), for: "a.jpg", replacing: older)
            #expect(try files() == ["a.jpg.0123456789ab.json", "a.jpg.json"])
            #expect(outbox.contents(of: "a.jpg") == [2])
            #expect(outbox.contents(of: "a.jpg.0123456789ab") == [1])
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

    @Test func `a name that is no UTF-8 gets its verdict`() throws {
        let name = ImageName(bytes: [0xFF, 0x0A, 0x27, 0x2E, 0x6A, 0x70, 0x67])
        try outbox.publish(.verdict([1]), for: name, replacing: nil)
        #expect(outbox.contents(of: name) == [1])
    }
}

extension Publication {
    fileprivate static func verdict(_ document: [UInt8]) -> Publication { Publication(sha256: "", document: document) }
}
