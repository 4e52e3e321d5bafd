// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

/// `fundusd bench`: figures that a script can take.
@Suite struct BenchCommandTests {
    private struct Report: Decodable {
        let model: String
        let threads: Int
        let width: Int
        let decode: Double
        let prepare: Double
        let network: Double
        let startToFirstVerdict: Double
        let peakResident: Double

        private enum CodingKeys: String, CodingKey {
            case model, threads, width
            case decode = "decode_ms"
            case prepare = "prepare_ms"
            case network = "network_ms"
            case startToFirstVerdict = "start_to_first_verdict_ms"
            case peakResident = "peak_resident_mb"
        }
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
