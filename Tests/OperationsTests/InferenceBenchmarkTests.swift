// SPDX-License-Identifier: Apache-2.0
import Fixtures
import LinuxIO
import SystemPackage
import Testing

@testable import Operations

@Suite struct InferenceBenchmarkTests {
    private func report(
        _ site: ScreeningSite, image: String?, batch: Int? = nil
    ) throws -> BenchmarkReport {
        try InferenceBenchmark(
            try site.settings(), image: image.map(site.path), model: nil, rounds: 1, batch: batch
        ).run()
    }

    @Test func `its figures are finite and positive`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "eye.jpg")
        let report = try report(site, image: "eye.jpg", batch: 2)
        let figures = [
            report.decode, report.prepare, report.network, report.startToFirstVerdict, report.peakResidentMegabytes,
            try #require(report.batchNetwork),
        ]
        #expect(figures.allSatisfy { $0.isFinite && $0 > 0 }, "\(figures)")
        #expect(report.threads == 1 && report.width == 256 && !report.model.isEmpty && report.batch == 2)
    }

    @Test func `without an image it draws its own`() throws {
        #expect(try report(ScreeningSite(), image: nil).width == 2000)
    }

    @Test(arguments: [("missing.jpg", LinuxIO.ExitStatus.noInput), ("text.jpg", .dataError)])
    func `an image that can't be measured with is refused`(name: String, status: LinuxIO.ExitStatus) throws {
        let site = try ScreeningSite()
        try site.write("no picture", to: "text.jpg")
        let refusal = try #require(throws: Refusal.self) { try report(site, image: name) }
        #expect(refusal.status == status && refusal.message.contains(name))
    }
}
