// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
import LinuxIO
import SystemPackage
import Testing

/// `fundusd performance --json` as a script reads it.
private struct Performance: Decodable {
    struct Figure: Decodable {
        let value: Double
        let lower: Double
        let upper: Double
        let unweighted: Double
    }

    struct Part: Decodable {
        let pictures: Int
        let figures: [String: Figure]
    }

    struct Disagreement: Decodable {
        let name: String
        let labels: [String: String?]
    }

    let all: Part
    let models: [String: Part]
    let weeks: [String: Part]
    let disagreements: [Disagreement]
    let drawn: Int
    let waiting: Int
}

/// People look at pictures, and what they answer comes back.
@Suite struct ReviewCommandTests {
    private static let everything =
        "review: true\nreview.normal-share: 1\nreview.disease-share: 1\nreview.per-day: 1000"

    private func site(_ configuration: String = everything) throws -> ScreeningSite {
        let site = try ScreeningSite(configuration: "rescan-seconds: 1\n\(configuration)")
        for label in ["disease", "normal", "ungradable"] { try site.makeFolder("labelled/\(label)") }
        return site
    }

    private func eye(_ seed: Int) -> [UInt8] { SyntheticEye(seed: UInt64(seed), width: 160, height: 160).jpeg() }

    private func move(_ site: ScreeningSite, _ from: String, _ to: String) throws {
        try AtomicFile.rename(site.path(from), to: site.path(to))
    }

    /// What waits, without the page that shows it.
    private func pictures(_ site: ScreeningSite) throws -> [String] {
        try site.names(in: "review").filter { !$0.hasPrefix(".") && $0 != "index.html" }
    }

    private func performance(_ site: ScreeningSite) throws -> Performance {
        try site.run("performance", "--json").decoded(Performance.self)
    }

    @Test func `the daemon gives pictures to people, sees what they answer, and what they take back`() throws {
        let site = try site()
        for number in 1...3 { try site.write(eye(number), to: "inbox/\(number).jpg") }
        let daemon = try site.watch()
        try site.waitForVerdicts(3)
        try FolderWait.until("pictures in review/", in: site.path("review")) {
            try pictures(site) == ["1.jpg", "2.jpg", "3.jpg"]
        }
        try FolderWait.until("a page with all three", in: site.path("review")) {
            guard site.exists("review/index.html") else { return false }
            let page = String(decoding: try site.read("review/index.html"), as: UTF8.self)
            return page.contains("<h1>3 pictures to look at</h1>")
        }
        let page = String(decoding: try site.read("review/index.html"), as: UTF8.self)
        #expect(page.contains("href=\"./2.jpg\"") && page.contains("data:image/jpeg;base64,"))
        try move(site, "review/1.jpg", "labelled/disease/1.jpg")
        try daemon.waitForLine("is labelled disease")
        try move(site, "review/2.jpg", "labelled/normal/2.jpg")
        try daemon.waitForLine("is labelled normal")
        try move(site, "labelled/disease/1.jpg", "review/1.jpg")
        try daemon.waitForLine("is no longer labelled disease")
        #expect(try daemon.stop(with: SIGKILL) == 128 + SIGKILL)

        let found = try performance(site)
        #expect(found.drawn == 3 && found.waiting == 2 && found.all.pictures == 3 && found.all.figures.isEmpty)
        #expect(found.models.count == 1 && found.weeks.count == 1)
        #expect(try site.run("performance").output.contains("Not yet known"))
        #expect(try site.run("status").output.contains("2 pictures wait in review/"))
        let audit = try site.run("audit", "verify")
        #expect(audit.status == 0, "\(audit.output)\(audit.errors)")

        let again = try site.watch()
        try move(site, "review/1.jpg", "labelled/normal/1.jpg")
        try again.waitForLine("is labelled normal")
        #expect(try again.stop() == 0)
        #expect(try pictures(site) == ["3.jpg"])
        #expect(try performance(site).waiting == 1)
    }

