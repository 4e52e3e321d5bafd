// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Testing

@testable import Report

@Suite struct DisplayNumberTests {
    @Test(arguments: [
        (0.0, 3, "0.000"), (0.7, 2, "0.70"), (0.9996, 3, "1.000"), (0.0005, 3, "0.001"), (12.345, 1, "12.3"),
        (-0.25, 1, "−0.3"), (-0.01, 1, "0.0"), (7.5, 0, "8"), (.nan, 2, "–"), (.infinity, 2, "–"), (1e300, 2, "–"),
    ])
    func `so many places, always`(value: Double, places: Int, text: String) {
        #expect(DisplayNumber.fixed(value, places) == text)
    }

    @Test(arguments: [(0.5, "0.50"), (0.05, "0.05"), (0.31283, "0.3128"), (1, "1.00")])
    func `round thresholds are short`(value: Double, text: String) {
        #expect(DisplayNumber.threshold(value) == text)
    }

    @Test(arguments: [(0.0, 1.0), (1, 10), (1, 2), (-43, 61), (0, 0.69), (0.5, 1), (0, 1e-12), (1, 1)])
    func `an axis covers its values with a few round steps`(least: Double, greatest: Double) {
        let axis = PlotAxis.numbers("", from: least, to: greatest)
        #expect(axis.range.contains(least) && axis.range.contains(greatest))
        #expect(2...9 ~= axis.ticks.count, "\(axis.ticks.map(\.label))")
        #expect(Set(axis.ticks.map(\.label)).count == axis.ticks.count || greatest - least < 1e-6)
    }
}
