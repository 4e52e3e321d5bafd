// SPDX-License-Identifier: Apache-2.0
package import FundusImage

/// A drawn eye, altered in each way that training pictures are, tile by tile: the picture of `docs/alterations.md`.
package enum AlterationSheet {
    private static let columns = 8
    private static let tileSide = 128
    private static let gap = 4

    package static var jpeg: [UInt8] { SyntheticPictures.encode(picture, quality: 82) }

    /// Three rows of single parts of an alteration, one of drawn ones, two of damages.
    package static var picture: RGBPicture {
        let eye = SyntheticEye(seed: 12, width: tileSide, height: tileSide, lesionCount: 6).picture
        let altered = (parts + drawn).map { $0.applied(to: eye) }
        let damaged = PictureDamage.Kind.allCases.enumerated().map { seed, kind in
            PictureDamage(kind: kind, strength: 0.5, seed: UInt64(seed)).applied(to: eye)
        }
        return sheet(of: altered + damaged)
    }

    /// At the end of their range.
    private static let parts: [CameraAlteration] = [
        .none, with { $0.isFlippedAcross = true }, with { $0.isFlippedDown = true }, with { $0.angle = 40 },
        with { $0.scale = 0.88 }, with { $0.scale = 1.14 }, with { ($0.shiftAcross, $0.shiftDown) = (0.05, 0.05) },
        with { $0.stretch = 0.03 },
        with { $0.temperature = 0.12 }, with { $0.temperature = -0.12 },
        with { ($0.redGain, $0.greenGain, $0.blueGain) = (0.92, 1.08, 0.92) }, with { $0.brightness = 0.75 },
        with { $0.brightness = 1.3 }, with { $0.contrast = 0.8 }, with { $0.contrast = 1.25 }, with { $0.gamma = 0.75 },
        with { $0.gamma = 1.33 }, with { $0.saturation = 0.7 }, with { $0.saturation = 1.3 },
        with { $0.vignette = -0.35 }, with { $0.vignette = 0.35 }, with { $0.blur = 1.2 }, with { $0.noise = 6 },
        with { $0.jpegQuality = 40 },
    ]

    private static let drawn: [CameraAlteration] = {
        var generator = SeededGenerator(seed: 1)
        return (0..<columns).map { _ in CameraAlteration.drawn(using: &generator) }
    }()

    private static func with(_ change: (inout CameraAlteration) -> Void) -> CameraAlteration {
        var alteration = CameraAlteration.none
        change(&alteration)
        return alteration
    }

    private static func sheet(of tiles: [RGBPicture]) -> RGBPicture {
        let pitch = tileSide + gap
        let (width, height) = (columns * pitch - gap, (tiles.count + columns - 1) / columns * pitch - gap)
        var pixels = [UInt8](repeating: 255, count: 3 * width * height)
        for (number, tile) in tiles.enumerated() {
            let (left, top) = (number % columns * pitch, number / columns * pitch)
            for y in 0..<tileSide {
                let start = 3 * ((top + y) * width + left)
                let row = tile.pixels[3 * y * tileSide..<3 * (y + 1) * tileSide]
                pixels.replaceSubrange(start..<start + row.count, with: row)
            }
        }
        return RGBPicture(width: width, height: height, pixels: pixels)
    }
}
