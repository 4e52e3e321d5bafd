// SPDX-License-Identifier: Apache-2.0
/// What each place of the last map says for one output: the logit that it would give if the whole map were like it.
///
/// B. Zhou et al., “Learning deep features for discriminative localization”, CVPR 2016 (arXiv 1512.04150). The head is
/// linear and sees the mean of the map over its places, so the mean of these values is the logit itself.
package struct ClassActivationMap: Sendable, Equatable {
    /// In places of the last maps: a 32nd of the input's.
    package let height: Int
    package let width: Int
    /// [height × width], rows from the top.
    package let values: [Float]

    /// Input pixels from one place of the map to the next: five halvings.
    ///
    /// Each stride-2 window of odd size is centered on every second pixel, from the first on. So place (0, 0) looks at pixel
    /// (0, 0), not at the middle of the first 32 × 32 pixels.
    package static let pixelsPerPlace = 32

    /// - Parameters:
    ///   - map: [channels, height, width] dense.
    ///   - weights: of one output of the head [channels].
    init(of map: [Float], _ size: MapSize, weights: [Float], bias: Float) {
        height = size.height
        width = size.width
        let places = size.plane
        var sums = [Float](repeating: bias, count: places)
        for (channel, weight) in weights.enumerated() {
            for place in 0..<places { sums[place] += weight * map[channel * places + place] }
        }
        values = sums
    }
}
