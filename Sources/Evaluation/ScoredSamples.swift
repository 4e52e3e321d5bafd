// SPDX-License-Identifier: Apache-2.0
/// What a model said of images whose class is known. The positive class is disease, everywhere and always.
package struct ScoredSamples: Sendable, Equatable {
    /// P(disease) of each image, 0…1.
    package let scores: [Double]
    package let isDisease: [Bool]
    /// Number of the group (usually a person) of each image, counted from 0.
    package let groups: [Int]
    package let groupCount: Int
    /// False where each image is taken for a group of its own.
    package let areGrouped: Bool

    package let diseaseCount: Int
    package var normalCount: Int { count - diseaseCount }
    package var count: Int { scores.count }

    /// - Parameter groups: names that images of one person share, or nil where no such thing is known.
    package init(
        scores: [Double], isDisease: [Bool], groups names: [String]? = nil
    ) throws(EvaluationFailure) {
        precondition(scores.count == isDisease.count, "a class for each score")
        precondition(names.map { $0.count == scores.count } ?? true, "a group for each score")
        if scores.isEmpty { throw .noSamples }
        if let place = scores.firstIndex(where: { !(0...1 ~= $0) }) {
            throw .notAProbability(place: place, value: scores[place])
        }
        self.scores = scores
        self.isDisease = isDisease
        diseaseCount = isDisease.count { $0 }
        areGrouped = names != nil
        (groups, groupCount) = names.map(Self.numbered) ?? (Array(scores.indices), scores.count)
    }

    private static func numbered(_ names: [String]) -> (groups: [Int], count: Int) {
        var numbers: [String: Int] = [:]
        let groups = names.map { name in
            let number = numbers[name] ?? numbers.count
            numbers[name] = number
            return number
        }
        return (groups, numbers.count)
    }

    private init(_ whole: ScoredSamples, _ places: [Int]) {
        scores = places.map { whole.scores[$0] }
        isDisease = places.map { whole.isDisease[$0] }
        groups = places.map { whole.groups[$0] }
        groupCount = Set(groups).count
        areGrouped = whole.areGrouped
        diseaseCount = isDisease.count { $0 }
    }

    /// Some of the samples, by their places; at least one. Group numbers stay, so they need not be without gaps.
    package subscript(places: [Int]) -> ScoredSamples {
        precondition(!places.isEmpty, "samples are never none")
        return ScoredSamples(self, places)
    }

    /// The same samples with other scores, such as calibrated ones.
    package init(_ samples: ScoredSamples, scores: [Double]) {
        precondition(scores.allSatisfy { 0...1 ~= $0 } && scores.count == samples.count, "a probability for each")
        self.scores = scores
        isDisease = samples.isDisease
        groups = samples.groups
        groupCount = samples.groupCount
        areGrouped = samples.areGrouped
        diseaseCount = samples.diseaseCount
    }
}

/// Why figures can't be computed at all.
package enum EvaluationFailure: Error, Equatable, Sendable, CustomStringConvertible {
    case noSamples
    /// A NaN, an infinity, or a number outside 0…1.
    case notAProbability(place: Int, value: Double)

    package var description: String {
        switch self {
        case .noSamples: "there is no image to evaluate; put JPEGs into disease/ and normal/"
        case .notAProbability(let place, let value):
            "score \(place + 1) is \(value), which is no probability; check the model with `fundusd model verify`"
        }
    }
}
