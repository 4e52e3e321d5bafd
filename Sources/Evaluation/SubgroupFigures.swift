// SPDX-License-Identifier: Apache-2.0
/// The figures of one part of the images: a subfolder, a camera, a clinic.
package struct SubgroupFigures: Sendable, Equatable {
    /// What the images were divided by, such as `subfolder` or `source`.
    package let division: String
    package let name: String
    package let matrix: ConfusionMatrix
    /// Nil where a class is absent.
    package let areaUnderCurve: Double?
    /// DeLong's; nil where it says nothing.
    package let areaUnderCurveInterval: Interval?

    package var diseaseCount: Int { matrix.truePositives + matrix.falseNegatives }
    package var normalCount: Int { matrix.trueNegatives + matrix.falsePositives }

    /// One for each name, in the names' order; images without a name are left out.
    ///
    /// - Parameter names: the subgroup of each sample.
    package static func all(
        _ samples: ScoredSamples, by division: String, names: [String?], threshold: Double
    ) -> [SubgroupFigures] {
        precondition(names.count == samples.count, "a name or nil for each sample")
        var places: [String: [Int]] = [:]
        for (place, name) in names.enumerated() {
            if let name { places[name, default: []].append(place) }
        }
        return places.keys.sorted().map { name in
            SubgroupFigures(division: division, name: name, samples[places[name] ?? []], threshold: threshold)
        }
    }

    private init(division: String, name: String, _ samples: ScoredSamples, threshold: Double) {
        let steps = ThresholdSteps(samples)
        let roc = ROCCurve(steps)
        self.division = division
        self.name = name
        matrix = steps.matrix(at: threshold)
        areaUnderCurve = roc?.areaUnderCurve
        areaUnderCurveInterval = roc.flatMap {
            DeLongInterval.interval(samples, areaUnderCurve: $0.areaUnderCurve)
        }
    }
}
