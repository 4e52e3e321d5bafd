// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

@testable import Supervision

@Suite struct NotifierTests {
    @Test(arguments: [
        (Notification.ready, "READY=1"),
        (.stopping, "STOPPING=1"),
        (.watchdog, "WATCHDOG=1"),
        (.status("3 waiting"), "STATUS=3 waiting"),
        (.reloading(microseconds: 12), "RELOADING=1\nMONOTONIC_USEC=12"),
        // A line break in a file's name must not become an assignment of its own.
        (.status("a\nREADY=1"), "STATUS=a\\nREADY=1"),
    ])
    func `each notification has its text`(notification: Notification, expected: String) throws {
        let sent = SentMessages()
        #expect(try sent.notifier.notify(notification) == .delivered)
        #expect(sent.texts == [expected])
    }

    @Test func `nobody listening is no failure`() throws {
        #expect(try SentMessages().answering(0).notify(.ready) == .noServiceManager)
    }

    @Test func `a refusal is a failure with a remedy`() {
        let failure = #expect(throws: NotificationFailure.self) {
            try SentMessages().answering(-ECONNREFUSED).notify(.ready)
        }
        #expect(failure?.errorNumber == ECONNREFUSED)
        #expect(failure?.description.contains("Connection refused. Check that the unit has Type=notify") == true)
    }

    @Test func `reloading carries the monotonic time`() {
        guard case .reloading(let first) = Notification.reloadingNow,
            case .reloading(let second) = Notification.reloadingNow
        else {
            Issue.record("not a reloading message")
            return
        }
        #expect(first > 0 && second >= first)
    }

    @Test func `the library delivers to the service manager's socket`() throws {
        let socket = try DatagramSocket()
        setenv("NOTIFY_SOCKET", socket.path, 1)
        defer { unsetenv("NOTIFY_SOCKET") }
        #expect(try Notifier().notify(.status("one line")) == .delivered)
        #expect(socket.receive() == "STATUS=one line")
    }

    @Test func `status lines that come too fast are replaced by the newest`() async throws {
        let sent = SentMessages()
        let reporter = ReporterBox()
        let clock = ScriptedClock(steps: [{ reporter.reportAll(["b", "c", "d"]) }, { reporter.finish() }])
        let service = StatusService(notifier: sent.notifier, logger: .quiet, clock: clock)
        reporter.service = service
        service.report("a")
        await service.passOn()
        #expect(sent.texts == ["STATUS=a", "STATUS=d"])
        #expect(clock.slept == [.seconds(1), .seconds(1)])
    }

    @Test func `the services end with the group`() async throws {
        let watchdog: any Service = WatchdogService(
            board: ProgressBoard(), notifier: SentMessages().notifier, logger: .quiet, period: .seconds(60),
            clock: ContinuousClock())
        let unwatched: any Service = WatchdogService(
            board: ProgressBoard(), notifier: SentMessages().notifier, logger: .quiet, period: nil,
            clock: ContinuousClock())
        let status: any Service = StatusService(notifier: SentMessages().notifier, logger: .quiet)
        let (signals, sender) = AsyncStream.makeStream(of: CInt.self)
        async let ended: Void = ServiceGroup([watchdog, unwatched, status], logger: .quiet).run(until: signals)
        sender.yield(SIGTERM)
        try await ended
    }
}

/// Lets a clock's script reach the service that is being tested.
private final class ReporterBox: @unchecked Sendable {
    var service: StatusService<ScriptedClock>?

    func reportAll(_ lines: [String]) {
        for line in lines { service?.report(line) }
    }

    func finish() { service?.finish() }
}

/// A socket as the service manager would listen on.
private final class DatagramSocket {
    let path = "/tmp/fundusd-notify-\(getpid()).socket"
    private let descriptor: Int32

    init() throws {
        unlink(path)
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    func receive() -> String {
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}
