// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

/// The threshold as an example of a setting: who may give it, who wins, and what it does to a verdict.
@Suite struct ThresholdTests {
    /// One way to give settings, and the threshold that must come out.
    struct Sources: Sendable, CustomTestStringConvertible {
        var file: String?
        var environment: String?
        var option: String?
        let value: Double
        let source: String

        var testDescription: String {
            "file \(file ?? "–"), environment \(environment ?? "–"), option \(option ?? "–")"
        }
    }

    static let sources = [
        Sources(value: 0.5, source: "model"),
        Sources(file: "0.000001", value: 0.000001, source: "configuration"),
        Sources(file: "0.999999", value: 0.999999, source: "configuration"),
        Sources(environment: "0.000001", value: 0.000001, source: "configuration"),
        Sources(option: "0.999999", value: 0.999999, source: "configuration"),
        Sources(file: "0.1", environment: "0.2", value: 0.2, source: "configuration"),
        Sources(environment: "0.2", option: "0.3", value: 0.3, source: "configuration"),
        Sources(file: "0.1", option: "0.3", value: 0.3, source: "configuration"),
        Sources(file: "0.1", environment: "0.2", option: "0.3", value: 0.3, source: "configuration"),
    ]

    @Test(arguments: sources) func `an option beats the environment, that beats the file, that beats the model`(
        given: Sources
    ) throws {
        let site = try ScreeningSite(configuration: given.file.map { "threshold: \($0)" } ?? "")
        try site.write(Eyes.first, to: "eye.jpg")
        let options = given.option.map { ["--threshold", $0] } ?? []
        let outcome = try site.runBare(
            ["classify", "eye.jpg", "--config", "config.yaml"] + options,
            environment: given.environment.map { ["FUNDUSD_THRESHOLD": $0] } ?? [:])
        let verdict = try #require(try outcome.verdicts().first)
        #expect(verdict.threshold.value == given.value)
        #expect(verdict.threshold.source == given.source)
        let probability = try #require(verdict.probability)
        #expect(verdict.outcome == (probability >= given.value ? "disease" : "normal"))
    }

    @Test func `the outcome turns with the threshold, the probability does not`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.second, to: "eye.jpg")
        let low = try #require(try site.run("classify", "eye.jpg", "--threshold", "0.000001").verdicts().first)
        let high = try #require(try site.run("classify", "eye.jpg", "--threshold", "0.999999").verdicts().first)
        #expect(low.outcome == "disease" && low.action == "refer")
        #expect(high.outcome == "normal" && high.action == "routine")
        #expect(low.probability == high.probability)
    }

    @Test func `a sensitivity that the model has no figures for is refused with 78`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "eye.jpg")
        let outcome = try site.run("classify", "eye.jpg", "--target-sensitivity", "0.95")
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("target-sensitivity"))
        #expect(outcome.output.isEmpty)
    }
}
