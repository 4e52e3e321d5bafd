// SPDX-License-Identifier: Apache-2.0
extension ModelRecord {
    /// What a judge's second output is: the logit of P(gradable), and below which probability a picture is not to be judged.
    package struct Gradability: Codable, Sendable, Equatable {
        /// Of the network's outputs, counted from 0.
        package var output: Int
        /// P(gradable) below it is ungradable.
        package var threshold: Double
        /// On the hold-out, as the two shares are; nil where it has too few pictures to say.
        package var areaUnderCurve: Double?
        /// The share of ungradable pictures that fall below the threshold.
        package var ungradableFound: Double?
        /// The share of gradable ones that do.
        package var gradableRefused: Double?

        package init(
            output: Int = 1, threshold: Double, areaUnderCurve: Double? = nil, ungradableFound: Double? = nil,
            gradableRefused: Double? = nil
        ) {
            self.output = output
            self.threshold = threshold
            self.areaUnderCurve = areaUnderCurve
            self.ungradableFound = ungradableFound
            self.gradableRefused = gradableRefused
        }

        /// The first value that can't be.
        var fault: String? {
            if output != 1 { return "gradability is said to be output \(output), and not 1" }
            if !(0 < threshold && threshold < 1) {
                return "gradability's threshold \(threshold) is not between 0 and 1"
            }
            let figures = [areaUnderCurve, ungradableFound, gradableRefused].compactMap(\.self)
            return figures.allSatisfy { 0...1 ~= $0 } ? nil : "gradability holds a figure that is not between 0 and 1"
        }
    }
}