    /// So many eyes, half of them called disease: their scores are seen at another place first.
    private func screenedInHalves(
        _ count: Int, _ configuration: String = ""
    ) throws -> (site: ScreeningSite, called: [Int], passed: [Int]) {
        func screened(_ site: ScreeningSite) throws -> ScreeningSite {
            for number in 0..<count { try site.write(eye(number), to: "inbox/\(number).jpg") }
            #expect(try site.run("screen", "--once").status == 0)
            return site
        }
        let before = try screened(site("review: false"))
        let scores = try (0..<count).map { try #require(try before.publishedVerdict(of: "\($0).jpg").probability) }
        let threshold = scores.sorted()[count / 2]
        let site = try screened(
            site("\(Self.everything)\nreview.doubt: 0\nthreshold: \(threshold)\n\(configuration)"))
        return (site, (0..<count).filter { scores[$0] >= threshold }, (0..<count).filter { scores[$0] < threshold })
    }

    /// Half of those called normal get no answer: figures by hand beside the program's, with and without weights.
    @Test func `the figures are those of the planted truth`() throws {
        let (other, called, passed) = try screenedInHalves(24)
        // Every fourth called one is healthy, every third of the answered half of the passed ones is not.
        let answered = passed.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        let alarms = called.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
        let missed = answered.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        for number in called + answered {
            let isDisease = called.contains(number) ? !alarms.contains(number) : missed.contains(number)
            let said = try other.run("label", "\(number).jpg", isDisease ? "disease" : "normal", "--by", "Dr. A")
            #expect(said.status == 0, "\(said.errors)")
        }
        let found = try performance(other).all
        let truePositives = Double(called.count - alarms.count)
        let weighted = Double(missed.count) * Double(passed.count) / Double(answered.count)
        let sensitivity = try #require(found.figures["sensitivity"])
        #expect(abs(sensitivity.value - truePositives / (truePositives + weighted)) < 1e-9)
        #expect(abs(sensitivity.unweighted - truePositives / (truePositives + Double(missed.count))) < 1e-9)
        #expect(sensitivity.lower < sensitivity.value && sensitivity.value < sensitivity.upper)
        let text = try other.run("performance").output
        #expect(text.contains("Sensitivity") && text.contains("narrow it to ±5 points"))
        #expect(try other.run("audit", "verify").status == 0)
    }

    @Test func `a label by command is kept with its author, and the picture goes where it belongs`() throws {
        let site = try site()
        try site.write(Eyes.first, to: "inbox/a.jpg")
        #expect(try site.run("screen", "--once").status == 0)
        #expect(try site.run("label", "a.jpg", "disease", "--by", "Dr. A").output.contains("disease, by Dr. A."))
        #expect(try pictures(site).isEmpty && site.names(in: "labelled/disease") == ["a.jpg"])
        #expect(try site.run("label", "a.jpg", "normal", "--by", "Dr. A").status == 0)
        #expect(try site.names(in: "labelled/normal") == ["a.jpg"] && site.names(in: "labelled/disease").isEmpty)
        let other = try site.run("label", "review/a.jpg", "disease", "--by", "Dr. B")
        #expect(other.output.contains("others say normal"), "\(other.errors)")
        #expect(try site.names(in: "labelled/normal") == ["a.jpg"] && site.names(in: "labelled/disease") == ["a.jpg"])
        let found = try performance(site).disagreements
        #expect(found.map(\.name) == ["a.jpg"])
        #expect(found[0].labels["normal"] == "Dr. A" && found[0].labels["disease"] == "Dr. B")
        #expect(try site.run("performance").output.contains("a.jpg: disease (Dr. B), normal (Dr. A)"))
        let explained = try site.run("explain", "a.jpg").output
        #expect(explained.contains(": sample, probability 1.0") && explained.contains(": disease, by Dr. B"))
        #expect(try site.run("audit", "verify").output.contains("as they were published"))
    }

    @Test(
        arguments: [
            (["a.jpg"], 64), (["a.jpg", "healthy"], 64), (["disease"], 64), (["a.jpg", "disease", "--by", ""], 64),
            (["unknown.jpg", "disease"], 66),
        ] as [([String], Int32)]) func `what can't be labelled is answered`(_ words: [String], _ status: Int32) throws
    {
        let site = try site()
        try site.write(Eyes.first, to: "inbox/a.jpg")
        #expect(try site.run("screen", "--once").status == 0)
        let outcome = try site.runBare(["label"] + words + ["--config", "config.yaml"])
        #expect(outcome.status == status && !outcome.errors.isEmpty)
        #expect(try site.names(in: "labelled/disease").isEmpty)
    }

    @Test func `where nobody is asked nothing is made, and performance says what to do`() throws {
        let site = try site("review: false")
        try site.write(Eyes.first, to: "inbox/a.jpg")
        #expect(try site.run("performance").status == 66)
        #expect(try site.run("screen", "--once").status == 0)
        #expect(!site.exists("review") && !site.exists("state/review.secret"))
        let outcome = try site.run("performance")
        #expect(outcome.status == 0 && outcome.output.contains("review: true"))
    }

    @Test func `a sensitivity that may be too low is told, once`() throws {
        let (site, called, passed) = try screenedInHalves(
            16, "review.sensitivity-floor: 0.99\nmetrics-file: figures.prom")
        let daemon = try site.watch()
        for number in passed { try move(site, "review/\(number).jpg", "labelled/normal/\(number).jpg") }
        for number in called { try move(site, "review/\(number).jpg", "labelled/disease/\(number).jpg") }
        try daemon.waitForLine("below 0.99")
        try move(site, "labelled/disease/\(called[0]).jpg", "labelled/normal/\(called[0]).jpg")
        try daemon.waitForLine("is no longer labelled disease")
        #expect(daemon.said.split(separator: "\n").count { $0.contains("below 0.99") } == 1)
        #expect(try daemon.stop() == 0)
        try site.remove("figures.prom")
        let again = try site.watch()
        try FolderWait.until("the metrics", in: site.work) { site.exists("figures.prom") }
        let metrics = String(decoding: try site.read("figures.prom"), as: UTF8.self)
        #expect(metrics.contains(#"fundusd_in_service_sensitivity_ratio{bound="lower"} 0."#))
        #expect(metrics.contains(#"fundusd_in_service_specificity_ratio{bound="upper"} "#))
        #expect(
            metrics.contains("fundusd_review_drawn_images 16") && metrics.contains("fundusd_review_waiting_images 0"))
        #expect(try again.stop() == 0)
    }

