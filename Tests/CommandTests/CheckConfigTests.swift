// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Testing

/// `fundusd check-config`: every fault with key and remedy, and the folders looked at.
@Suite struct CheckConfigTests {
    @Test func `a good configuration ends with 0, and looking changes nothing`() throws {
        let site = try ScreeningSite()
        let before = try site.snapshot()
        let outcome = try site.run("check-config")
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        #expect(try site.snapshot() == before)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let configuration: String
        /// What standard error must say.
        let words: [String]
        var testDescription: String { configuration.isEmpty ? "nothing" : configuration }
    }

    static let faults = [
        Fault(configuration: "threshold: 2", words: ["config.yaml:3", "threshold", "2"]),
        Fault(configuration: "threshold: 0", words: ["threshold"]),
        Fault(configuration: "threshold: nan", words: ["threshold"]),
        Fault(configuration: "treshold: 0.5", words: ["treshold", "threshold"]),
        Fault(configuration: "rescan-second: 5", words: ["rescan-seconds"]),
        Fault(configuration: "retrain:\n  min-new-image: 5", words: ["retrain.min-new-images"]),
        Fault(configuration: "max-bytes: lots", words: ["max-bytes", "64MiB"]),
        Fault(configuration: "after: burn", words: ["after", "keep", "archive", "delete"]),
        Fault(configuration: "outbox: inbox/verdicts", words: ["outbox", "inside the inbox"]),
        Fault(configuration: "inbox: outbox/images", words: ["inbox", "inside the outbox"]),
        Fault(configuration: "outbox: inbox", words: ["outbox", "the inbox too"]),
        Fault(configuration: "state: inbox/state", words: ["state", "inside the inbox"]),
        Fault(configuration: "inbox: nowhere", words: ["there is no folder", "nowhere"]),
        Fault(configuration: "outbox: config.yaml", words: ["outbox", "not a folder"]),
        Fault(configuration: "outbox: nowhere/outbox", words: ["outbox", "there is no folder"]),
        Fault(configuration: "threshold: 0.5\nthreshold: 0.6", words: ["threshold"]),
        Fault(configuration: "threshold: [", words: ["config.yaml"]),
        Fault(configuration: "threshold: 0.5\ntarget-sensitivity: 0.9", words: ["only one of them"]),
    ]

    @Test(arguments: faults) func `a fault ends with 78 and is told with its key`(fault: Fault) throws {
        let site = try ScreeningSite(model: .none, configuration: fault.configuration)
        let outcome = try site.run("check-config")
        #expect(outcome.status == 78)
        #expect(outcome.output.isEmpty)
        for words in fault.words { #expect(outcome.errors.contains(words), "\(outcome.errors)") }
    }

    @Test func `every fault is told at once, whoever made it`() throws {
        let site = try ScreeningSite(model: .none, configuration: "threshold: 2\nworker: 3\nafter: burn")
        let outcome = try site.runBare(
            ["check-config", "--config", "config.yaml", "--retrain-epochs", "x"],
            environment: ["FUNDUSD_MAX_PIXELS": "x", "FUNDUSD_TRESHOLD": "0.5"])
        #expect(outcome.status == 78)
        let expected = [
            "threshold: ", "workers", "after: ", "--retrain-epochs", "FUNDUSD_MAX_PIXELS", "FUNDUSD_THRESHOLD",
        ]
        for words in expected { #expect(outcome.errors.contains(words), "\(words)\n\(outcome.errors)") }
        #expect(outcome.errors.split(separator: "\n").count == expected.count)
    }

    @Test func `a file that is not there ends with 66`() throws {
        let site = try ScreeningSite(model: .none)
        let outcome = try site.runBare(["check-config", "--config", "missing.yaml"])
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("missing.yaml"))
    }

    @Test func `what it prints is taken as a file again, and prints the same values`() throws {
        let site = try ScreeningSite(model: .none, configuration: "max-bytes: 10MiB\nretrain:\n  seed: 7")
        let first = try site.runBare(
            ["check-config", "--print", "--config", "config.yaml", "--workers", "3"],
            environment: ["FUNDUSD_THRESHOLD": "0.41"])
        #expect(first.status == 0)
        #expect(first.output.contains("FUNDUSD_THRESHOLD") && first.output.contains("config.yaml:3"))
        try site.write(first.output, to: "printed.yaml")
        let second = try site.runBare(["check-config", "--print", "--config", "printed.yaml"])
        #expect(second.status == 0)
        #expect(values(second) == values(first))
        #expect(values(first).contains("threshold: 0.41") && values(first).contains("workers: 3"))
    }

    @Test func `it shows how many workers the machine allows, and why`() throws {
        let site = try ScreeningSite(model: .none)
        let outcome = try site.runBare(["check-config", "--print", "--config", "config.yaml"])
        let shown = try #require(outcome.lines.first { $0.hasPrefix("# workers: ") })
        #expect(shown.contains("can be used") || shown.contains("allows"), "\(shown)")
        #expect(Int(shown.split(separator: " ")[2]).map { $0 >= 1 } == true, "\(shown)")
    }

    @Test func `with no file at all the folders are those of the working folder`() throws {
        let global = "/etc/fundusd/config.yaml"
        guard !FileManager.default.fileExists(atPath: global) else {
            return print("skipped: \(global) is on this machine, so there is no run without a file")
        }
        let site = try ScreeningSite(model: .none)
        let outcome = try site.runBare(["check-config", "--print"], environment: ["FUNDUSD_STATE": "elsewhere"])
        #expect(outcome.status == 0)
        let expected = [
            "inbox: ./inbox", "outbox: ./outbox", "labelled: ./labelled", "state: elsewhere", "after: keep",
        ]
        for value in expected { #expect(values(outcome).contains(value), "\(value)") }
    }

    /// The settings without the remarks on where they came from.
    private func values(_ outcome: Fundusd.Outcome) -> [String] {
        outcome.lines.filter { !$0.hasPrefix("#") }.map { line in
            String(line.prefix(while: { $0 != "#" })).split(separator: " ").joined(separator: " ")
        }
    }
}
