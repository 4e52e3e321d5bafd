// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Glibc
import LinuxIO
import Screening
import SystemPackage
import Testing
import Verdict

/// What arrives that is no good eye, and the clear answer to each.
@Suite struct BadInputTests {
    enum Answer: Sendable, Equatable {
        /// A verdict with this outcome and reason.
        case verdict(Verdict.Outcome, reason: String)
        /// No verdict: the file is none of ours, or not there.
        case nothing
        /// No verdict yet.
        case waits
    }

    struct Arrival: Sendable, CustomTestStringConvertible {
        let title: String
        var name = ImageName(FilePath("a.jpg"))
        var bytes: [UInt8]?
        /// Puts something into the inbox that is no plain file.
        var make: (@Sendable (FilePath) throws -> Void)?
        let answer: Answer
        var testDescription: String { title }
    }

    private static let eye = SyntheticEye(seed: 1, width: 256, height: 256).jpeg(quality: 90)

    static let arrivals: [Arrival] = [
        Arrival(
            title: "truncated", bytes: Array(eye.prefix(eye.count / 2)),
            answer: .verdict(.rejected, reason: "truncated")),
        Arrival(title: "zero bytes", bytes: [], answer: .verdict(.rejected, reason: "empty")),
        Arrival(title: "text", bytes: Array("hello".utf8), answer: .verdict(.rejected, reason: "not-jpeg")),
        Arrival(
            title: "PNG named .jpg", bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0],
            answer: .verdict(.rejected, reason: "not-jpeg")),
        Arrival(
            title: "60000×60000 by its header", bytes: SyntheticPictures.promising(width: 60_000, height: 60_000),
            answer: .verdict(.rejected, reason: "too-many-pixels")),
        Arrival(
            title: "larger than max-bytes", bytes: [UInt8](repeating: 0xFF, count: 1 << 20 + 1),
            answer: .verdict(.rejected, reason: "too-large")),
        Arrival(title: "text named .txt", name: "a.txt", bytes: Array("hello".utf8), answer: .nothing),
        Arrival(
            title: "a newline and quotes in the name", name: "a\n\"'.jpg", bytes: Array("hello".utf8),
            answer: .verdict(.rejected, reason: "not-jpeg")),
        Arrival(
            title: "a name that is no UTF-8", name: ImageName(bytes: [0xFF, 0xFE] + Array(".jpg".utf8)),
            bytes: Array("hello".utf8), answer: .verdict(.rejected, reason: "not-jpeg")),
        Arrival(
            title: "a name of 255 bytes", name: ImageName(FilePath(String(repeating: "n", count: 251) + ".jpg")),
            bytes: Array("hello".utf8), answer: .verdict(.rejected, reason: "not-jpeg")),
        Arrival(title: "a folder", make: { try AtomicFile.makeFolder($0) }, answer: .nothing),
        Arrival(title: "a FIFO", make: { #expect(mkfifo($0.string, 0o600) == 0) }, answer: .nothing),
        Arrival(title: "a dangling link", make: { #expect(symlink("nowhere", $0.string) == 0) }, answer: .nothing),
        Arrival(title: "a link outward", make: { #expect(symlink("/etc/passwd", $0.string) == 0) }, answer: .nothing),
        Arrival(title: "a socket", make: { bindSocket($0) }, answer: .nothing),
        Arrival(title: "vanished", make: { _ in }, answer: .nothing),
        Arrival(
            title: "black", bytes: SyntheticPictures.encode(SyntheticPictures.tooDark()),
            answer: .verdict(.ungradable, reason: "too-dark")),
        Arrival(
            title: "no retina", bytes: SyntheticPictures.encode(SyntheticPictures.landscape()),
            answer: .verdict(.ungradable, reason: "no-retina")),
    ]

    @Test(arguments: arrivals) func `each gets its answer, and the next eye its verdict`(arrival: Arrival) throws {
        let line = try ScreeningUnderTest()
        let path = line.inbox.pushing(arrival.name.path)
        if let bytes = arrival.bytes { try AtomicFile.write(bytes, to: path) } else { try arrival.make?(path) }
        let disposition = screenSettled(arrival.name, line)
        switch arrival.answer {
        case .verdict(let outcome, let reason):
            let verdict = try #require(try line.verdict(arrival.name))
            #expect(verdict.outcome == outcome)
            #expect(verdict.reasons.map(\.code).contains(reason))
            #expect(verdict.probability.value == nil)
        case .nothing:
            #expect(disposition == .done)
            #expect(try line.verdictFiles() == [])
        case .waits:
            #expect(disposition != .done)
        }
        try line.drop(Self.eye, as: "good.jpg")
        #expect(line.screen("good.jpg") == .done)
        #expect(try line.verdict("good.jpg")?.outcome == .normal)
    }

    /// An empty file is given the settling time, a millisecond here, before it is called empty.
    private func screenSettled(_ name: ImageName, _ line: ScreeningUnderTest) -> ScreeningPipeline.Disposition {
        while true {
            let disposition = line.screen(name)
            if case .incomplete = disposition { continue }
            return disposition
        }
    }

    @Test func `a file that is still open for writing is left until it is closed`() throws {
        let line = try ScreeningUnderTest()
        let path = line.inbox.appending("a.jpg")
        let writer = try Descriptor.open(path, O_WRONLY | O_CREAT, mode: 0o644)
        try writer.write(Array(Self.eye.prefix(100)))
        guard case .incomplete = line.screen("a.jpg") else { return #expect(Bool(false), "taken early") }
        try writer.write(Array(Self.eye.dropFirst(100)))
        _ = consume writer
        #expect(line.screen("a.jpg") == .done)
        #expect(try line.verdict("a.jpg")?.outcome == .normal)
    }

    private static func bindSocket(_ path: FilePath) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.string.utf8.prefix(107)) }
        let result = withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(result == 0)
    }
}
