import Fixtures
import Foundation
import Glibc
import LinuxIO
import Screening
import SystemPackage
import Testing

/// How long a picture without its end is given, by what is known of its writer.
@Suite struct UnfinishedImagesTests {
    private static let eye = SyntheticEye(seed: 1, width: 256, height: 256).jpeg(quality: 90)
    private static let half = Array(eye.prefix(eye.count / 2))
    private static let patience = UnfinishedImages.Patience(closed: .seconds(4), settled: .seconds(600))

    private func signature(bytes: Int = 1, changed: Date = Date(timeIntervalSince1970: 1000)) -> FileSignature {
        FileSignature(
            device: 1, inode: 1, bytes: bytes, modified: 0,
            changed: Int64(changed.timeIntervalSince1970) * 1_000_000_000)
    }

    private func content(_ bytes: [UInt8]) -> ImageContent {
        ImageContent(sha256: "", byteCount: bytes.count, bytes: bytes)
    }

    /// The file's times and the clock say the same here: each look comes when the last pause is over.
    @Test(arguments: [
        (UnfinishedImages.Evidence.closed, [2, 2]),
        (.settled, [2, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60, 60, 56]),
        (.polled, [2, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60, 60, 56]),
    ])
    func `pauses grow, and end`(evidence: UnfinishedImages.Evidence, pauses: [Int]) {
        let unfinished = UnfinishedImages(Self.patience)
        let (start, changed) = (ContinuousClock.now, Date(timeIntervalSince1970: 1000))
        var (passed, given) = (Duration.zero, [Duration]())
        while let pause = unfinished.pause(
            for: "a.jpg", content(Self.half), signature(), evidence,
            now: changed.addingTimeInterval(Double(passed.components.seconds)), at: start + passed)
        {
            given.append(pause.duration)
            passed += pause.duration
            #expect(pause.look == given.count)
        }
        #expect(given == pauses.map { .seconds($0) })
    }

    @Test func `a whole picture, and what is too large to be read, are given no time`() {
        let unfinished = UnfinishedImages(Self.patience)
        let tooLarge = ImageContent(sha256: "", byteCount: 1 << 30, bytes: nil)
        for content in [content(Self.eye), content(Array("text".utf8)), tooLarge] {
            #expect(
                unfinished.pause(for: "a.jpg", content, signature(), .settled, now: Date(), at: .now) == nil)
        }
    }

    @Test func `what changes begins anew`() {
        let unfinished = UnfinishedImages(Self.patience)
        let start = ContinuousClock.now
        for step in 0..<20 {
            let pause = unfinished.pause(
                for: "a.jpg", content(Self.half), signature(bytes: step), .closed,
                now: Date(timeIntervalSince1970: 1000), at: start + .seconds(step * 3))
            #expect(pause == UnfinishedImages.Pause(duration: .seconds(2), look: 1))
        }
    }

    /// What was cut short yesterday is told at the start; on a network file system its times prove nothing.
    @Test(arguments: [(UnfinishedImages.Evidence.settled, nil as Duration?), (.polled, .seconds(2))])
    func `an old file is told at once where its times can be trusted`(
        evidence: UnfinishedImages.Evidence, pause: Duration?
    ) {
        let unfinished = UnfinishedImages(Self.patience)
        let now = Date(timeIntervalSince1970: 100_000)
        #expect(
            unfinished.pause(for: "a.jpg", content(Self.half), signature(), evidence, now: now, at: .now)?.duration
                == pause)
    }

    /// A camera stalls across a restart of the daemon: one verdict, and it is on the whole picture.
    @Test func `half a picture that is found at a start waits until it is whole`() throws {
        let line = try LineUnderTest(patience: Self.patience)
        // Closed here, as for a service that can't see another user's writer.
        try line.drop(Self.half, as: "a.jpg")
        guard case .unfinished(let pause) = line.screen("a.jpg", .settled) else {
            return #expect(Bool(false), "unfinished")
        }
        #expect(pause.duration == .seconds(2))
        #expect(try line.verdictFiles() == [])
        try line.drop(Self.eye, as: "a.jpg")
        #expect(line.screen("a.jpg", .closed) == .done)
        #expect(try line.verdict("a.jpg")?.image.sha256 == AuditChain.digest(Self.eye))
        #expect(line.log.told == ["a.jpg: normal"])
    }

    @Test func `a pass over the inbox gives half a picture its settling time, and then a verdict`() async throws {
        let settling = Duration.milliseconds(20)
        let line = try LineUnderTest(patience: .once(settlingTime: settling))
        try line.drop(Self.half, as: "a.jpg")
        let (queue, retries, control) = (ArrivalQueue(), Retries(), try InboxControl())
        let scanner = InboxScanner(
            root: line.inbox, isRecursive: false, settlingTime: settling, known: line.known, retries: retries,
            queue: queue, now: { Date() }, tell: line.log.note, progress: {})
        var pass = InboxPass(
            scanner: scanner,
            worker: ScreeningWorker(queue: queue, line: line.line, retries: retries, control: control),
            control: control, retries: retries)
        #expect(try await pass.run() == InboxPass.Remainder())
        #expect(line.log.told == ["a.jpg: rejected"])
    }
}
