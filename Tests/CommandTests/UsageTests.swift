// SPDX-License-Identifier: Apache-2.0
import Fixtures
import SystemPackage
import Testing

/// Help, version and wrong usage, by their texts and exit statuses.
@Suite struct UsageTests {
    private let site: ScreeningSite

    init() throws { site = try ScreeningSite(model: .none) }

    static let verbs = [
        "watch", "screen", "classify", "explain", "status", "check-config", "bench", "model", "model list",
        "model show", "model import", "model export", "model promote", "model rollback", "model verify",
    ]

    @Test(arguments: verbs) func `every verb explains itself, asked in both ways`(verb: String) throws {
        let words = verb.split(separator: " ").map(String.init)
        let help = try site.runBare(["help"] + words)
        let option = try site.runBare(words + ["--help"])
        #expect([help.status, option.status] == [0, 0])
        #expect(help.output == option.output)
        #expect(help.output.contains("USAGE: fundusd \(verb)"))
        #expect(help.errors.isEmpty)
    }

    @Test func `the help of the program names every verb`() throws {
        let help = try site.runBare(["--help"])
        #expect(help.status == 0)
        for verb in Self.verbs where !verb.contains(" ") { #expect(help.output.contains("\n  \(verb) "), "\(verb)") }
    }

    @Test func `the version is the one that verdicts carry`() throws {
        let version = try site.runBare(["--version"])
        #expect(version.status == 0)
        #expect(version.output.wholeMatch(of: /fundusd \d+\.\d+\.\d+\n/) != nil)
    }

    @Test(arguments: [
        ["nonsense"], ["--nonsense"], ["help", "nonsense"], ["help", "model", "nonsense"], ["model", "nonsense"],
        ["status", "--nonsense"], ["classify"], ["classify", "--threshold"], ["explain"], ["model", "import"],
        ["model", "import", "--positive-class", "both", "a.pth"], ["bench", "--rounds", "0"],
        ["bench", "--rounds", "x"],
        ["screen"], ["classify", "-", "--paths-from", "-"], ["status", "extra"],
    ])
    func `wrong usage ends with 64 and is told on standard error alone`(arguments: [String]) throws {
        let outcome = try site.runBare(arguments)
        #expect(outcome.status == 64)
        #expect(outcome.output.isEmpty)
        #expect(!outcome.errors.isEmpty)
    }

    @Test func `a mistyped option is answered with the nearest one`() throws {
        #expect(try site.runBare(["classify", "--treshold", "0.5", "a.jpg"]).errors.contains("--threshold"))
    }

    /// In a mount namespace of its own (man 1 unshare), which is gone with the process.
    private static func withoutProc(_ command: String) -> ChildProcess.Start {
        ChildProcess.Start(
            program: "/usr/bin/unshare", arguments: ["--mount", "sh", "-c", "umount -l /proc && exec \(command)"],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], folder: "/", errors: "/dev/null")
    }

    /// Needs the right to make a namespace, which some containers withhold.
    private static let canUnmountProc: Bool = {
        guard let child = try? ChildProcess(withoutProc("true")) else { return false }
        return (try? child.end(within: FolderWait.patience))?.status == 0
    }()

    /// The command line can't be read then, and must not look like one without a verb, whose help ends with 0.
    @Test(.enabled(if: canUnmountProc, "no mount namespace can be made here"))
    func `without /proc it says so and ends with 74`()
        throws
    {
        let errors = site.path("errors")
        var start = Self.withoutProc("\(Fundusd.program) status")
        start.errors = errors
        let outcome = try ChildProcess(start).end(within: FolderWait.patience)
        #expect(outcome.status == 74 && outcome.output.isEmpty)
        #expect(String(decoding: try site.read("errors"), as: UTF8.self).contains("/proc is not mounted"))
    }
}
