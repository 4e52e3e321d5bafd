// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import LinuxIO
import SystemPackage
import Testing

/// The kernel's own answers, on a real folder.
@Suite struct WatchingTests {
    private let folder = TemporaryFolder()

    @Test func `writing, moving and deleting raise the events that the intake counts on`() throws {
        let inotify = try Inotify()
        let watch = try inotify.watch(Folder(folder.path))
        try AtomicFile.write([1], to: folder.path.appending("a.jpg"))
        try AtomicFile.remove(folder.path.appending("a.jpg"))
        let events = try inotify.events()
        #expect(events.allSatisfy { $0.watch == watch })
        let temporary = try #require(events.first?.name)
        #expect(
            events.map { "\($0.name == temporary ? "temporary" : $0.name!.string) \($0.mask.rawValue)" } == [
                "temporary \(InotifyEvent.Mask.created.rawValue)", "temporary \(InotifyEvent.Mask.modified.rawValue)",
                "temporary \(InotifyEvent.Mask.closedAfterWriting.rawValue)",
                "temporary \(InotifyEvent.Mask.movedFrom.rawValue)", "a.jpg \(InotifyEvent.Mask.movedTo.rawValue)",
                "a.jpg \(InotifyEvent.Mask.deleted.rawValue)",
            ])
        #expect(try inotify.events() == [])
    }

    @Test func `a file that somebody writes is told from one that nobody does`() throws {
        let path = folder.path.appending("a.jpg")
        try AtomicFile.write([1], to: path)
        #expect(WriterCheck.of(try Folder(folder.path).openFile("a.jpg")) == .noWriter)
        let writer = try Descriptor.open(path, O_WRONLY)
        #expect(WriterCheck.of(try Folder(folder.path).openFile("a.jpg")) == .openForWriting)
        _ = consume writer
        #expect(WriterCheck.of(try Folder(folder.path).openFile("a.jpg")) == .noWriter)
    }

    @Test func `a lock that is not there has no holder`() throws {
        #expect(try InstanceLock.holder(at: folder.path.appending("lock")) == nil)
    }

    @Test(arguments: [
        (UInt32(0xEF53), FileSystemKind.local), (0x0102_1994, .local), (0x6969, .network("NFS")),
        (0xFE53_4D42, .network("SMB2")), (0x786F_4256, .network("vboxsf")), (0xBACB_ACBC, .network("vmhgfs")),
        (0x7C7C_6673, .network("prl_fs")), (0x0102_1997, .network("9P")), (0x6573_5546, .network("FUSE")),
    ])
    func `network file systems are known by their numbers`(magic: UInt32, kind: FileSystemKind) {
        #expect(FileSystemKind.of(magic: magic) == kind)
    }

    @Test func `the kernel tells what a folder lies on`() throws {
        #expect(try FileSystemKind.of(Folder("/proc")) == .local)
    }

    @Test func `a signal that came before the sleep ends it, once`() throws {
        let wakeUp = try WakeUp()
        wakeUp.signal()
        let start = ContinuousClock.now
        wakeUp.sleep(orUntilReadable: nil, atMost: .seconds(60))
        #expect(ContinuousClock.now - start < .seconds(30))
        let second = ContinuousClock.now
        wakeUp.sleep(orUntilReadable: nil, atMost: .milliseconds(20))
        #expect(ContinuousClock.now - second >= .milliseconds(20))
    }
}
