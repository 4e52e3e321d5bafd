// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import FundusImage
import Glibc
import Hashing
import Intake
import Ledger
import LinuxIO
import Screening
import Synchronization
import SystemPackage
import Testing
import Verdict

/// An inbox, an outbox and a line between them, in a folder of their own.
final class ScreeningUnderTest: Sendable {
    let folder: TemporaryFolder
    let pipeline: ScreeningPipeline
    let ledger: Ledger
    let known: KnownFiles

    init(
        judge: Judge = .constant(), after: SourceDisposition = .keep, maximumBytes: Int = 1 << 20,
        patience: UnfinishedImages.Patience = UnfinishedImages.Patience(closed: .zero, settled: .zero),
        abilities: FileSystemAbilities? = nil, review: ReviewRules? = nil, continuing other: ScreeningUnderTest? = nil,
        in folder: TemporaryFolder? = nil, tell: @escaping @Sendable (ScreeningEvent) -> Void = { _ in }
    ) throws {
        self.folder = other?.folder ?? folder ?? TemporaryFolder()
        let folder = self.folder
        for name in ["inbox", "outbox", "state"] { try AtomicFile.makeFolder(folder.path.appending(name)) }
        ledger = try Ledger(at: folder.path.pushing("state/ledger.sqlite"))
        known = try KnownFiles(ledger)
        let log = EventLog()
        self.log = log
        pipeline = ScreeningPipeline(
            outbox: Outbox(root: folder.path.appending("outbox"), abilities: abilities), ledger: ledger, known: known,
            rules: ScreeningRules(
                reader: InboxReader(
                    root: folder.path.appending("inbox"), maximumBytes: maximumBytes, settlingTime: .milliseconds(1)),
                judge: judge, disposition: after, review: review),
            patience: patience, now: { Date() },
            tell: { event in
                log.note(event)
                tell(event)
            })
    }

    let log: EventLog

    var inbox: FilePath { folder.path.appending("inbox") }
    var outbox: FilePath { folder.path.appending("outbox") }

    func drop(_ bytes: [UInt8], as name: String) throws {
        try AtomicFile.write(bytes, to: inbox.pushing(FilePath(name)))
    }

    func screen(
        _ name: ImageName, _ evidence: UnfinishedImages.Evidence = .closed
    ) -> ScreeningPipeline.Disposition {
        pipeline.screen(ArrivalQueue.Arrival(name: name, receivedAt: Date(), evidence: evidence))
    }

    func verdict(_ name: ImageName) throws -> Verdict? {
        guard let document = try Outbox(root: outbox).contents(of: name) else { return nil }
        #expect(try JSONSchema.verdict().faults(in: document) == [])
        return try Verdict(document: document)
    }

    func verdictFiles() throws -> [String] { try Folder(outbox).names().map(\.string).sorted() }
}

/// What the line told, in order.
final class EventLog: Sendable {
    private let lines = Mutex<[String]>([])

    @Sendable func note(_ event: ScreeningEvent) {
        lines.withLock {
            switch event {
            case .verdict(let name, let verdict): $0.append("\(name): \(verdict.outcome.rawValue)")
            case .recovering(let count): $0.append("recovering \(count)")
            case .fault(let message): $0.append("fault: \(message)")
            default: $0.append("\(event)")
            }
        }
    }

    var told: [String] { lines.withLock(\.self) }
}

@Suite struct ScreeningPipelineTests {
    private static let eye = SyntheticEye(seed: 1, width: 256, height: 256).jpeg(quality: 90)

    @Test(arguments: [
        (0.8, Verdict.Outcome.disease, Verdict.Action.refer), (0.5, .disease, .refer), (0.2, .normal, .routine),
    ])
    func `an eye gets a verdict by its probability`(
        probability: Double, outcome: Verdict.Outcome, action: Verdict.Action
    ) throws {
        let line = try ScreeningUnderTest(judge: .constant(probability))
        try line.drop(Self.eye, as: "a.jpg")
        #expect(line.screen("a.jpg") == .done)
        let verdict = try #require(try line.verdict("a.jpg"))
        #expect(verdict.outcome == outcome)
        #expect(verdict.action == action)
        #expect(verdict.probability.value == probability)
        #expect(verdict.image.width.value == 256)
        #expect(line.log.told == ["a.jpg: \(outcome.rawValue)"])
    }

