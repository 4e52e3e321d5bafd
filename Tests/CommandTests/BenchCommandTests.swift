// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

/// `fundusd bench`: figures that a script can take.
@Suite struct BenchCommandTests {
    private struct Report: Decodable {
        let model: String
        let threads: Int
        let engine: String
        let precision: String
        let reason: String
        let layers: [Layer]?
        let width: Int
        let decode: Double
        let prepare: Double
        let network: Double
        let startToFirstVerdict: Double
        let peakResident: Double

        private enum CodingKeys: String, CodingKey {
            case model, threads, engine, precision, width, layers
            case reason = "precision_reason"
            case decode = "decode_ms"
            case prepare = "prepare_ms"
            case network = "network_ms"
            case startToFirstVerdict = "start_to_first_verdict_ms"
            case peakResident = "peak_resident_mb"
        }
    }

    private struct Layer: Decodable {
        let name: String
        let ms: Double
    }

    @Test(arguments: ["kernels", "openblas"]) func `it says who computes, and in what, and why`(engine: String) throws {
        let site = try ScreeningSite()
        let outcome = try site.run(
            "bench", "--json", "--layers", "--rounds", "1", environment: ["FUNDUSD_ENGINE": engine])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let report = try outcome.decoded(Report.self)
        #expect(report.engine == engine && report.precision == "float32" && !report.reason.isEmpty)
        let layers = try #require(report.layers)
        #expect(layers.count == 53 + 3 && layers.allSatisfy { $0.ms.isFinite && $0.ms > 0 })
        #expect(layers.first?.name == "conv1" && layers.last?.name == "fc")
        let text = try site.run("bench", "--layers", "--rounds", "1", environment: ["FUNDUSD_ENGINE": engine]).output
        #expect(text.contains(engine) && text.contains(report.reason) && text.contains("layer4.2.conv3"))
    }

    @Test func `an unknown engine is refused by name`() throws {
        let outcome = try ScreeningSite().run("bench", environment: ["FUNDUSD_ENGINE": "blas"])
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("“blas”") && outcome.errors.contains("openblas"))
    }

    @Test func `OpenBLAS refuses a precision that it lacks`() throws {
        let outcome = try ScreeningSite().run(
            "bench", "--precision", "bf16", environment: ["FUNDUSD_ENGINE": "openblas"])
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("OpenBLAS") && outcome.errors.contains("FUNDUSD_ENGINE"))
    }

    @Test func `its figures are finite and positive`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "eye.jpg")
        let outcome = try site.run("bench", "--json", "--rounds", "1", "--image", "eye.jpg")
        #expect(outcome.status == 0)
        let report = try outcome.decoded(Report.self)
        let figures = [
            report.decode, report.prepare, report.network, report.startToFirstVerdict, report.peakResident,
        ]
        #expect(figures.allSatisfy { $0.isFinite && $0 > 0 }, "\(figures)")
        #expect(report.threads == 1 && report.width == 256 && !report.model.isEmpty)
    }
}
