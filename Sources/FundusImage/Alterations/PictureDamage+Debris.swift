// SPDX-License-Identifier: Apache-2.0
internal import Glibc

extension FloatPicture {
    /// 18 to 34 eyelashes that come in from one side and 20 to 60 specks of dust, all out of focus with a deviation of
    /// 1.2 to 2.2 % of the side.
    func littered(_ strength: Double, _ chance: inout some RandomNumberGenerator) -> FloatPicture {
        var lashes = SoftStrokes(width: width, height: height)
        let side = chance.value(in: 0...Float(2 * Double.pi))
        for _ in 0..<Int(Self.grown(strength, 18, 34)) {
            let opacity = chance.value(in: Float(0.75)...0.95)
            lashes.addStroke(
                Self.lash(from: side, &chance), radius: chance.value(in: Float(0.03)...0.075), opacity: opacity)
        }
        for _ in 0..<Int(Self.grown(strength, 20, 60)) {
            let place = SIMD2(chance.value(in: Float(-1)...1), chance.value(in: Float(-1)...1))
            let opacity = chance.value(in: Float(0.3)...0.8)
            lashes.addDot(at: place, radius: chance.value(in: Float(0.02)...0.09), opacity: opacity)
        }
        var result = self
        let dark = SIMD4<Float>(28, 16, 10, 0)
        result.blend(toward: dark, by: zip(fieldShares, lashes.coverage).map { $0 * $1 })
        return result.stronglyBlurred(deviation: Self.grown(strength, 0.012, 0.022) * Double(shorterSide))
    }

    /// From beyond the rim, within 70° of a side, toward the other side, past the middle or short of it.
    private static func lash(from side: Float, _ chance: inout some RandomNumberGenerator) -> BentLine {
        let angle = side + chance.value(in: Float(-1.2)...1.2)
        let start = SIMD2(cos(angle), sin(angle)) * 1.05
        let inward = SIMD2(-cos(side), -sin(side)) * chance.value(in: Float(0.7)...1.7)
        let aside = SIMD2(-inward.y, inward.x)
        let bend = start + 0.5 * inward + aside * chance.value(in: Float(-0.3)...0.3)
        return BentLine(start: start, bend: bend, end: start + inward + aside * chance.value(in: Float(-0.4)...0.4))
    }
}
