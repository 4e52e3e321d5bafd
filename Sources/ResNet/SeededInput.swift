// SPDX-License-Identifier: Apache-2.0
/// A network input that a name and a seed define: blocks of color with fine noise, so that every layer has work.
///
/// Value at (c, y, x) = coarse(c, ⌊8y/height⌋, ⌊8x/width⌋) + fine(c, y, x), where `coarse` are the 3·8·8 values of the stream
/// `NAME/coarse` in ±1.5 and `fine` those of `NAME/fine` in ±0.5 (`SplitMix64.values`). About as large as a normalized eye.
package enum SeededInput {
    private static let blocks = 8

    /// - Returns: NCHW, 1×3×height×width.
    package static func values(name: String, seed: UInt64, height: Int, width: Int) -> [Float] {
        var coarseStream = SplitMix64(name: name + "/coarse", seed: seed)
        var fineStream = SplitMix64(name: name + "/fine", seed: seed)
        let coarse = coarseStream.values(count: 3 * blocks * blocks, bound: 1.5)
        var values = fineStream.values(count: 3 * height * width, bound: 0.5)
        var place = 0
        for channel in 0..<3 {
            for y in 0..<height {
                let row = (channel * blocks + y * blocks / height) * blocks
                for x in 0..<width {
                    values[place] += coarse[row + x * blocks / width]
                    place += 1
                }
            }
        }
        return values
    }
}
