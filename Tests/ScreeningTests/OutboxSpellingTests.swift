// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Glibc
import Hashing
import Ledger
import LinuxIO
import Screening
import SystemPackage
import Testing
import Verdict

/// What the outbox's files are called where its file system can't have every name.
@Suite struct OutboxSpellingTests {
    /// As exFAT or NTFS are under Windows' rules.
    private static let windows = FileSystemAbilities(
        refused: Set(FileSystemAbilities.NamePart.allCases).subtracting([.foreign]), distinguishesCase: false)
    private static let ascii = FileSystemAbilities(refused: [.foreign])
    private static let short = FileSystemAbilities(longestName: 100)

    struct Case: Sendable, CustomTestStringConvertible {
        let name: ImageName
        var on = OutboxSpellingTests.windows
        /// Nil: as it is.
        let spelled: String?
        var testDescription: String { name.description }
    }

    private static let cases = [
        Case(name: "IMG_0001.JPG", spelled: nil),
        Case(name: "a b ü 眼.jpg", spelled: nil),
        Case(name: "100%.jpg", spelled: nil),
        Case(name: "ward 1/a.b/IMG.JPG", spelled: nil),
        Case(name: "b:1.jpg", spelled: "b%3A1.jpg"),
        Case(name: "<>:\"|?*\\.jpg", spelled: "%3C%3E%3A%22%7C%3F%2A%5C.jpg"),
        Case(name: "a\u{1}\u{7F}.jpg", spelled: "a%01%7F.jpg"),
        Case(name: "b%3A1.jpg", spelled: "b%253A1.jpg"),
        Case(name: "b%3a1.jpg", spelled: "b%253a1.jpg"),
        Case(name: "CON.jpg", spelled: "%43ON.jpg"),
        Case(name: "aux .x.jpg", spelled: "%61ux .x.jpg"),
        Case(name: "com1", spelled: "%63om1"),
        Case(name: "console.jpg", spelled: nil),
        // Something follows: `.json`.
        Case(name: "a.jpg.", spelled: nil),
        Case(name: "a.jpg ", spelled: nil),
        // Nothing follows a folder's name.
        Case(name: "ward. /b. ./x.jpg", spelled: "ward.%20/b. %2E/x.jpg"),
        Case(name: "nul/x.jpg", spelled: "%6Eul/x.jpg"),
        Case(name: ImageName(bytes: [0x61, 0xFF, 0xC3, 0xA4, 0xC3, 0x2E]), spelled: "a%FFä%C3."),
        // By SHA-256 of the name (Python's hashlib): it looks like ours, in letters that are the same there.
        Case(name: "a.jpg.0123456789AB", spelled: "a.jpg.0123456789AB~0af3ee28690b"),
        Case(name: "a.JSON/x.jpg", spelled: "a.JSON~9f5e8f89817a/x.jpg"),
        Case(name: "ü.jpg", on: ascii, spelled: "%C3%BC.jpg"),
        Case(name: "b:1.jpg", on: ascii, spelled: nil),
        Case(name: "b:1%3A.jpg", on: .ordinary, spelled: nil),
        Case(name: ImageName(bytes: [UInt8](repeating: 0x6E, count: 60)), on: short, spelled: nil),
        Case(
            name: ImageName(bytes: [UInt8](repeating: 0x6E, count: 80)), on: short,
            spelled: String(repeating: "n", count: 62) + "~feed930b893b"),
    ]

    @Test(arguments: cases) func `a name is spelled as the file system can have it`(one: Case) {
        #expect(Outbox.spelling(of: one.name, on: one.on)?.string == one.spelled)
    }

