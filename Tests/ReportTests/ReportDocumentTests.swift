// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import Foundation
import Report
import SystemPackage
import Testing

@Suite struct ReportDocumentTests {
    private func object(_ report: EvaluationReport) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(report.document.utf8)) as? [String: Any])
    }

    /// `figures.auc.value`; an array's elements go by its own name.
    private func paths(of value: Any, at path: String = "") -> Set<String> {
        if let object = value as? [String: Any] {
            return object.reduce(into: []) { found, member in
                found.formUnion(paths(of: member.value, at: path.isEmpty ? member.key : "\(path).\(member.key)"))
            }
        }
        guard let array = value as? [Any], array.contains(where: { $0 is [String: Any] }) else { return [path] }
        return array.reduce(into: []) { $0.formUnion(paths(of: $1, at: path)) }
    }

    /// The keys that `docs/evaluation.md` explains, each in backticks at the start of a table's row.
    private func documentedPaths() -> Set<String> {
        let text = String(
            decoding: RealData.bytes(of: PackageRoot.path.pushing("docs/evaluation.md")), as: UTF8.self)
        let section = text.split(separator: "## `report.json`").last ?? ""
        return Set(section.matches(of: /(?m)^\| `([a-z0-9_.]+)`/).map { String($0.output.1) })
    }

    @Test func `every key is documented, and every documented key is there`() throws {
        // Figures occur at several places; the document explains them at the first.
        let places = [
            "gradable_only", "subgroups.at_threshold", "figures.decisions.figures",
            "figures.target_sensitivity.figures",
            "figures.target_sensitivity.held_out.figures", "figures.temperature_scaling.cross_fitted_calibration",
        ]
        let all = try paths(of: object(.example()))
        let keys = all.filter { path in !places.contains { path.hasPrefix("\($0).") } }
        let documented = documentedPaths()
        #expect(keys.subtracting(documented).sorted() == [])
        #expect(documented.subtracting(keys).subtracting(places).sorted() == [])
    }

    /// Read by a decoder that keeps every digit.
    private struct Figures: Decodable {
        struct Share: Decodable {
            let value: Double
            let successes: Int?
            let interval: [Double]
        }
        struct AtThreshold: Decodable { let sensitivity: Share }
        struct Root: Decodable { let figures: Figures }
        let auc: Share
        let atThreshold: AtThreshold
    }

    @Test func `the figures are those of the evaluation, with every digit`() throws {
        let report = try EvaluationReport.example()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let figures = try decoder.decode(Figures.Root.self, from: Data(report.document.utf8)).figures
        #expect(figures.auc.value == report.figures.roc?.areaUnderCurve)
        let sensitivity = figures.atThreshold.sensitivity
        #expect(sensitivity.value == report.figures.matrix.sensitivity.value)
        #expect(sensitivity.successes == report.figures.matrix.truePositives)
        let interval = try #require(report.figures.matrix.sensitivity.interval)
        #expect(sensitivity.interval == [interval.lower, interval.upper])
    }

    @Test func `what can't be told is null`() throws {
        let document = try EvaluationReport.report([EvaluationReport.image("disease/1", 0.5)]).document
        #expect(document.contains("\"gradable_only\": null"))
        #expect(document.contains("\"trained_at\": null"))
        _ = try JSONSerialization.jsonObject(with: Data(document.utf8))
    }

    @Test func `names of any kind are JSON strings`() throws {
        let name = "a\"b\\c\u{1}\u{7F}\n ö\u{1F441}.jpg"
        let report = try EvaluationReport.report(
            [EvaluationReport.image("disease/1", 0.5)], skipped: [.init(path: name, reason: "r")])
        let data = try #require(try object(report)["data"] as? [String: Any])
        #expect((data["skipped"] as? [[String: String]])?.first?["path"] == name)
    }

    @Test func `without ungradable images there is no second set of figures`() throws {
        #expect(try EvaluationReport.example().gradableOnly?.samples.count == 59)
        let images = try EvaluationReport.example().images.filter(\.isGradable)
        #expect(try EvaluationReport.report(images).gradableOnly == nil)
    }
}
