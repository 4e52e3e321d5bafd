// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FundusImage
import Glibc
import LinuxIO
import SystemPackage
import Testing

/// `fundusd watch`: arrivals, signals, reloading, a second instance.
@Suite struct WatchCommandTests {
    enum Delivery: String, CaseIterable, CustomTestStringConvertible {
        case copying, renaming, linking, alreadyThere
        var testDescription: String { rawValue }
    }

    @Test(arguments: Delivery.allCases) func `an eye has its verdict however it came`(delivery: Delivery) throws {
        let site = try ScreeningSite()
        if delivery == .alreadyThere { try site.write(Eyes.first, to: "inbox/eye.jpg") }
        let daemon = try site.watch()
        try deliver(Eyes.first, to: site, by: delivery)
        let verdict = try site.verdict(of: "eye.jpg")
        #expect(verdict.probability != nil)
        #expect(try daemon.stop() == 0)
        #expect(try site.names(in: "outbox") == ["eye.jpg.json"])
        #expect(site.exists("inbox/eye.jpg"))
    }

    private func deliver(_ bytes: [UInt8], to site: ScreeningSite, by delivery: Delivery) throws {
        let (staged, path) = (site.path("staged.jpg"), site.path("inbox/eye.jpg"))
        switch delivery {
        case .alreadyThere: return
        case .copying:
            let writer = try Descriptor.open(path, O_WRONLY | O_CREAT, mode: 0o644)
            for start in stride(from: 0, to: bytes.count, by: 1000) {
                try writer.write(Array(bytes[start..<min(start + 1000, bytes.count)]))
            }
        case .renaming:
            try site.write(bytes, to: "staged.jpg")
            try AtomicFile.rename(staged, to: path)
        case .linking:
            try site.write(bytes, to: "staged.jpg")
            #expect(link(staged.string, path.string) == 0)
        }
    }

    /// A name beside the retina goes wherever the picture goes. Where one picture has one, all of that camera's have: told at the
    /// 1st, 2nd and 4th.
    @Test func `writing beside the retina is told, and the eye judged`() throws {
        let site = try ScreeningSite()
        let daemon = try site.watch()
        try site.write(Eyes.first, to: "inbox/plain.jpg")
        let marked = EyeInFrame(side: 280, at: (x: 20, y: 10), in: (width: 320, height: 300))
            .withText(columns: 2..<60, rows: 2..<30)
        for number in 1...5 {
            let jpeg = JPEGComment.adding("\(number)", to: SyntheticPictures.encode(marked.picture))
            try site.write(jpeg, to: "inbox/marked-\(number).jpg")
            #expect(try site.verdict(of: "marked-\(number).jpg").probability != nil)
        }
        #expect(try site.verdict(of: "plain.jpg").probability != nil)
        #expect(try daemon.stop() == 0)
        let told = daemon.said.split(separator: "\n").filter { $0.contains("something written or drawn beside") }
        #expect(told.count == 3, "\(daemon.said)")
        #expect(told.allSatisfy { $0.contains("warning") && $0.contains("marked-") })
    }

    @Test func `an eye that is still being written has no verdict before its writer is done`() throws {
        let site = try ScreeningSite()
        let daemon = try site.watch()
        let writer = try Descriptor.open(site.path("inbox/slow.jpg"), O_WRONLY | O_CREAT, mode: 0o644)
        try writer.write(Array(Eyes.first.prefix(2000)))
        // Another image comes and goes through the whole line meanwhile.
        try site.write(Eyes.second, to: "inbox/quick.jpg")
        _ = try site.verdict(of: "quick.jpg")
        #expect(!site.exists("outbox/slow.jpg.json"))
        try writer.write(Array(Eyes.first.dropFirst(2000)))
        _ = consume writer
        #expect(try site.verdict(of: "slow.jpg").probability != nil)
        #expect(try daemon.stop() == 0)
    }

    @Test func `a verdict appears whole: what is read at any moment is valid`() throws {
        let site = try ScreeningSite()
        let daemon = try site.watch()
        var seen: Set<String> = []
        for number in 0..<12 { try site.write(Eyes.all[number % 3], to: "inbox/eye-\(number).jpg") }
        // Every change in the outbox wakes this, so that a file is read in the moment in which it appears.
        try FolderWait.until("12 verdicts", in: site.path("outbox")) {
            for name in try site.verdictNames() where seen.insert(name).inserted {
                _ = try VerdictDocument(checking: try site.read("outbox/\(name)"))
            }
            return seen.count == 12
        }
        #expect(try daemon.stop() == 0)
    }

    @Test(arguments: [("SIGTERM", SIGTERM), ("SIGINT", SIGINT)]) func `it ends with 0 within five seconds`(
        name: String, signal: CInt
    ) throws {
        let site = try ScreeningSite()
        let daemon = try site.watch()
        for number in 0..<40 { try site.write(Eyes.all[number % 3], to: "inbox/eye-\(number).jpg") }
        try site.waitForVerdicts(1)
        #expect(try daemon.stop(with: signal, within: .seconds(5)) == 0)
        #expect(daemon.said.contains("fundusd has stopped"))
        #expect(daemon.said.contains("computes in float32 by"), "who computes, and why so: \(daemon.said)")
        #expect(try site.names(in: "outbox").allSatisfy { !$0.hasPrefix(".") })
    }