    @Test func `the same content under the same name gets one verdict, whatever is done to the file`() throws {
        let line = try ScreeningUnderTest()
        try line.drop(Self.eye, as: "a.jpg")
        for _ in 1...3 { #expect(line.screen("a.jpg") == .done) }
        try line.drop(Self.eye, as: "a.jpg")
        #expect(line.screen("a.jpg") == .done)
        #expect(line.log.told.count == 1)
        try line.drop(Self.eye, as: "b.jpg")
        #expect(line.screen("b.jpg") == .done)
        #expect(try line.verdictFiles() == ["a.jpg.json", "b.jpg.json"])
    }

    @Test func `other content under the same name gets a verdict of its own`() throws {
        let line = try ScreeningUnderTest()
        try line.drop(Self.eye, as: "a.jpg")
        _ = line.screen("a.jpg")
        let first = try #require(try line.verdict("a.jpg"))
        try line.drop(SyntheticEye(seed: 2, width: 256, height: 256).jpeg(quality: 90), as: "a.jpg")
        _ = line.screen("a.jpg")
        #expect(try line.verdictFiles() == ["a.jpg.\(first.image.sha256.prefix(12)).json", "a.jpg.json"])
        #expect(try line.verdict("a.jpg")?.image.sha256 != first.image.sha256)
    }

    /// 256 pixels are 8 for each of the network's 32 here: decoded at half, 4 stay.
    @Test(arguments: DecodeFidelity.allCases) func `a verdict says if its picture was decoded smaller`(
        fidelity: DecodeFidelity
    ) throws {
        var model = ConstantModel()
        model.preprocessing = Preprocessing(
            name: "small", width: 32, height: 32, mean: [0, 0, 0], deviation: [1, 1, 1])
        let point = OperatingPoint(value: 0.5, source: .model)
        let line = try ScreeningUnderTest(judge: Judge(model: model, operatingPoint: point, fidelity: fidelity))
        try line.drop(SyntheticEye(seed: 1, width: 256, height: 256).jpeg(), as: "a.jpg")
        #expect(line.screen("a.jpg") == .done)
        let verdict = try #require(try line.verdict("a.jpg"))
        #expect(verdict.image.shrinkage == (fidelity == .scaled ? 2 : nil))
        #expect(verdict.image.width.value == 256)
    }

    /// The network is shown the field alone, and the grader the whole frame, as it was tuned: a cut-out has no surround.
    @Test func `a model that sees the field is shown it, and the picture is graded as before`() throws {
        let eye = EyeInFrame(side: 300, at: (x: 260, y: 20), in: (width: 640, height: 400))
        let jpeg = SyntheticPictures.encode(eye.picture)
        let content = ImageContent(sha256: "", byteCount: jpeg.count, bytes: jpeg)
        func judgement(_ geometry: PictureGeometry) throws -> Judgement {
            var model = ConstantModel()
            model.preprocessing = Preprocessing(geometry, side: 224)
            return try Judge(model: model, operatingPoint: OperatingPoint(value: 0.5, source: .model)).judge(content)
        }
        let (whole, cropped) = (try judgement(.squeeze), try judgement(.fieldCrop))
        #expect(cropped.quality == whole.quality && cropped.outcome == .normal)
        #expect(cropped.width == 640 && cropped.height == 400)
        // The field fills the picture: its rim is at all four sides, its corners are black.
        let picture = try #require(cropped.picture)
        func brightness(_ x: Int, _ y: Int) -> UInt8 { picture.pixels[3 * (y * picture.width + x)] }
        for (x, y) in [(4, 112), (219, 112), (112, 4), (112, 219)] { #expect(brightness(x, y) > 60, "\(x), \(y)") }
        for (x, y) in [(20, 20), (203, 20), (20, 203), (203, 203)] { #expect(brightness(x, y) < 20, "\(x), \(y)") }
    }

    @Test func `a fault of the outbox is no verdict, and the same bytes appear once it is mended`() throws {
        let line = try ScreeningUnderTest()
        try line.drop(Self.eye, as: "a.jpg")
        try AtomicFile.rename(line.outbox, to: line.folder.path.appending("away"))
        guard case .heldBack(let fault) = line.screen("a.jpg") else { return #expect(Bool(false), "held back") }
        #expect(fault.contains("outbox"))
        let judged = try line.ledger.unpublished("a.jpg")
        try AtomicFile.rename(line.folder.path.appending("away"), to: line.outbox)
        #expect(line.screen("a.jpg") == .done)
        #expect(try Outbox(root: line.outbox).contents(of: "a.jpg") == judged.first?.document)
        #expect(line.log.told == ["a.jpg: normal"])
    }

    @Test func `what a crash kept from the outbox is published byte for byte, though its file is gone`() throws {
        let line = try ScreeningUnderTest()
        let content = ImageContent(sha256: String(repeating: "a", count: 64), byteCount: 1, bytes: [1])
        let document = try Verdict.example(of: content, named: "a.jpg").document()
        _ = try line.ledger.claim("a.jpg", content, receivedAt: Date(), now: Date())
        try line.ledger.recordJudgement(
            "a.jpg", .example(of: content, named: "a.jpg"),
            Publication(sha256: content.sha256, document: document), now: Date())
        #expect(try line.pipeline.namesToRecover() == ["a.jpg"])
        for _ in 1...2 { #expect(line.screen("a.jpg") == .done) }
        #expect(try Outbox(root: line.outbox).contents(of: "a.jpg") == document)
        #expect(try line.pipeline.namesToRecover() == [])
        #expect(line.log.told == ["recovering 1", "a.jpg: normal"])
    }

    @Test func `after an outage the older content's verdict comes first, and the newest has the name`() throws {
        let line = try ScreeningUnderTest()
        let away = line.folder.path.appending("away")
        try AtomicFile.rename(line.outbox, to: away)
        for seed in 1...2 {
            try line.drop(SyntheticEye(seed: UInt64(seed), width: 256, height: 256).jpeg(), as: "a.jpg")
            guard case .heldBack = line.screen("a.jpg") else { return #expect(Bool(false), "held back") }
        }
        let older = try #require(try line.ledger.unpublished("a.jpg").first)
        try AtomicFile.rename(away, to: line.outbox)
        #expect(line.screen("a.jpg") == .done)
        #expect(try line.verdictFiles() == ["a.jpg.\(older.sha256.prefix(12)).json", "a.jpg.json"])
        #expect(try line.verdict("a.jpg")?.image.sha256 != older.sha256)
    }

    @Test func `an image that is set aside is told, passed by, and never cleared away`() throws {
        let line = try ScreeningUnderTest(after: .delete)
        try line.drop(Self.eye, as: "a.jpg")
        let content = ImageContent(
            sha256: SHA256.hash(Self.eye).hexadecimal, byteCount: Self.eye.count, bytes: Self.eye)
        for _ in 0..<2 {
            _ = try line.ledger.claim("a.jpg", content, receivedAt: Date(), now: Date())
            _ = try line.pipeline.suspects(afterCrashOn: content.sha256)
        }
        #expect(line.screen("a.jpg") == .done)
        #expect(line.log.told.count == 2 && line.log.told.allSatisfy { $0.contains("setAside") })
        #expect(try line.verdictFiles() == [])
        #expect(try Folder(line.inbox).names().map(\.string) == ["a.jpg"])
    }

    @Test func `a stop ends the reading of a file, which waits for the next start`() throws {
        let line = try ScreeningUnderTest()
        try line.drop(Self.eye, as: "a.jpg")
        let arrival = ArrivalQueue.Arrival(name: "a.jpg", receivedAt: Date(), evidence: .closed)
        guard case .incomplete = line.pipeline.screen(arrival, isStopping: { true }) else {
            return #expect(Bool(false), "incomplete")
        }
        #expect(try line.verdictFiles() == [])
    }

    @Test func `a network that gives no number holds the image back`() throws {
        let line = try ScreeningUnderTest(judge: .constant(.nan))
        try line.drop(Self.eye, as: "a.jpg")
        guard case .heldBack = line.screen("a.jpg") else { return #expect(Bool(false), "held back") }
        #expect(try line.verdictFiles() == [])
    }

    @Test func `content that comes back after another has the name again, with its heatmap`() throws {
        let line = try ScreeningUnderTest(judge: .constant(drawsHeatmaps: true))
        let other = SyntheticEye(seed: 2, width: 256, height: 256).jpeg(quality: 90)
        let deliveries = [Self.eye, other, Self.eye, Self.eye, other]
        for content in deliveries {
            try line.drop(content, as: "a.jpg")
            #expect(line.screen("a.jpg") == .done)
            let (newest, older) = (
                SHA256.hash(content).hexadecimal, SHA256.hash(content == other ? Self.eye : other).hexadecimal
            )
            #expect(try line.verdict("a.jpg")?.image.sha256 == newest)
            let isFirst = content == Self.eye && line.log.told.count == 1
            let kept = isFirst ? [] : ["a.jpg.\(older.prefix(12)).heatmap.jpg", "a.jpg.\(older.prefix(12)).json"]
            #expect(try line.verdictFiles() == (["a.jpg.heatmap.jpg", "a.jpg.json"] + kept).sorted())
            let ledger = try LedgerReader(at: line.folder.path.pushing("state/ledger.sqlite"))
            #expect(try AuditFindings(ledger, Outbox(root: line.outbox)).findings == [])
        }
        #expect(line.log.told.count == 2, "each content has one verdict")
    }

    @Test func `a restored verdict that a kill left under two names is put right by the next look`() throws {
        let line = try ScreeningUnderTest()
        let other = SyntheticEye(seed: 2, width: 256, height: 256).jpeg(quality: 90)
        for content in [Self.eye, other] {
            try line.drop(content, as: "a.jpg")
            _ = line.screen("a.jpg")
        }
        let sha256 = SHA256.hash(Self.eye).hexadecimal
        let (publication, heatmap) = try #require(try line.ledger.published("a.jpg", sha256: sha256))
        let newer = try #require(try line.ledger.newestPublished("a.jpg"))
        // All of the way but its last step.
        try Outbox(root: line.outbox).restore(publication, withHeatmap: heatmap, for: "a.jpg", replacing: newer)
        try line.ledger.makeNewest("a.jpg", sha256: sha256)
        #expect(try line.verdictFiles().count == 3)
        try line.drop(Self.eye, as: "a.jpg")
        #expect(line.screen("a.jpg") == .done)
        #expect(try line.verdictFiles() == ["a.jpg.\(SHA256.hash(other).hexadecimal.prefix(12)).json", "a.jpg.json"])
    }

    @Test func `what is compared with the threshold is what the verdict shows`() throws {
        let line = try ScreeningUnderTest(judge: .constant(0.4999999))
        try line.drop(Self.eye, as: "a.jpg")
        _ = line.screen("a.jpg")
        let verdict = try #require(try line.verdict("a.jpg"))
        let probability = try #require(verdict.probability.value)
        #expect(verdict.outcome == .normal && probability < verdict.threshold.value)
    }
}

extension ScreeningRules {
    func with(_ disposition: SourceDisposition) -> ScreeningRules {
        var rules = self
        rules.disposition = disposition
        return rules
    }
}
