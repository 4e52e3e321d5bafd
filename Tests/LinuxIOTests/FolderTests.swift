// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import LinuxIO
import SystemPackage
import Testing

@Suite struct FolderTests {
    private let folder = TemporaryFolder()

    @Test func `a link on the way is never followed`() throws {
        try AtomicFile.makeFolder(folder.path.pushing("inbox"))
        try AtomicFile.makeFolder(folder.path.pushing("outside"))
        try AtomicFile.write([1], to: folder.path.pushing("outside/a.jpg"))
        #expect(symlink("../outside", folder.path.pushing("inbox/sub").string) == 0)
        #expect(symlink("../outside/a.jpg", folder.path.pushing("inbox/a.jpg").string) == 0)
        let inbox = try Folder(folder.path.pushing("inbox"))
        for path in ["sub/a.jpg", "a.jpg", "sub"] as [FilePath] {
            do throws(SystemFailure) {
                _ = try inbox.openFile(path)
                Issue.record("\(path) was opened")
            } catch {
                #expect(error.isGone, "\(error)")
            }
        }
        #expect(try inbox.status(of: "a.jpg").kind == .link)
    }

    @Test func `what lies in a folder is told with its kind`() throws {
        try AtomicFile.write([1, 2], to: folder.path.pushing("a"))
        try AtomicFile.makeFolder(folder.path.pushing("b"))
        #expect(mkfifo(folder.path.pushing("c").string, 0o600) == 0)
        #expect(symlink("nowhere", folder.path.pushing("d").string) == 0)
        let entries = try Folder(folder.path).entries().sorted { $0.name.string < $1.name.string }
        #expect(entries.map(\.name.string) == ["a", "b", "c", "d"])
        #expect(entries.map(\.status.kind) == [.regular, .folder, .other, .link])
        #expect(entries.first?.status.signature.bytes == 2)
    }

    @Test func `names are bytes`() throws {
        let name = FilePath(bytes: [0xFF, 0x0A, 0x27])
        try AtomicFile.write([1], to: folder.path.pushing(name))
        #expect(
            try Folder(folder.path).names().map { FilePath(root: nil, components: $0).bytes } == [[0xFF, 0x0A, 0x27]])
        #expect(try Folder(folder.path).openFile(name).read(upTo: 9) == [1])
    }

    @Test func `a missing folder is gone, and the message says so`() {
        #expect(throws: SystemFailure("open", "/nowhere/at/all", .noSuchFileOrDirectory)) {
            try Folder("/nowhere/at/all").names()
        }
    }
}
