// SPDX-License-Identifier: Apache-2.0
internal import CJPEG

/// Writes JPEG: heatmaps beside verdicts, and the synthetic eyes that the tests are fed with.
package enum JPEGEncoder {
    /// What the file stores for each pixel.
    package enum Colors: Sendable {
        case yCbCr(ChromaSampling)
        /// Luma only, as ITU-R BT.601 weighs red, green and blue.
        case gray
        /// Four inks as Adobe stores them, without black.
        case cmyk
    }

    /// Luma samples for each chroma sample, across and down.
    package enum ChromaSampling: Sendable {
        case full  // 4:4:4
        case halfAcross  // 4:2:2
        case quarter  // 4:2:0
    }

    /// - Parameters:
    ///   - quality: libjpeg's scale, 1…100.
    ///   - restartRows: rows of blocks from one restart marker to the next; 0 for none.
    package static func encode(
        _ picture: RGBPicture, quality: Int = 90, colors: Colors = .yCbCr(.quarter), isProgressive: Bool = false,
        restartRows: Int = 0
    ) throws(DecodeFailure) -> [UInt8] {
        precondition((1...100).contains(quality), "libjpeg's quality scale is 1…100")
        let rows = samples(of: picture, as: colors)
        let encoding = fd_jpeg_encoding(
            quality: Int32(quality), horizontal_sampling: sampling(of: colors).across,
            vertical_sampling: sampling(of: colors).down, is_progressive: isProgressive,
            restart_rows: Int32(restartRows))
        var output = unsafe fd_jpeg_output()
        let fault = unsafe rows.bytes.withUnsafeBufferPointer { buffer in
            let source = unsafe fd_jpeg_picture(
                rows: buffer.baseAddress, width: UInt32(picture.width), height: UInt32(picture.height),
                samples: rows.kind)
            return unsafe fd_jpeg_encode(source, encoding, &output)
        }
        // The only other fault is a side of more than 65 500 pixels.
        if fault == FD_JPEG_OUT_OF_MEMORY { throw .outOfMemory }
        precondition(fault == FD_JPEG_OK, "a JPEG's side is at most 65500 pixels")
        defer { unsafe fd_jpeg_output_free(&output) }
        return unsafe Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
    }

    private static func samples(of picture: RGBPicture, as colors: Colors) -> (bytes: [UInt8], kind: fd_jpeg_samples) {
        let pixels = picture.pixels
        let starts = stride(from: 0, to: pixels.count, by: 3)
        switch colors {
        case .yCbCr:
            return (pixels, FD_JPEG_RGB)
        case .gray:
            return (starts.map { luma(pixels[$0], pixels[$0 + 1], pixels[$0 + 2]) }, FD_JPEG_GRAY)
        case .cmyk:
            return (starts.flatMap { [pixels[$0], pixels[$0 + 1], pixels[$0 + 2], 255] }, FD_JPEG_CMYK)
        }
    }

    private static func luma(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
        let thousandfold: Int = 299 * Int(red) + 587 * Int(green) + 114 * Int(blue)
        return UInt8((thousandfold + 500) / 1000)
    }

    private static func sampling(of colors: Colors) -> (across: Int32, down: Int32) {
        switch colors {
        case .yCbCr(.halfAcross): (2, 1)
        case .yCbCr(.quarter): (2, 2)
        case .yCbCr(.full), .gray, .cmyk: (1, 1)
        }
    }
}
