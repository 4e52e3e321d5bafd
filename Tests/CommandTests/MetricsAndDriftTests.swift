// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
import LinuxIO
import SystemPackage
import Testing

/// What the daemon tells of itself to a monitoring system, and of the week's images.
@Suite struct MetricsAndDriftTests {
    /// The samples of a text in Prometheus' format, by name and labels; a line that is none fails the test.
    private func samples(_ text: String) throws -> [String: Double] {
        var found: [String: Double] = [:]
        var family = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# ") {
                family = String(try #require(line.split(separator: " ").dropFirst(2).first))
                continue
            }
            let place = try #require(line.lastIndex(of: " "), "\(line)")
            let name = String(line[..<place])
            #expect(name.hasPrefix(family), "\(line) is not of the family before it")
            #expect(found[name] == nil, "\(name) comes twice")
            let value: Double = try #require(Double(String(line[line.index(after: place)...])), "\(line)")
            found[name] = value
        }
        return found
    }

    @Test func `the metrics count what was done, and everybody may read them`() throws {
        let site = try ScreeningSite(configuration: "metrics-file: figures.prom")
        for (number, eye) in Eyes.all.enumerated() { try site.write(eye, to: "inbox/eye-\(number).jpg") }
        try site.write(Eyes.tooDark, to: "inbox/dark.jpg")
        try site.write("no picture", to: "inbox/no.jpg")
        #expect(try site.run("screen", "--once").status == 0)
        try site.write(Eyes.first, to: "inbox/again.jpg")
        let daemon = try site.watch()
        try FolderWait.until("six verdicts in the metrics", in: site.work) {
            guard site.exists("figures.prom") else { return false }
            let text = String(decoding: try site.read("figures.prom"), as: UTF8.self)
            return try samples(text)[#"fundusd_verdicts_total{outcome="ungradable"}"#] == 1
        }
        let found = try samples(String(decoding: site.read("figures.prom"), as: UTF8.self))
        #expect(found[#"fundusd_verdicts_total{outcome="rejected"}"#] == 1)
        let model = try #require(try site.status().model)
        #expect(found[#"fundusd_model_info{model="\#(model)"}"#] == 1)
        #expect(try #require(found["fundusd_week_images"]) >= 5)
        #expect(found["fundusd_held_back_images"] == 0 && found["fundusd_set_aside_images"] == 0)
        let documented = try metricNames(in: "docs/metrics.md")
        let given = Set(found.keys.map { String($0.prefix { $0 != "{" }.replacing(/_(bucket|sum|count)$/, with: "")) })
        #expect(given.isSubset(of: documented), "no document tells of \(given.subtracting(documented))")
        #expect(found["fundusd_verdict_seconds_count"] == found[#"fundusd_verdict_seconds_bucket{le="+Inf"}"#])
        #expect(try Folder(site.work).status(of: "figures.prom").permissions & 0o777 == 0o644)
        #expect(try daemon.stop() == 0)
    }

    private func metricNames(in path: String) throws -> Set<String> {
        let file = URL(filePath: PackageRoot.path.pushing(FilePath(path)).string)
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return Set(text.matches(of: /fundusd_[a-z_]+/).map { String($0.0) })
    }

    @Test func `the dashboard asks for what there is`() throws {
        let documented = try metricNames(in: "docs/metrics.md")
        let shown = try metricNames(in: "packaging/grafana/fundusd.json").map { $0.replacing(/_bucket$/, with: "") }
        #expect(shown.count > 8 && Set(shown).isSubset(of: documented), "\(Set(shown).subtracting(documented))")
    }

    @Test func `metrics that can't be written are told once, and images have their verdicts`() throws {
        let site = try ScreeningSite(configuration: "metrics-file: nowhere/figures.prom")
        let daemon = try site.watch()
        try daemon.waitForLine("The metrics can't be written")
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        _ = try site.verdict(of: "eye.jpg")
        #expect(try daemon.stop() == 0)
    }

    @Test func `a name that no collector reads is refused`() throws {
        let site = try ScreeningSite(configuration: "metrics-file: figures.txt")
        let checked = try site.run("check-config")
        #expect(checked.status == 78 && checked.errors.contains("does not end in .prom"))
    }

    @Test func `a week of ungradable pictures is told in the journal`() throws {
        let site = try ScreeningSite()
        for number in 0..<100 { try site.write(Eyes.tooDark, to: "inbox/dark-\(number).jpg") }
        #expect(try site.run("screen", "--once").status == 0)
        let daemon = try site.watch()
        try daemon.waitForLine("100 of 100 pictures are ungradable")
        #expect(try daemon.stop() == 0)
    }
}
