// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Glibc
import Hashing
import Ledger
import LinuxIO
import SystemPackage
import Testing
import Verdict

@testable import Screening

/// Screened images go, and nothing else: whatever a camera's user puts in the way.
@Suite struct InboxClearingTests {
    private static let eye = SyntheticEye(seed: 1, width: 256, height: 256).jpeg(quality: 90)

    private func names(_ path: FilePath) throws -> [String] { try Folder(path).names().map(\.string).sorted() }

    /// As it would be after a kill in the middle: the ledger has the note, and the file its hidden name.
    private func interrupt(_ line: ScreeningUnderTest, _ name: ImageName, as hidden: FilePath) throws {
        let status = try Folder(line.inbox).status(of: name.path)
        try line.ledger.noteClearing(
            Ledger.Clearing(
                name: name, hidden: hidden, sha256: SHA256.hash(Self.eye).hexadecimal, file: status.signature))
        try AtomicFile.rename(line.inbox.pushing(name.path), to: line.inbox.pushing(hidden))
    }

    @Test func `images are archived by date, or deleted, when they have their verdict`() throws {
        let archive = try ScreeningUnderTest(after: .archive("placeholder"))
        let root = archive.folder.path.appending("archive")
        archive.pipeline.adopt(archive.pipeline.currentRules.with(.archive(root)))
        for name in ["a.jpg", "b.jpg"] { try archive.drop(Self.eye, as: name) }
        _ = archive.screen("a.jpg")
        let day = Date().timestamp.prefix(10).replacing("-", with: "/")
        #expect(try Folder(root).subfolder(FilePath(String(day))).names() == ["a.jpg"])
        archive.pipeline.adopt(archive.pipeline.currentRules.with(.delete))
        _ = archive.screen("b.jpg")
        #expect(try Folder(archive.inbox).names() == [])
        #expect(try archive.verdictFiles() == ["a.jpg.json", "b.jpg.json"])
    }

    @Test func `the same name archived twice in a day keeps both images`() throws {
        let line = try ScreeningUnderTest()
        let root = line.folder.path.appending("archive")
        line.pipeline.adopt(line.pipeline.currentRules.with(.archive(root)))
        for seed in 1...2 {
            try line.drop(SyntheticEye(seed: UInt64(seed), width: 256, height: 256).jpeg(quality: 90), as: "a.jpg")
            _ = line.screen("a.jpg")
        }
        let day = Date().timestamp.prefix(10).replacing("-", with: "/")
        #expect(try Folder(root).subfolder(FilePath(String(day))).names().count == 2)
    }

    @Test func `what a kill interrupted gets its name back, and is cleared away again`() throws {
        let line = try ScreeningUnderTest(after: .delete)
        try line.drop(Self.eye, as: "a.jpg")
        line.pipeline.adopt(line.pipeline.currentRules.with(.keep))
        #expect(line.screen("a.jpg") == .done)
        try interrupt(line, "a.jpg", as: ".fundusd-x.cleared")
        line.pipeline.putBackInterrupted()
        #expect(try names(line.inbox) == ["a.jpg"])
        #expect(try line.ledger.clearings() == [])
        line.pipeline.adopt(line.pipeline.currentRules.with(.delete))
        #expect(line.screen("a.jpg") == .done)
        #expect(try names(line.inbox) == [] && line.verdictFiles() == ["a.jpg.json"])
        #expect(line.log.told.count == 1)
    }

    @Test func `a newer file keeps its name, and the one that was put aside stays beside it`() throws {
        let line = try ScreeningUnderTest()
        try line.drop(Self.eye, as: "a.jpg")
        let inode = try Folder(line.inbox).status(of: "a.jpg").signature.inode
        try interrupt(line, "a.jpg", as: ".fundusd-x.cleared")
        try line.drop([2], as: "a.jpg")
        line.pipeline.putBackInterrupted()
        #expect(try names(line.inbox) == ["a.jpg", "a~\(inode).jpg"])
        #expect(try Folder(line.inbox).openFile("a.jpg").read(upTo: 9) == [2])
        #expect(try line.ledger.clearings() == [])
    }

    /// What lies in the inbox proves nothing: a link there once had every verdict moved out of the outbox.
    @Test(arguments: ["../outbox", "../state", "nowhere", ""], [SourceDisposition.keep, .delete])
    func `a start moves nothing that the ledger has not noted`(target: String, after: SourceDisposition) throws {
        let line = try ScreeningUnderTest(after: after)
        try line.drop(Self.eye, as: "a.jpg")
        line.pipeline.adopt(line.pipeline.currentRules.with(.keep))
        #expect(line.screen("a.jpg") == .done)
        line.pipeline.adopt(line.pipeline.currentRules.with(after))
        let trap = line.inbox.appending(".fundusd-aside").string
        #expect(target.isEmpty ? mkdir(trap, 0) == 0 : symlink(target, trap) == 0)
        let before = try (line.verdictFiles(), names(line.folder.path.appending("state")))
        line.pipeline.putBackInterrupted()
        try line.drop(SyntheticEye(seed: 2, width: 256, height: 256).jpeg(), as: "b.jpg")
        #expect(line.screen("b.jpg") == .done)
        #expect(try line.verdictFiles() == before.0 + ["b.jpg.json"])
        #expect(try names(line.folder.path.appending("state")) == before.1)
    }