    /// `%` and two digits are a byte: nothing else is needed to read a name back, as long as it is not cut.
    @Test(arguments: cases) func `a spelling can be read back`(one: Case) {
        guard let spelled = one.spelled, !spelled.contains("~") else { return }
        var bytes: [UInt8] = []
        var rest = Array(spelled.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest.removeFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        #expect(bytes == one.name.bytes)
    }

    @Test func `no two names have one spelling, nor a name too long for its endings`() {
        let long = { (letter: String) in ImageName(FilePath(String(repeating: "?", count: 250) + letter)) }
        // Names that differ in case alone are told apart by who comes first.
        let names = Self.cases.map(\.name).filter { $0 != "b%3a1.jpg" } + [long("a"), long("b")]
        let paths = Set(names).map {
            Outbox.supersededHeatmapPath(
                for: $0, sha256: String(repeating: "0", count: 64), spelled: Outbox.spelling(of: $0, on: Self.windows))
        }
        #expect(Set(paths.map { $0.string.lowercased() }).count == Set(names).count)
        #expect(paths.allSatisfy { $0.lastComponent!.string.utf8.count <= 255 })
    }

    private static let eye = SyntheticEye(seed: 1, width: 256, height: 256).jpeg(quality: 90)
    private static let other = SyntheticEye(seed: 2, width: 256, height: 256).jpeg(quality: 90)

    private func findings(_ line: ScreeningUnderTest) throws -> [AuditFindings.Finding] {
        let ledger = try LedgerReader(at: line.folder.path.pushing("state/ledger.sqlite"))
        return try AuditFindings(ledger, Outbox(root: line.outbox)).findings
    }

    @Test func `a name that is refused gets its verdicts, and the ledger knows where they are`() throws {
        let line = try ScreeningUnderTest(judge: .constant(drawsHeatmaps: true), abilities: Self.windows)
        for (round, content) in [Self.eye, Self.other, Self.eye].enumerated() {
            try line.drop(content, as: "b:1.jpg")
            #expect(line.screen("b:1.jpg") == .done)
            let kept = SHA256.hash(content == Self.eye ? Self.other : Self.eye).hexadecimal.prefix(12)
            let older = round == 0 ? [] : ["b%3A1.jpg.\(kept).heatmap.jpg", "b%3A1.jpg.\(kept).json"]
            #expect(try line.verdictFiles() == (["b%3A1.jpg.heatmap.jpg", "b%3A1.jpg.json"] + older).sorted())
            #expect(try findings(line) == [])
        }
        let document = try #require(try Outbox(root: line.outbox).contents(of: "b:1.jpg", spelled: "b%3A1.jpg"))
        #expect(try Verdict(document: document).image.name == "b:1.jpg")
        #expect(line.log.told.first?.contains("outboxAbilities") == true && line.log.told.count == 3)
    }

    /// Two links stand for one file that has both names.
    @Test func `a name that differs in case alone does not take another's verdict`() throws {
        let line = try ScreeningUnderTest(judge: .constant(drawsHeatmaps: true), abilities: Self.windows)
        try line.drop(Self.eye, as: "Eye.jpg")
        #expect(line.screen("Eye.jpg") == .done)
        for ending in [".json", ".heatmap.jpg"] {
            let (one, other) = (
                line.outbox.appending("Eye.jpg\(ending)"), line.outbox.appending("eye.jpg\(ending)")
            )
            #expect(link(one.string, other.string) == 0)
        }
        for content in [Self.other, Self.eye] {
            try line.drop(content, as: "eye.jpg")
            #expect(line.screen("eye.jpg") == .done)
        }
        // By SHA-256 of the whole name.
        let spelled: FilePath = "eye.jpg~8b19a5febffd"
        let document = try #require(try Outbox(root: line.outbox).contents(of: "eye.jpg", spelled: spelled))
        #expect(try Verdict(document: document).image.sha256 == SHA256.hash(Self.eye).hexadecimal)
        #expect(try line.verdict("Eye.jpg")?.image.name == "Eye.jpg")
        #expect(
            try Outbox(root: line.outbox).contents(of: "eye.jpg") == Outbox(root: line.outbox).contents(of: "Eye.jpg"))
    }

    @Test func `a verdict's heatmap that its reader left is not taken by a name in other letters`() throws {
        let line = try ScreeningUnderTest(judge: .constant(drawsHeatmaps: true), abilities: Self.windows)
        try AtomicFile.write([1], to: line.outbox.appending("eye.jpg.heatmap.jpg"))
        try line.drop(Self.eye, as: "eye.jpg")
        #expect(line.screen("eye.jpg") == .done)
        #expect(
            try line.verdictFiles() == [
                "eye.jpg.heatmap.jpg", "eye.jpg~8b19a5febffd.heatmap.jpg", "eye.jpg~8b19a5febffd.json",
            ])
    }

    /// The outbox lies on another file system at each start; its files are copied there.
    @Test func `an outbox that changes its kind has one verdict for each content`() throws {
        let first = try ScreeningUnderTest()
        try first.drop(Self.eye, as: "b:1.jpg")
        #expect(first.screen("b:1.jpg") == .done)
        let second = try ScreeningUnderTest(abilities: Self.windows, continuing: first)
        try second.drop(Self.other, as: "b:1.jpg")
        #expect(second.screen("b:1.jpg") == .done)
        let kept = "b:1.jpg.\(SHA256.hash(Self.eye).hexadecimal.prefix(12)).json"
        #expect(try second.verdictFiles() == ["b%3A1.jpg.json", kept])
        #expect(try findings(second) == [])
        // What was spelled stays so, where any name could be had again.
        let third = try ScreeningUnderTest(continuing: first)
        let newest = SyntheticEye(seed: 3, width: 256, height: 256).jpeg(quality: 90)
        for content in [newest, Self.eye] {
            try third.drop(content, as: "b:1.jpg")
            #expect(third.screen("b:1.jpg") == .done)
            #expect(try findings(third) == [])
        }
        #expect(third.log.told.count == 1 && third.log.told.first?.hasPrefix("b:1.jpg: ") == true)
        let names = [newest, Self.other].map { "b%3A1.jpg.\(SHA256.hash($0).hexadecimal.prefix(12)).json" }
        #expect(try third.verdictFiles() == (["b%3A1.jpg.json"] + names).sorted())
    }
}
