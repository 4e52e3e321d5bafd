// SPDX-License-Identifier: Apache-2.0
/// The receiver operating characteristic: what each threshold catches, against what it alarms for nothing.
package struct ROCCurve: Sendable, Equatable {
    /// What one threshold gives.
    package struct Point: Sendable, Equatable {
        /// Nil at the start of the curve, where no image is called disease.
        package let threshold: Double?
        /// 1 − specificity.
        package let falsePositiveRate: Double
        /// Sensitivity.
        package let truePositiveRate: Double
    }

    /// From (0, 0) to (1, 1), one point for each different score.
    package let points: [Point]
    /// P(a random image with disease scores above a random normal one), a tie counting half.
    package let areaUnderCurve: Double

    /// Nil where one class is absent: there is nothing to tell apart.
    package init?(_ steps: ThresholdSteps) {
        guard steps.diseaseCount > 0, steps.normalCount > 0 else { return nil }
        let (disease, normal) = (Double(steps.diseaseCount), Double(steps.normalCount))
        points =
            [Point(threshold: nil, falsePositiveRate: 0, truePositiveRate: 0)]
            + steps.steps.map {
                Point(
                    threshold: $0.threshold, falsePositiveRate: Double($0.falsePositives) / normal,
                    truePositiveRate: Double($0.truePositives) / disease)
            }
        areaUnderCurve = Double(Self.doubledArea(steps)) / (2 * disease * normal)
    }

    /// Trapezoids in whole counts: exact, whatever the number of images.
    private static func doubledArea(_ steps: ThresholdSteps) -> Int {
        var (area, truePositives, falsePositives) = (0, 0, 0)
        for step in steps.steps {
            area += (step.falsePositives - falsePositives) * (step.truePositives + truePositives)
            (truePositives, falsePositives) = (step.truePositives, step.falsePositives)
        }
        return area
    }

    /// The points where the curve bends: the same line with fewer numbers.
    package var corners: [Point] {
        points.indices.filter { isCorner($0) }.map { points[$0] }
    }

    private func isCorner(_ place: Int) -> Bool {
        guard place > 0, place + 1 < points.count else { return true }
        let (before, here, after) = (points[place - 1], points[place], points[place + 1])
        let isUpright =
            before.falsePositiveRate == here.falsePositiveRate
            && here.falsePositiveRate == after.falsePositiveRate
        let isLevel =
            before.truePositiveRate == here.truePositiveRate
            && here.truePositiveRate == after.truePositiveRate
        return !isUpright && !isLevel
    }
}