    /// Answers come while the daemon is killed again and again, in the middle of its looks and of placing pictures.
    @Test func `killed at thirty points, no label is lost or doubled, and no picture is lost`() throws {
        let count = 30
        let site = try site("\(Self.everything)\nworkers: 2")
        var generator = SeededGenerator(seed: 20)
        var answered: [Int: String] = [:]
        for number in 0..<count {
            try site.write(eye(number), to: "inbox/\(number).jpg")
            let daemon = try site.watch()
            // Something to put there, something to answer; the kill comes anywhere in between.
            for waiting in try pictures(site).prefix(2) {
                guard let picture = Int(waiting.dropLast(4)) else { continue }
                let label = ["disease", "normal", "ungradable"][picture % 3]
                if picture % 2 == 0 {
                    try move(site, "review/\(waiting)", "labelled/\(label)/\(waiting)")
                } else {
                    try site.write(eye(picture), to: "labelled/\(label)/\(waiting)")
                }
                answered[picture] = label
            }
            usleep(UInt32.random(in: 0...300_000, using: &generator))
            try daemon.stop(with: SIGKILL)
        }
        let daemon = try site.watch()
        try site.waitForVerdicts(count)
        try FolderWait.until("every picture in its place", in: site.path("review")) {
            let waiting = try Set(pictures(site).compactMap { Int($0.dropLast(4)) })
            return waiting == Set(0..<count).subtracting(answered.keys)
        }
        #expect(try daemon.stop() == 0)
        for (picture, label) in answered { #expect(try site.read("labelled/\(label)/\(picture).jpg") == eye(picture)) }
        let found = try performance(site)
        #expect(found.drawn == count && found.waiting == count - answered.count && found.disagreements.isEmpty)
        let audit = try site.run("audit", "verify")
        #expect(audit.status == 0, "\(audit.output)\(audit.errors)")
        #expect(audit.output.hasPrefix("\(count + answered.count) "), "one link a verdict and a label: \(audit.output)")
    }
}
