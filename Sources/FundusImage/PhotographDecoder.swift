// SPDX-License-Identifier: Apache-2.0
/// The door for files of several formats: the same pixels, resized in the same way, whatever file held them.
///
/// What is said of `JPEGDecoder` holds of PNG too: turned as EXIF asks (the eXIf chunk), refused where the file is not whole.
package struct PhotographDecoder: Sendable {
    package let formats: PhotographFormats
    package let maximumPixels: Int

    package init(_ formats: PhotographFormats, maximumPixels: Int) {
        self.formats = formats
        self.maximumPixels = maximumPixels
    }

    /// What a file says of itself before any of its pixels is read.
    package struct Header: Sendable, Equatable {
        package let width: Int
        package let height: Int
        /// What decoding holds in memory beside rows: at most `JPEGDecoder.mostCoefficientBytes`.
        package let heldBytes: Int
    }

    /// Reads the header only; a picture over the limit is refused here, before memory is taken.
    package func header(of bytes: [UInt8]) throws(DecodeFailure) -> Header {
        try JPEGDecoder.withStream(over: bytes, maximumPixels, formats) { (stream) throws(DecodeFailure) in
            Header(width: stream.size.width, height: stream.size.height, heldBytes: stream.heldBytes)
        }
    }

    /// Decodes a photograph as a model sees it.
    package func decode(
        _ bytes: [UInt8], as preprocessing: Preprocessing, fidelity: DecodeFidelity = .full,
        progress: () -> Void = {}
    ) throws(DecodeFailure) -> DecodedImage {
        try JPEGDecoder.decode(
            bytes, as: preprocessing, maximumPixels: maximumPixels, fidelity: fidelity, accepting: formats,
            progress: progress)
    }

    /// Decodes and resizes row by row.
    package func decode(
        _ bytes: [UInt8], resizedTo size: (width: Int, height: Int), progress: () -> Void = {}
    ) throws(DecodeFailure) -> DecodedImage {
        try JPEGDecoder.decode(
            bytes, resizedTo: size, maximumPixels: maximumPixels, accepting: formats, progress: progress)
    }

    /// Decodes at full size: three bytes a pixel.
    package func decode(_ bytes: [UInt8]) throws(DecodeFailure) -> DecodedImage {
        try JPEGDecoder.decode(bytes, maximumPixels: maximumPixels, accepting: formats)
    }
}
