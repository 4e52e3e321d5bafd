// SPDX-License-Identifier: Apache-2.0
import Fixtures
import LinuxIO
import SystemPackage
import Testing

@Suite struct AtomicFileTests {
    private let folder = TemporaryFolder()
    private func names() throws -> [String] { try Folder(folder.path).names().map(\.string).sorted() }

    @Test func `a file is replaced whole and leaves nothing else behind`() throws {
        let path = folder.path.appending("a.json")
        try AtomicFile.write([1, 2, 3], to: path)
        try AtomicFile.write([4], to: path)
        #expect(try Folder(folder.path).openFile("a.json").read(upTo: 9) == [4])
        #expect(try names() == ["a.json"])
    }

    @Test func `a write that fails leaves the old file and no unfinished one`() throws {
        try AtomicFile.makeFolder(folder.path.appending("a.json"))
        #expect(throws: SystemFailure.self) { try AtomicFile.write([1], to: folder.path.appending("a.json")) }
        #expect(try names() == ["a.json"])
    }

    @Test func `unfinished files of a killed process are removed, others are not`() throws {
        for name in [".fundusd-12.tmp", ".fundusd-x", "fundusd-1.tmp", ".other.tmp"] {
            try AtomicFile.write([1], to: folder.path.appending(name))
        }
        #expect(try AtomicFile.removeUnfinished(in: folder.path) == 1)
        #expect(try names() == [".fundusd-x", ".other.tmp", "fundusd-1.tmp"])
    }

    @Test func `folders are made with those above them, and being there already is fine`() throws {
        for _ in 1...2 { try AtomicFile.makeFolder(folder.path.pushing("x/y/z")) }
        #expect(try Folder(folder.path).status(of: "x/y/z").kind == .folder)
    }
}
