// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import FundusImage
import Glibc
import SystemPackage
import Testing

/// A picture that crashes the program keeps no other from its verdict, and no one waits for it forever.
///
/// `CFaults`, loaded into the program, ends it with SIGSEGV where it decodes a picture with a certain comment.
@Suite struct SetAsideTests {
    private static let poison = JPEGComment.adding("this picture is poison", to: Eyes.second)
    private static let crash = 128 + SIGSEGV

    /// What the faulty machine's library needs to be told, in a folder of its own.
    private func environment(_ site: ScreeningSite) throws -> [String: String] {
        let library = Fundusd.program.removingLastComponent().appending("libfundusd-faults.so")
        try site.write([UInt8](repeating: 0, count: 64), to: "faults")
        return [
            "LD_PRELOAD": library.string, "FAULTS": site.path("faults").string, "FAULTS_ROOT": site.work.string,
        ]
    }

    /// Starts the daemon until it has crashed so often.
    private func crash(_ site: ScreeningSite, times: Int) throws {
        for _ in 0..<times {
            let daemon = try site.start(["watch"], environment: environment(site))
            #expect(try daemon.end() == Self.crash)
        }
    }

    @Test func `after two crashes it is set aside, and everybody else is judged`() throws {
        let site = try ScreeningSite(configuration: "rescan-seconds: 1\nworkers: 2")
        try site.write(Self.poison, to: "inbox/a-poison.jpg")
        for number in 0..<3 { try site.write(Eyes.all[number], to: "inbox/eye-\(number).jpg") }
        try crash(site, times: 2)

        let daemon = try site.start(["watch"], environment: environment(site))
        try daemon.waitForLine("a-poison.jpg is set aside without a verdict")
        try site.waitForVerdicts(3)
        // The same content is known under any name.
        try site.write(Self.poison, to: "inbox/b-copy.jpg")
        try daemon.waitForLine("b-copy.jpg is set aside without a verdict")
        try expectTold(site)

        let retried = try site.run("retry", "inbox/a-poison.jpg")
        #expect(retried.status == 0 && retried.output.contains("a-poison.jpg is tried again within 5 s"))
        #expect(try daemon.end() == Self.crash, "it is as it was")
        let last = try site.start(["watch"], environment: environment(site))
        try last.waitForLine("is set aside without a verdict")
        // That is said before it listens to signals.
        try last.waitForLine("fundusd is ready")
        #expect(try last.stop() == 0)
        #expect(try site.verdictNames().sorted() == (0..<3).map { "eye-\($0).jpg.json" })
    }

    private func expectTold(_ site: ScreeningSite) throws {
        #expect(try site.status().setAside == 2)
        #expect(try site.run("status").output.contains("2 that crashed the program"))
        #expect(try site.run("retry", "--list").lines == ["a-poison.jpg", "b-copy.jpg"])
        let explained = try site.run("explain", "a-poison.jpg").output
        #expect(explained.contains("set aside") && explained.contains("fundusd retry"))
        #expect(try site.run("doctor").output.contains("2 are set aside without a verdict"))
    }

    @Test func `a picture that uses up the stack is set aside too`() throws {
        let site = try ScreeningSite()
        try site.write(JPEGComment.adding("this picture is bottomless", to: Eyes.second), to: "inbox/eye.jpg")
        try crash(site, times: 2)
        let daemon = try site.start(["watch"], environment: environment(site))
        try daemon.waitForLine("eye.jpg is set aside without a verdict")
        try daemon.waitForLine("fundusd is ready")
        #expect(try daemon.stop() == 0)
    }

    /// Each happens while the picture is decoded, and says nothing about it.
    @Test(arguments: [
        ("its disk fails", 128 + SIGBUS), ("the watchdog comes while a disk hangs", 128 + SIGABRT),
        ("no memory is left", 128 + SIGABRT),
    ])
    func `a fault of the machine is not charged to the picture in hand`(trouble: String, status: Int32) throws {
        let site = try ScreeningSite()
        try site.write(JPEGComment.adding("meanwhile \(trouble)", to: Eyes.second), to: "inbox/eye.jpg")
        for _ in 0..<3 {
            let daemon = try site.start(["watch"], environment: environment(site))
            #expect(try daemon.end() == status)
        }
        let daemon = try site.watch()
        #expect(try site.verdict(of: "eye.jpg").probability != nil)
        #expect(try daemon.stop() == 0)
    }

    @Test func `a picture that was cured gets its verdict when it is tried again`() throws {
        // The next rescan comes too late for this test: the daemon notices by itself.
        let site = try ScreeningSite(configuration: "rescan-seconds: 3600")
        try site.write(Self.poison, to: "inbox/eye.jpg")
        try crash(site, times: 2)
        // Without the library the program is one that has been mended.
        let mended = try site.watch()
        #expect(try site.run("retry").output.contains("eye.jpg is tried again"))
        #expect(try site.verdict(of: "eye.jpg").probability != nil)
        #expect(try mended.stop() == 0)
        #expect(try site.status().setAside == 0)
        #expect(try site.run("audit", "verify").status == 0)
    }

    @Test func `killing the program says nothing about a picture`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try site.makeFolder("outbox/eye.jpg.json/in-the-way")
        for _ in 0..<4 {
            let daemon = try site.watch()
            #expect(try daemon.stop(with: SIGKILL) == 128 + SIGKILL)
        }
        try site.remove("outbox/eye.jpg.json")
        let daemon = try site.watch()
        #expect(try site.verdict(of: "eye.jpg").probability != nil)
        #expect(try daemon.stop() == 0)
    }

    @Test func `a stuck daemon that the watchdog ends is a crash too`() throws {
        let site = try ScreeningSite()
        for _ in 0..<2 {
            let daemon = try site.watch()
            #expect(try daemon.stop(with: SIGABRT) == 128 + SIGABRT)
        }
        #expect(try String(decoding: site.read("state/crash"), as: UTF8.self) == "06\n")
        #expect(try site.status().setAside == 0, "nothing was in hand")
    }

    @Test func `where nothing was ever screened there is nothing to try again`() throws {
        let outcome = try ScreeningSite(model: .none).run("retry")
        #expect(outcome.status == 66 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("nothing was ever screened here"))
    }
}
