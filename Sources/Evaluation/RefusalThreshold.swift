// SPDX-License-Identifier: Apache-2.0
/// The threshold of P(gradable) below which a picture is refused, and what it costs.
package struct RefusalThreshold: Sendable, Equatable {
    package let value: Double
    /// Of the gradable pictures, those that are refused all the same.
    package let gradableRefused: Proportion
    /// Of the ungradable ones, those that are refused.
    package let ungradableFound: Proportion

    /// The highest threshold below which at most a share of the gradable pictures fall; nil where there are none.
    ///
    /// It lies halfway between the lowest score that must stay and the next one below, so that the last digit of a score,
    /// which another instruction set may round otherwise, decides nothing. Strictly inside 0…1.
    package init?(refusingAtMost share: Double, scores: [Double], isGradable: [Bool]) {
        precondition(0..<1 ~= share && scores.count == isGradable.count, "a share, and a class for each score")
        let gradable = zip(scores, isGradable).filter(\.1).map(\.0).sorted()
        let ungradable = zip(scores, isGradable).filter { !$0.1 }.map(\.0)
        guard !gradable.isEmpty else { return nil }
        // 2 % of 350 is a little more than 7 in binary, and of other counts a little less than a whole number.
        let lowest = gradable[Int(share * Double(gradable.count) + 1e-9)]
        let below = scores.filter { $0 < lowest }.max() ?? 0
        let value = min(max((lowest + below) / 2, 1e-9), 1 - 1e-9)
        self.value = value
        gradableRefused = Proportion(gradable.count { $0 < value }, of: gradable.count)
        ungradableFound = Proportion(ungradable.count { $0 < value }, of: ungradable.count)
    }
}
