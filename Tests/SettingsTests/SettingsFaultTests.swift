// SPDX-License-Identifier: Apache-2.0
import Fixtures
import SystemPackage
import Testing

@testable import Settings

@Suite struct SettingsFaultTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let yaml: String
        let expected: String
        var testDescription: String { String(yaml.prefix(60)) }
    }

    static let files = [
        Case(
            yaml: "threshold: 2",
            expected: ":1: threshold: 2 is not between 0 and 1. Give a number such as 0.5."
                + " Or leave it out: the model's own."),
        Case(yaml: "threshold: nan", expected: "threshold: \"nan\" is not a number"),
        Case(yaml: "threshold: 1", expected: "threshold: 1 is not between 0 and 1"),
        Case(yaml: "threshold: [0.5]", expected: ":1: threshold: a list stands where one value is expected"),
        Case(yaml: "inbox: {a: b}", expected: "inbox: a group stands where one value is expected"),
        Case(yaml: "a: 1\nthreshold:", expected: ":2: threshold: it has no value"),
        Case(yaml: "treshold: 0.5", expected: "\"treshold\": there is no such setting. Did you mean threshold?"),
        Case(yaml: "retrain: {sede: 1}", expected: "Did you mean retrain.seed?"),
        Case(yaml: "quuxfrobnicate: 1", expected: "The known ones are inbox, outbox,"),
        Case(yaml: "retrain: 5", expected: "retrain: it is a group of settings, not a setting"),
        Case(yaml: "recursive: maybe", expected: "\"maybe\" is neither true nor false"),
        Case(yaml: "after: archived", expected: "\"archived\" is not one of keep, archive, delete. Write archive."),
        Case(yaml: "max-bytes: 64 MiBs", expected: "\"64 MiBs\" is not a whole number. Give a number such as 64MiB."),
        Case(yaml: "max-bytes: 99999999999999999999", expected: "is not between 1 and"),
        Case(yaml: "max-bytes: 9999999999G", expected: "is not between 1 and"),
        Case(yaml: "max-pixels: -5", expected: "\"-5\" is not a whole number"),
        Case(yaml: "max-pixels: 0", expected: "0 is not between 1 and"),
        Case(yaml: "rescan-seconds: 0", expected: "0 is not between 1.0 and 86400.0 seconds"),
        Case(yaml: "workers: 2.5", expected: "\"2.5\" is not a whole number"),
        Case(yaml: "retrain.seed: -1", expected: "is not a whole number from 0 to"),
        Case(yaml: "retrain.recipe: ../x", expected: "is not the name of a recipe"),
        Case(yaml: "inbox: ~/inbox", expected: "begins with ~, which only a shell understands"),
        Case(yaml: "inbox: \"a\\0b\"", expected: "holds a control character"),
        Case(yaml: "threshold: 0.5\ntarget-sensitivity: 0.9", expected: "threshold is given too ("),
        Case(yaml: "retrain: {seed: 1}\nretrain.seed: 2", expected: ":2: retrain.seed: it stands in line 1 already"),
        Case(yaml: "threads: 1\nthreads: 2", expected: "\"threads\" stands here and again further down"),
        Case(
            yaml: "retrain:\n  seed: 1\nthreads: 1\n\nthreads: 2",
            expected: ":3: \"threads\" stands here and again further down, in line 5"),
        Case(yaml: "retrain: &a {seed: 1, seed: 2}", expected: "\"seed\" stands here and again further down"),
        Case(yaml: "retrain: &a {retrain: *a}", expected: "there is no such setting"),
        Case(yaml: laughs, expected: "a list stands where one value is expected"),
        Case(yaml: "retrain:\n\tseed: 1", expected: ":2: a tab stands where YAML wants spaces"),
        Case(yaml: "inbox: [", expected: "is not YAML"),
        Case(yaml: "inbox: *nothing", expected: "is not YAML"),
        Case(yaml: "just a sentence", expected: "the file is not a list of `key: value` lines"),
        Case(yaml: "- inbox", expected: "the file is not a list of `key: value` lines"),
        Case(yaml: "a: 1\n---\nb: 2", expected: "is not YAML"),
        Case(yaml: "inbox: a\u{1}b", expected: "a character that YAML does not allow"),
        Case(yaml: "", expected: "the file is empty"),
        Case(yaml: " \n\n", expected: "the file is empty"),
        Case(yaml: "[1]: 2", expected: "a key is not a word"),
        Case(yaml: String(repeating: "[", count: 33), expected: ":1: has more than 32 lists and groups"),
        Case(yaml: String(repeating: "{a: ", count: 60_000), expected: ":1: has more than 32 lists and groups"),
        Case(yaml: String(repeating: "[", count: 32), expected: "is not YAML"),
        Case(yaml: String(repeating: "# long\n", count: 60_000), expected: "is larger than 256 KiB"),
    ]

    /// A list of lists of lists …: written out it would have 9^40 parts.
    private static let laughs: String = {
        let lists = (1...40).map { level in
            "k\(level): &a\(level) [" + repeatElement("*a\(level - 1)", count: 9).joined(separator: ",") + "]\n"
        }
        return "inbox: &a0 [x]\n" + lists.joined()
    }()

    @Test(arguments: files) func `each fault of a file has its sentence`(_ file: Case) throws {
        let faults = try #require(throws: SettingsFaults.self) { try resolve(yaml: file.yaml) }
        #expect(faults.description.contains(file.expected))
        #expect(faults.exitStatus == 78)
        #expect(faults.faults.allSatisfy { $0.source.contains("/config.yaml") })
    }

    @Test(arguments: [
        "# only a comment\n", "retrain:\n", "{}", "inbox: ./inbox # why\n", "\u{FEFF}threads: 1\n",
        "threads: &n 1\nworkers: *n\n",
    ])
    func `these files are right`(yaml: String) throws {
        _ = try resolve(yaml: yaml)
    }

    @Test func `every fault is collected`() throws {
        let faults = try #require(throws: SettingsFaults.self) {
            try resolve(
                yaml: "threshold: 2\nafter: sell\nwrokers: 1\n",
                environment: ["FUNDUSD_THREADS": "none", "FUNDUSD_MAX_PIXEL": "1"],
                options: [.settleSeconds: "-1"])
        }
        let sources = faults.faults.map { $0.source.split(separator: "/").last.map(String.init) ?? "" }
        #expect(
            Set(sources) == [
                "config.yaml:1", "config.yaml:2", "config.yaml:3", "FUNDUSD_THREADS", "FUNDUSD_MAX_PIXEL",
                "--settle-seconds",
            ])
        #expect(
            faults.description.contains("FUNDUSD_MAX_PIXEL: there is no such setting. Did you mean FUNDUSD_MAX_PIXELS?")
        )
        #expect(faults.description.contains("--settle-seconds: -1 is not between"))
    }

    @Test func `others' variables are passed over`() throws {
        _ = try resolve(environment: ["FUNDUSD_SIMD": "baseline", "HOME": "/root", "FUNDUS": "1"])
    }

    @Test func `an empty variable is a fault`() {
        let faults = #expect(throws: SettingsFaults.self) { try resolve(environment: ["FUNDUSD_THREADS": ""]) }
        #expect(faults?.description.contains("FUNDUSD_THREADS: it has no value") == true)
    }

    @Test(arguments: [[0xFF, 0xFE], [0xFE, 0xFF]] as [[UInt8]]) func `another encoding is named`(mark: [UInt8]) throws {
        let folder = TemporaryFolder()
        try folder.write("config.yaml", mark + Array("inbox: /a".utf16).flatMap { [UInt8($0), 0] })
        let faults = #expect(throws: SettingsFaults.self) {
            try Settings.resolve(file: folder.path.appending("config.yaml"), environment: [:])
        }
        #expect(faults?.description.contains("the file is UTF-16 text. Save it as UTF-8.") == true)
    }

    /// Windows's editors write a byte order mark and CRLF.
    @Test func `a byte order mark is no part of the text`() throws {
        let folder = TemporaryFolder()
        try folder.write("config.yaml", [0xEF, 0xBB, 0xBF] + Array("inbox: /a\r\nworkers: 3\r\n".utf8))
        let settings = try Settings.resolve(file: folder.path.appending("config.yaml"), environment: [:])
        #expect(settings.inbox == "/a" && settings.workers == 3)
    }

    private static let markedFile = PackageRoot.path.removingLastComponent().pushing(
        "shared/cases/config-with-bom.yaml")
    private static var isMarkedFileThere: Bool { !RealData.bytes(of: markedFile).isEmpty }

    @Test(.enabled(if: isMarkedFileThere, "no ../shared/cases/config-with-bom.yaml here"))
    func `a file that an editor marked is read`() throws {
        let settings = try Settings.resolve(file: Self.markedFile, environment: [:])
        #expect(settings.inbox == "a" && settings.provenance[.threshold] != nil)
    }

    @Test func `bytes that are not text are a fault`() throws {
        let folder = TemporaryFolder()
        try folder.write("config.yaml", Array("inbox: /a".utf8) + [0xFF, 0xFE])
        let faults = #expect(throws: SettingsFaults.self) {
            try Settings.resolve(file: folder.path.appending("config.yaml"), environment: [:])
        }
        #expect(faults?.description.contains("the file is not UTF-8 text") == true)
    }

    @Test func `a folder is no configuration file`() throws {
        let folder = TemporaryFolder()
        let faults = #expect(throws: SettingsFaults.self) {
            try Settings.resolve(file: folder.path, environment: [:])
        }
        #expect(faults?.description.contains("is a folder. Name the file in it") == true)
        #expect(faults?.exitStatus == 78)
    }

    @Test func `an unreadable file is a fault`() {
        // Reading /proc/self/mem from its start fails with an input/output error, for root too.
        let faults = #expect(throws: SettingsFaults.self) {
            try Settings.resolve(file: "/proc/self/mem", environment: [:])
        }
        #expect(faults?.description.contains("cannot be read") == true)
    }

    @Test(arguments: ["\u{1B}[2Jx", "\u{202E}x"]) func `control characters do not reach the terminal`(text: String) {
        let faults = #expect(throws: SettingsFaults.self) { try resolve(environment: ["FUNDUSD_AFTER": text]) }
        #expect(faults?.description.unicodeScalars.contains { text.unicodeScalars.first == $0 } == false)
    }
}
