// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Glibc
import Hashing
import Intake
import Ledger
import LinuxIO
import Screening
import SystemPackage
import Testing
import Verdict

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
        ImageContent(sha256: SHA256.hash(bytes).hexadecimal, byteCount: bytes.count, bytes: bytes)
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

    /// The beginning of a picture, told of as cut off, and then more of it, or less, or another's.
    @Test(arguments: [(true, Duration.seconds(60)), (false, nil as Duration?)])
    func `a writer who goes on after he was told of is given more time`(goesOn: Bool, given: Duration?) {
        let unfinished = UnfinishedImages(Self.patience)
        let (start, changed) = (ContinuousClock.now, Date(timeIntervalSince1970: 1000))
        let other = SyntheticEye(seed: 2, width: 256, height: 256).jpeg(quality: 90)
        let pieces = [Array(Self.half.dropLast(100)), goesOn ? Self.half : Array(other.prefix(Self.half.count))]
        for (index, piece) in pieces.enumerated() {
            let signature = signature(bytes: piece.count)
            func pause(after seconds: Int) -> UnfinishedImages.Pause? {
                unfinished.pause(
                    for: "a.jpg", content(piece), signature, .closed, now: changed,
                    at: start + .seconds(index * 1000 + seconds))
            }
            #expect(pause(after: 0)?.isLong == false)
            #expect(pause(after: 100)?.duration == (index == 0 ? nil : given))
            #expect(pause(after: 600) == nil)
        }
    }

    /// Some cameras and file servers open a file, append, and close it, again and again.
    @Test func `a writer who closes his file four times gets one verdict, on the whole`() throws {
        let line = try ScreeningUnderTest(patience: Self.patience)
        let quarter = Self.eye.count / 4
        for part in 1...4 {
            let file = try Descriptor.open(
                line.inbox.appending("a.jpg"), O_WRONLY | O_CREAT | O_APPEND, mode: 0o644)
            let end = part == 4 ? Self.eye.count : part * quarter
            try file.write(Array(Self.eye[(part - 1) * quarter..<end]))
            _ = consume file
            let disposition = line.screen("a.jpg", .closed)
            #expect(part == 4 ? disposition == .done : disposition.isUnfinished, "\(part)")
        }
        #expect(line.log.told == ["a.jpg: normal"])
        #expect(try line.verdict("a.jpg")?.image.sha256 == SHA256.hash(Self.eye).hexadecimal)
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
        let line = try ScreeningUnderTest(patience: Self.patience)
        // Closed here, as for a service that can't see another user's writer.
        try line.drop(Self.half, as: "a.jpg")
        guard case .unfinished(let pause) = line.screen("a.jpg", .settled) else {
            return #expect(Bool(false), "unfinished")
        }
        #expect(pause.duration == .seconds(2))
        #expect(try line.verdictFiles() == [])
        try line.drop(Self.eye, as: "a.jpg")
        #expect(line.screen("a.jpg", .closed) == .done)
        #expect(try line.verdict("a.jpg")?.image.sha256 == SHA256.hash(Self.eye).hexadecimal)
        #expect(line.log.told == ["a.jpg: normal"])
    }

    @Test func `a pass over the inbox gives half a picture its settling time, and then a verdict`() async throws {
        let settling = Duration.milliseconds(20)
        let line = try ScreeningUnderTest(patience: .once(settlingTime: settling))
        try line.drop(Self.half, as: "a.jpg")
        let (queue, retries, control) = (ArrivalQueue(), Retries(), try InboxControl())
        let scanner = InboxScanner(
            root: line.inbox, isRecursive: false, settlingTime: settling, known: line.known, retries: retries,
            queue: queue, now: { Date() }, tell: line.log.note, progress: {})
        var pass = InboxPass(
            scanner: scanner,
            worker: ScreeningWorker(queue: queue, pipeline: line.pipeline, retries: retries, control: control),
            control: control, retries: retries)
        #expect(try await pass.run() == InboxPass.Remainder())
        #expect(line.log.told == ["a.jpg: rejected"])
    }
}

extension ScreeningPipeline.Disposition {
    fileprivate var isUnfinished: Bool { if case .unfinished = self { true } else { false } }
}
