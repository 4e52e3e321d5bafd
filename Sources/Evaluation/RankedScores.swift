// SPDX-License-Identifier: Apache-2.0
/// One model's scores, sorted once; images are then counted as often as their person was drawn.
struct RankedScores {
    private struct Image {
        let group: Int
        let isDisease: Bool
        let isCalledDisease: Bool
        /// No threshold separates it from the images before it in whose run of equal scores it is not the last.
        let isLastOfScore: Bool
        let squaredError: Double
    }

    struct Figures {
        let area: Double
        let sensitivity: Double
        let brierScore: Double
    }

    /// By score, from the highest down.
    private let images: [Image]

    init(_ samples: ScoredSamples, threshold: Double) {
        let scores = samples.scores
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        images = order.enumerated().map { rank, place in
            let error = scores[place] - (samples.isDisease[place] ? 1 : 0)
            return Image(
                group: samples.groups[place], isDisease: samples.isDisease[place],
                isCalledDisease: scores[place] >= threshold,
                isLastOfScore: rank + 1 == order.count || scores[order[rank + 1]] != scores[place],
                squaredError: error * error)
        }
    }

    /// Normal images that are called disease.
    func falseAlarms(_ weights: [Int]) -> Int {
        images.reduce(0) { $0 + ($1.isCalledDisease && !$1.isDisease ? weights[$1.group] : 0) }
    }

    /// AUC, Brier score, and the best sensitivity of all thresholds that alarm for at most so many normal images.
    ///
    /// Nil where a class is absent.
    func figures(_ weights: [Int], allowing alarms: Int) -> Figures? {
        var (truePositives, falsePositives, lastTrue, lastFalse) = (0, 0, 0, 0)
        var (doubledArea, caught, squares) = (0, 0, 0.0)
        for image in images {
            let weight = weights[image.group]
            if image.isDisease { truePositives += weight } else { falsePositives += weight }
            squares += Double(weight) * image.squaredError
            guard image.isLastOfScore else { continue }
            doubledArea += (falsePositives - lastFalse) * (truePositives + lastTrue)
            if falsePositives <= alarms { caught = truePositives }
            (lastTrue, lastFalse) = (truePositives, falsePositives)
        }
        guard truePositives > 0, falsePositives > 0 else { return nil }
        return Figures(
            area: Double(doubledArea) / (2 * Double(truePositives) * Double(falsePositives)),
            sensitivity: Double(caught) / Double(truePositives),
            brierScore: squares / Double(truePositives + falsePositives))
    }
}