    @Test func `bad files get their verdicts, and the daemon goes on`() throws {
        let site = try ScreeningSite()
        let daemon = try site.watch()
        try site.write(SyntheticPictures.text(), to: "inbox/text.jpg")
        try site.write([], to: "inbox/empty.jpg")
        try site.write(SyntheticPictures.truncated(), to: "inbox/truncated.jpg")
        try site.write(Eyes.first, to: "inbox/a \"quoted\" 'name'\n.jpg")
        for name in ["text.jpg", "empty.jpg", "truncated.jpg"] {
            #expect(try site.verdict(of: name).outcome == "rejected", "\(name)")
        }
        #expect(try site.verdict(of: "a \"quoted\" 'name'\n.jpg").probability != nil)
        #expect(try daemon.stop() == 0)
        #expect(daemon.said.contains("text.jpg: rejected, retake"))
    }

    /// A log that takes no lines, because its reader is stuck, or because he is gone: verdicts go on, and so does the end.
    @Test(arguments: [true, false]) func `nobody waits for the log`(isReaderStuck: Bool) throws {
        let site = try ScreeningSite()
        let pipe = site.path("log.fifo")
        #expect(mkfifo(pipe.string, 0o600) == 0)
        let reader = open(pipe.string, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        if isReaderStuck {
            let line = [UInt8](repeating: 0x2E, count: 4096)
            while write(reader, line, line.count) > 0 {}
        }
        let daemon = WatchingDaemon(
            try ChildProcess(
                Fundusd.start(
                    ["watch", "--config", "config.yaml"], environment: [:], in: site.work, errors: pipe)), log: pipe)
        try site.write(Eyes.all[0], to: "inbox/eye-0.jpg")
        try site.waitForVerdicts(1)
        if !isReaderStuck { close(reader) }
        for number in 1..<12 { try site.write(Eyes.all[number % 3], to: "inbox/eye-\(number).jpg") }
        try site.waitForVerdicts(12)
        #expect(try daemon.stop(within: .seconds(10)) == 0)
        if isReaderStuck { close(reader) }
    }

    @Test func `new content under an old name takes the name, and the older verdict is kept beside it`() throws {
        let site = try ScreeningSite()
        let daemon = try site.watch()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        let first = try site.verdict(of: "eye.jpg")
        let firstBytes = try site.read("outbox/eye.jpg.json")
        let kept = "eye.jpg.\(first.image.sha256.prefix(12)).json"

        try site.write(Eyes.second, to: "inbox/eye.jpg")
        try FolderWait.until("the second verdict", in: site.path("outbox")) {
            try site.publishedVerdict(of: "eye.jpg").image.sha256 != first.image.sha256
        }
        #expect(try daemon.stop() == 0)
        #expect(try site.names(in: "outbox") == [kept, "eye.jpg.json"].sorted())
        #expect(try site.read("outbox/\(kept)") == firstBytes)
    }

    @Test func `a second daemon on the same state gives way with 75 and disturbs nothing`() throws {
        let site = try ScreeningSite()
        let daemon = try site.watch()
        let second = try site.run("watch")
        #expect(second.status == 75)
        #expect(second.errors.contains("process \(daemon.processID)"))
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        #expect(try site.verdict(of: "eye.jpg").probability != nil)
        #expect(try daemon.stop() == 0)
    }

    @Test func `SIGHUP brings the new threshold; a broken file leaves the old one in force`() throws {
        let site = try ScreeningSite(configuration: "threshold: 0.4")
        let daemon = try site.watch()
        try site.write(Eyes.first, to: "inbox/before.jpg")
        #expect(try site.verdict(of: "before.jpg").threshold.value == 0.4)

        try site.configure("threshold: 0.000001")
        daemon.signal(SIGHUP)
        try daemon.waitForLine("The configuration was read again")
        try site.write(Eyes.first, to: "inbox/after.jpg")
        let after = try site.verdict(of: "after.jpg")
        #expect(after.threshold.value == 0.000001 && after.outcome == "disease")

        try site.configure("threshold: 2")
        daemon.signal(SIGHUP)
        try daemon.waitForLine("The old configuration stays in force")
        #expect(daemon.said.contains("config.yaml:3: threshold"))
        try site.write(Eyes.second, to: "inbox/later.jpg")
        #expect(try site.verdict(of: "later.jpg").threshold.value == 0.000001)
        #expect(try daemon.stop() == 0)
    }

    @Test func `an inbox that is taken away and put back is watched again`() throws {
        let site = try ScreeningSite()
        let daemon = try site.watch()
        try AtomicFile.rename(site.path("inbox"), to: site.path("elsewhere"))
        try daemon.waitForLine("The inbox is not there")
        try site.write(Eyes.first, to: "elsewhere/eye.jpg")
        try AtomicFile.rename(site.path("elsewhere"), to: site.path("inbox"))
        #expect(try site.verdict(of: "eye.jpg").probability != nil)
        #expect(try daemon.stop() == 0)
        #expect(daemon.said.contains("The inbox is back"))
    }
}
