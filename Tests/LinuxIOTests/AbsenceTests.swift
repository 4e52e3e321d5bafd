// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import SystemPackage
import Testing

@testable import LinuxIO

/// What is there, what is not, and what can't be known.
@Suite struct AbsenceTests {
    private let folder = TemporaryFolder()

    @Test func `only two errors say that nothing is there`() throws {
        let file = folder.path.appending("file")
        try AtomicFile.write([1], to: file)
        for (target, name) in [("nowhere", "dead"), ("loop", "loop"), ("file", "link")] {
            #expect(symlink(target, folder.path.appending(name).string) == 0)
        }
        #expect(try FileStatus.ofEntry(file)?.kind == .regular && FileStatus.at(file)?.kind == .regular)
        #expect(try FileStatus.ofEntry(folder.path.appending("link"))?.kind == .link)
        #expect(try FileStatus.at(folder.path.appending("link"))?.kind == .regular)
        for absent in ["missing", "file/below", "missing/below"] {
            let path = folder.path.pushing(FilePath(absent))
            #expect(try FileStatus.ofEntry(path) == nil && FileStatus.at(path) == nil)
        }
        #expect(try FileStatus.ofEntry(folder.path.appending("dead"))?.kind == .link)
        #expect(try FileStatus.at(folder.path.appending("dead")) == nil)
        #expect { try FileStatus.at(folder.path.appending("loop")) } throws: {
            ($0 as? SystemFailure)?.code == .tooManySymbolicLinkLevels
        }
        let long = folder.path.appending(String(repeating: "a", count: 256))
        #expect { try FileStatus.ofEntry(long) } throws: { ($0 as? SystemFailure)?.code == .fileNameTooLong }
    }

    @Test func `a new file never takes another's place`() throws {
        let path = folder.path.appending("eye.jpg")
        #expect(try AtomicFile.writeNew([1, 2], to: path))
        #expect(try !AtomicFile.writeNew([3], to: path))
        #expect(try Descriptor.open(path, O_RDONLY).read(upTo: 9) == [1, 2])
        #expect(symlink("nowhere", folder.path.appending("dead").string) == 0)
        #expect(try !AtomicFile.writeNew([3], to: folder.path.appending("dead")))
        #expect(try Folder(folder.path).names().map(\.string).sorted() == ["dead", "eye.jpg"])
    }

    @Test func `a folder's lock is one, and goes with its holder`() throws {
        guard let first = try FolderLock.acquire(at: folder.path) else { throw Errno.wouldBlock }
        #expect(try !isFree())
        first.release()
        #expect(try isFree())
        #expect(throws: SystemFailure.self) { try isFree(folder.path.appending("missing")) }
    }

    private func isFree(_ path: FilePath? = nil) throws(SystemFailure) -> Bool {
        guard let lock = try FolderLock.acquire(at: path ?? folder.path) else { return false }
        lock.release()
        return true
    }
}
