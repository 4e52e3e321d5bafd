// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Glibc
import Intake
import LinuxIO
import SQLite
import SystemPackage
import Testing
import Verdict

@testable import Ledger

@Suite struct LedgerTests {
    private let folder = TemporaryFolder()
    private let name: ImageName = "a.jpg"
    private let content = ImageContent(sha256: String(repeating: "ab", count: 32), byteCount: 3, bytes: [1, 2, 3])
    private let time = Date(timeIntervalSince1970: 1_800_000_000)

    private func ledger() throws -> Ledger { try Ledger(at: folder.path.appending("ledger.sqlite")) }

    @Test func `an image is claimed, judged, published, and then has its verdict`() throws {
        let ledger = try ledger()
        #expect(try ledger.claim(name, content, receivedAt: time, now: time) == .toBeJudged)
        #expect(
            try ledger.claim(name, content, receivedAt: time, now: time) == .toBeJudged,
            "an interrupted judging begins anew")
        let verdict = Verdict.example(of: content, named: name)
        try ledger.recordJudgement(
            name, verdict, Publication(sha256: content.sha256, document: [7], heatmap: [8]), now: time)
        #expect(try ledger.claim(name, content, receivedAt: time, now: time) == .judged)
        #expect(
            try ledger.unpublished(name) == [Publication(sha256: content.sha256, document: [7], heatmap: [8])])
        #expect(try ledger.namesToBePublished() == [name])
        try ledger.recordPublication(
            name, Publication(sha256: content.sha256, document: [7], heatmap: [8]), now: time)
        #expect(try ledger.claim(name, content, receivedAt: time, now: time) == .judged)
        #expect(try ledger.unpublished(name).isEmpty)
        #expect(try ledger.namesToBePublished().isEmpty)
        #expect(try ledger.newestPublished(name)?.document == [7])
    }

    @Test func `a publication that is noted twice has one link, with its first time`() throws {
        let ledger = try ledger()
        let publication = Publication(sha256: content.sha256, document: [7])
        _ = try ledger.claim(name, content, receivedAt: time, now: time)
        try ledger.recordJudgement(name, .example(of: content, named: name), publication, now: time)
        let reader = try LedgerReader(at: folder.path.appending("ledger.sqlite"))
        for later in [0, 60.0] { try ledger.recordPublication(name, publication, now: time + later) }
        var links: [LedgerReader.AuditRecord] = []
        try reader.audit { links.append($0) }
        var chain = AuditChain()
        for record in links { chain.append(record.entry) }
        #expect(links.count == 1 && links[0].link == chain.head)
        #expect(try reader.auditHead() == chain)
    }

    @Test func `the newest verdict has the name`() throws {
        let ledger = try ledger()
        for (sha256, document) in [("aa", [1]), ("bb", [2])] as [(String, [UInt8])] {
            let content = ImageContent(sha256: sha256, byteCount: 1, bytes: [0])
            _ = try ledger.claim(name, content, receivedAt: time, now: time)
            try ledger.recordJudgement(
                name, .example(of: content, named: name), Publication(sha256: sha256, document: document), now: time)
            try ledger.recordPublication(name, Publication(sha256: sha256, document: document), now: time)
            #expect(try ledger.newestPublished(name)?.sha256 == sha256)
        }
        let reader = try LedgerReader(at: folder.path.appending("ledger.sqlite"))
        #expect(try reader.histories(named: name).map(\.isNewest) == [false, true])
        #expect(try reader.histories(sha256: "b").map(\.sha256) == ["bb"])
        #expect(try reader.counts().outcomes == ["normal": 2])
        #expect(try reader.last()?.sha256 == "bb")
    }

    @Test func `a week's figures are those since its beginning, scores those of one model`() throws {
        let ledger = try ledger()
        for (day, outcome) in [(0, "aa"), (1, "bb"), (2, "cc")] {
            let content = ImageContent(sha256: outcome, byteCount: 1, bytes: [0])
            let name = ImageName(FilePath("\(outcome).jpg"))
            _ = try ledger.claim(name, content, receivedAt: time, now: time)
            let publication = Publication(sha256: outcome, document: [1])
            try ledger.recordJudgement(name, .example(of: content, named: name), publication, now: time)
            try ledger.recordPublication(name, publication, now: time + Double(day) * 86_400)
        }
        let reader = try LedgerReader(at: folder.path.appending("ledger.sqlite"))
        let model = ConstantModel().identity.id
        let week = try reader.figures(since: time + 86_400, by: model)
        #expect(week.outcomes == ["normal": 2] && week.scores == [0.25, 0.25])
        #expect(try reader.figures(since: time + 86_400, by: "another").scores == [])
    }

    @Test func `a second ledger on the same file sees what the first wrote, and waits are kept`() throws {
        do {
            let ledger = try ledger()
            let odd = ImageName(bytes: [0xFF, 0x0A, 0x27])
            try ledger.remember(odd, signature, isLeftAlone: true)
            try ledger.recordWait(name, fault: "disk full", attempts: 3, next: time, now: time)
        }
        let ledger = try ledger()
        #expect(try ledger.knownFiles() == [ImageName(bytes: [0xFF, 0x0A, 0x27]): signature])
        let reader = try LedgerReader(at: folder.path.appending("ledger.sqlite"))
        #expect(try reader.wait(for: name)?.attempts == 3)
        #expect(try reader.counts().leftAlone == 1)
        try ledger.forget([name, ImageName(bytes: [0xFF, 0x0A, 0x27])])
        #expect(try ledger.knownFiles().isEmpty)
        #expect(try reader.waits().isEmpty)
    }

    @Test func `an image that two crashes are charged to is set aside, and its content under any name`() throws {
        let ledger = try ledger()
        let neighbor = ImageContent(sha256: "cd", byteCount: 1, bytes: [0])
        #expect(try ledger.accountForInterruption(suspect: content.sha256, now: time) == .init())
        _ = try ledger.claim(name, content, receivedAt: time, now: time)
        _ = try ledger.claim("b.jpg", neighbor, receivedAt: time, now: time)
        #expect(
            try ledger.accountForInterruption(suspect: content.sha256, now: time) == .init(suspects: [name, "b.jpg"]))
        // The neighbor was in hand each time, and none of it is charged to it.
        _ = try ledger.claim("b.jpg", neighbor, receivedAt: time, now: time)
        _ = try ledger.claim(name, content, receivedAt: time, now: time)
        #expect(
            try ledger.accountForInterruption(suspect: content.sha256, now: time)
                == .init(suspects: ["b.jpg"], setAside: [name]))
        #expect(try ledger.claim(name, content, receivedAt: time, now: time) == .setAside)
        #expect(try ledger.claim("copy.jpg", content, receivedAt: time, now: time) == .setAside)
        #expect(
            try ledger.accountForInterruption(suspect: content.sha256, now: time) == .init(),
            "it was not in hand any more")
    }

    @Test func `an end that is nobody's fault makes suspects and never sets aside`() throws {
        let ledger = try ledger()
        for _ in 0..<5 {
            _ = try ledger.claim(name, content, receivedAt: time, now: time)
            #expect(try ledger.accountForInterruption(suspect: nil, now: time) == .init(suspects: [name]))
        }
        #expect(try ledger.accountForInterruption(suspect: nil, now: time) == .init())
    }

    @Test func `what a fault of the machine holds back is in nobody's hands`() throws {
        let ledger = try ledger()
        _ = try ledger.claim(name, content, receivedAt: time, now: time)
        try ledger.recordWait(name, fault: "disk full", attempts: 1, next: time, now: time)
        #expect(try ledger.accountForInterruption(suspect: content.sha256, now: time) == .init())
    }

    @Test func `what others wrote is looked at again where the first look failed`() throws {
        let ledger = try ledger()
        _ = try ledger.claim(name, content, receivedAt: time, now: time)
        for _ in 0..<2 {
            _ = try ledger.claim(name, content, receivedAt: time, now: time)
            _ = try ledger.accountForInterruption(suspect: content.sha256, now: time)
        }
        #expect(try Ledger.retry(name, at: folder.path.appending("ledger.sqlite")) == [name])
        let fault = SystemFailure("read", "ledger.sqlite", .ioError)
        #expect(throws: fault) { try ledger.ifWrittenByOthers { throw fault } }
        #expect(try ledger.ifWrittenByOthers { true } == true)
        #expect(try ledger.ifWrittenByOthers { true } == nil)
    }

    @Test func `an image that is tried again has one crash left, and the daemon notices`() throws {
        let ledger = try ledger()
        let path = folder.path.appending("ledger.sqlite")
        let known = try KnownFiles(ledger)
        for _ in 0..<2 {
            _ = try ledger.claim(name, content, receivedAt: time, now: time)
            _ = try ledger.accountForInterruption(suspect: content.sha256, now: time)
        }
        try known.remember(name, signature, isLeftAlone: false)
        #expect(try ledger.ifWrittenByOthers { true } == nil)
        #expect(try Ledger.retry("other.jpg", at: path) == [])
        #expect(try Ledger.retry(name, at: path) == [name])
        #expect(known.contains(name, signature))
        #expect(try known.refreshIfOthersWrote() == [name])
        #expect(!known.contains(name, signature))
        #expect(try known.refreshIfOthersWrote() == nil)
        #expect(try ledger.claim(name, content, receivedAt: time, now: time) == .toBeJudged)
        #expect(try ledger.accountForInterruption(suspect: content.sha256, now: time) == .init(setAside: [name]))
        #expect(try Ledger.retry(nil, at: path) == [name])
    }

    @Test func `another version's ledger is left alone by those who are not its daemon`() throws {
        _ = try ledger()
        let path = folder.path.appending("ledger.sqlite")
        let database = try SQLiteDatabase(writing: path)
        try database.write { try $0.execute("INSERT INTO grdb_migrations VALUES ('999 from the future')") }
        #expect(throws: LedgerFault.otherVersion) { try Ledger.retry(nil, at: path) }
        #expect(try LedgerReader(at: path).setAside() == [])
    }

    @Test func `a ledger on a disk that can't be written to just now is refused, or it would stay so for good`() throws
    {
        let disk = folder.path.appending("disk").string
        guard mkdir(disk, 0o755) == 0, mount("fundusd-test", disk, "tmpfs", 0, nil) == 0 else {
            return print("skipped: no disk can be mounted here (\(Errno(rawValue: errno)))")
        }
        defer { umount2(disk, CInt(MNT_DETACH)) }
        let path = FilePath(disk).appending("ledger.sqlite")
        try Ledger(at: path).forgetWaits()
        // A connection that is still open would keep the log's files, which are what a first reader can't make.
        #expect(mount(nil, disk, nil, UInt(MS_REMOUNT | MS_RDONLY), nil) == 0)
        #expect(throws: (any Error).self) { try Ledger(at: path) }
        #expect(mount(nil, disk, nil, UInt(MS_REMOUNT), nil) == 0)
        try Ledger(at: path).forgetWaits()
    }

    @Test func `every commit reaches the disk`() throws {
        let level: Int? = try ledger().database.write { try $0.value("PRAGMA synchronous") }
        #expect(level == 2, "2 is FULL")
    }

    @Test func `a ledger of a newer version is refused`() throws {
        _ = try ledger()
        let database = try SQLiteDatabase(writing: folder.path.appending("ledger.sqlite"))
        try database.write { try $0.execute("INSERT INTO grdb_migrations VALUES ('999 from the future')") }
        #expect(throws: LedgerFault.newerVersion) { try ledger() }
    }

    private let signature = FileSignature(device: .max, inode: 1 << 63, bytes: 5, modified: -1, changed: .max)
}
