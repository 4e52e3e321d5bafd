// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Fixtures

/// The table of docs/evaluation.md: how often the intervals of `fundusd performance` hold the truth.
struct ReviewSites: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Simulates sites whose sensitivity and specificity are known, and prints how often the intervals hold them.",
        discussion: "Sites are seeded by number: the same options print the same table.")
    @Option var sites = 1000
    @Option(help: "Draws of the posterior for one site.") var draws = 4000

    func run() throws {
        var coverage = IntervalCoverage()
        for number in 0..<sites { coverage.add(SimulatedSite(number: UInt64(number)), draws: draws) }
        print(
            "| figure | sites with a figure | 95 % interval holds the truth | mean width | mean error | "
                + "unweighted: Wilson's holds it | mean error |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        row("sensitivity", coverage.sensitivity, of: coverage.sites)
        row("specificity", coverage.specificity, of: coverage.sites)
    }

    private func row(_ name: String, _ count: IntervalCoverage.Count, of sites: Int) {
        let stated = Double(max(1, count.stated))
        print(
            "| \(name) | \(count.stated) of \(sites) | \(percent(count.share)) % | \(percent(count.width / stated)) points | "
                + "\(percent(count.error / stated)) points | \(percent(count.shareWithoutWeights)) % | "
                + "\(percent(count.errorWithoutWeights / stated)) points |")
    }

    private func percent(_ share: Double) -> Double { (share * 1000).rounded() / 10 }
}