    /// Whoever still has the file open can write to it and set its times back; what was never judged is not cleared away.
    @Test(arguments: [true, false]) func `bytes that were not judged stay`(isArchived: Bool) throws {
        let line = try ScreeningUnderTest()
        let after: SourceDisposition = isArchived ? .archive(line.folder.path.appending("archive")) : .delete
        let clearing = InboxClearing(ledger: line.ledger, tell: line.log.note)
        try line.drop(Self.eye, as: "a.jpg")
        let signature = try Folder(line.inbox).status(of: "a.jpg").signature
        // Another hash stands for another content with the same size and times.
        let judged = SHA256.hash([1]).hexadecimal
        #expect(
            try !clearing.apply(after, to: "a.jpg", sha256: judged, signature, in: line.inbox, on: Date()))
        #expect(try names(line.inbox) == ["a.jpg"] && line.ledger.clearings() == [])
        let now = try Folder(line.inbox).status(of: "a.jpg").signature
        #expect(
            try clearing.apply(
                after, to: "a.jpg", sha256: SHA256.hash(Self.eye).hexadecimal, now, in: line.inbox, on: Date()))
        #expect(try names(line.inbox) == [])
    }

    @Test func `a trouble of clearing away is told and keeps no start from going on`() throws {
        let line = try ScreeningUnderTest()
        try line.drop(Self.eye, as: "a.jpg")
        try interrupt(line, "a.jpg", as: ".fundusd-x.cleared")
        try AtomicFile.rename(line.inbox, to: line.folder.path.appending("away"))
        line.pipeline.putBackInterrupted()
        #expect(line.log.told.first?.contains("fault: a.jpg was being cleared away") == true)
        try AtomicFile.rename(line.folder.path.appending("away"), to: line.inbox)
        line.pipeline.putBackInterrupted()
        #expect(try names(line.inbox) == ["a.jpg"])
    }

    @Test func `a link in a folder's place leads nowhere`() throws {
        let line = try ScreeningUnderTest(after: .delete)
        let precious = TemporaryFolder()
        try AtomicFile.write(Self.eye, to: precious.path.appending("a.jpg"))
        try AtomicFile.makeFolder(line.inbox.appending("sub"))
        try line.drop(Self.eye, as: "sub/a.jpg")
        line.pipeline.adopt(line.pipeline.currentRules.with(.keep))
        #expect(line.screen("sub/a.jpg") == .done)
        line.pipeline.adopt(line.pipeline.currentRules.with(.delete))
        try AtomicFile.rename(line.inbox.appending("sub"), to: line.inbox.appending("moved"))
        #expect(symlink(precious.path.string, line.inbox.appending("sub").string) == 0)
        #expect(line.screen("sub/a.jpg") == .done)
        #expect(try names(precious.path) == ["a.jpg"] && names(line.inbox.appending("moved")) == ["a.jpg"])
    }

    @Test func `an archived picture is never replaced, by other content or by a part of it`() throws {
        let line = try ScreeningUnderTest()
        let root = line.folder.path.appending("archive")
        line.pipeline.adopt(line.pipeline.currentRules.with(.archive(root)))
        let day = root.pushing(FilePath(String(Date().timestamp.prefix(10).replacing("-", with: "/"))))
        let digits = SHA256.hash(Self.eye).hexadecimal.prefix(12)
        try AtomicFile.makeFolder(day)
        try AtomicFile.write([1], to: day.appending("a.jpg"))
        try AtomicFile.write([2], to: day.appending("a.jpg.\(digits)"))
        for _ in 1...2 {
            // The second time the same content lies there already.
            try line.drop(Self.eye, as: "a.jpg")
            #expect(line.screen("a.jpg") == .done)
            #expect(try names(line.inbox) == [])
            #expect(try names(day) == ["a.jpg", "a.jpg.\(digits)", "a.jpg.\(SHA256.hash(Self.eye).hexadecimal)"])
            #expect(try Folder(day).openFile("a.jpg").read(upTo: 9) == [1])
        }
    }

    @Test func `an archive on another file system gets the whole file`() throws {
        let memory = TemporaryFolder(below: "/dev/shm")
        let line = try ScreeningUnderTest()
        guard
            try Folder(memory.path).descriptor.status().signature.device
                != Folder(line.inbox).descriptor.status().signature.device
        else { return print("Skipped: /dev/shm is no file system of its own here.") }
        line.pipeline.adopt(line.pipeline.currentRules.with(.archive(memory.path)))
        try line.drop(Self.eye, as: "a.jpg")
        #expect(line.screen("a.jpg") == .done)
        #expect(try names(line.inbox) == [])
        let day = memory.path.pushing(FilePath(String(Date().timestamp.prefix(10).replacing("-", with: "/"))))
        #expect(try names(day) == ["a.jpg"])
        #expect(try Folder(day).openFile("a.jpg").read(upTo: 1 << 20) == Self.eye)
    }
}
