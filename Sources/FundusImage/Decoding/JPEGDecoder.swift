// SPDX-License-Identifier: Apache-2.0
/// Decodes JPEGs, and says of every other file what it is instead: what the inbox takes. All is as of `PhotographDecoder`.
package enum JPEGDecoder {
    /// Reads the header only; a picture over the limit is refused here, before memory is taken.
    package static func header(of bytes: [UInt8], maximumPixels: Int) throws(DecodeFailure) -> JPEGHeader {
        try PhotographDecoder(.jpeg, maximumPixels: maximumPixels).jpegHeader(of: bytes)
    }

    /// The most that decoding a picture of so many pixels may hold at once beside its rows.
    package static func mostCoefficientBytes(maximumPixels: Int) -> Int {
        JPEGLimits(pixels: maximumPixels).coefficientBytes
    }

    /// Decodes and resizes row by row.
    package static func decode(
        _ bytes: [UInt8], resizedTo size: (width: Int, height: Int), maximumPixels: Int,
        fidelity: DecodeFidelity = .full, progress: () -> Void = {}
    ) throws(DecodeFailure) -> DecodedImage {
        try PhotographDecoder(.jpeg, maximumPixels: maximumPixels).decode(
            bytes, resizedTo: size, fidelity: fidelity, progress: progress)
    }

    /// Decodes a photograph as a model sees it.
    package static func decode(
        _ bytes: [UInt8], as preprocessing: Preprocessing, maximumPixels: Int, fidelity: DecodeFidelity = .full,
        progress: () -> Void = {}
    ) throws(DecodeFailure) -> DecodedImage {
        try PhotographDecoder(.jpeg, maximumPixels: maximumPixels).decode(
            bytes, as: preprocessing, fidelity: fidelity, progress: progress)
    }

    /// Decodes at full size: three bytes a pixel.
    package static func decode(_ bytes: [UInt8], maximumPixels: Int) throws(DecodeFailure) -> DecodedImage {
        try PhotographDecoder(.jpeg, maximumPixels: maximumPixels).decode(bytes)
    }
}
