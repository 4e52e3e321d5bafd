// SPDX-License-Identifier: Apache-2.0
import Fixtures
import LinuxIO
import Testing

/// `fundusd model calibrate`, and int8 wherever a precision may be named.
@Suite(.enabled(if: Fundusd.isByKernels, "OpenBLAS computes in float32 alone")) struct CalibrateCommandTests {
    private struct Report: Decodable { let precision: String }

    private func site(_ configuration: String = "") throws -> ScreeningSite {
        let site = try ScreeningSite(model: .copied, configuration: configuration)
        for folder in ["holdout/disease", "holdout/normal"] { try site.makeFolder(folder) }
        try site.write(Eyes.first, to: "holdout/disease/a.jpg")
        try site.write(Eyes.second, to: "holdout/normal/b.jpg")
        try site.write(Eyes.third, to: "eye.jpg")
        return site
    }

    @Test func `a calibrated model judges in int8`() throws {
        let site = try site("precision: int8")
        let refused = try site.run("classify", "eye.jpg")
        #expect(refused.status == 78 && refused.errors.contains("fundusd model calibrate --holdout"))
        let calibrated = try site.run("model", "calibrate", "--holdout", "holdout")
        #expect(calibrated.status == 0 && calibrated.output.contains("on 2 images at the threshold 0.5"))
        #expect(calibrated.output.contains("AUC") && calibrated.output.contains("at least 100 images"))
        let verdict = try site.run("classify", "eye.jpg")
        #expect(verdict.status == 0 && verdict.output.contains(#""precision":"int8""#))
        _ = try verdict.verdicts()
        let bench = try site.run("bench", "--json", "--rounds", "1", "--image", "eye.jpg")
        #expect(try bench.decoded(Report.self).precision == "int8")
    }

    @Test func `without evidence auto stays with floats`() throws {
        let site = try site()
        #expect(try site.run("model", "calibrate", "--holdout", "holdout").status == 0)
        #expect(try site.run("classify", "eye.jpg").output.contains(#""precision":"float32""#))
        let asked = try site.run("classify", "--precision", "int8", "eye.jpg")
        #expect(asked.output.contains(#""precision":"int8""#))
    }

    @Test func `one class is no hold-out`() throws {
        let site = try site()
        try site.remove("holdout/normal/b.jpg")
        let outcome = try site.run("model", "calibrate", "--holdout", "holdout")
        #expect(outcome.status == 65 && outcome.errors.contains("normal"))
        #expect(try !site.names(in: "state/models").contains { site.exists("state/models/\($0)/quantization.json") })
    }
}
