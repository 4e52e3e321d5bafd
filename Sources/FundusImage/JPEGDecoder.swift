// In:  the bytes of a file that says it is a JPEG.
// Out: RGB pixels, resized on the way as Pillow would, or the reason why there are none.
// Called by Screening (the pipeline), Training (samples) and the bench.

/// Decodes JPEG to the pixels that Pillow gives: accurate DCT, smooth chroma upsampling, no EXIF rotation.
///
/// A picture is given only if the file is whole: the end-of-image marker must be there, and every warning of libjpeg
/// after which it would go on with invented samples ends the decode. Pillow is more lenient in both.
package enum JPEGDecoder {
    /// Reads the header only; a picture over the limit is refused here, before memory is taken.
    package static func header(of bytes: [UInt8], maximumPixels: Int) throws(DecodeFailure) -> JPEGHeader {
        try withStream(over: bytes, maximumPixels) { (stream) throws(DecodeFailure) in stream.header }
    }

    /// Decodes and resizes row by row, so that a 100-megapixel picture needs no more memory than a small one.
    ///
    /// Progressive pictures are the exception: libjpeg holds their coefficients, at most 6 bytes for each of
    /// `maximumPixels`.
    /// - Parameter progress: Called every few dozen rows, for a watchdog.
    package static func decode(
        _ bytes: [UInt8], resizedTo size: (width: Int, height: Int), maximumPixels: Int,
        progress: () -> Void = {}
    ) throws(DecodeFailure) -> DecodedImage {
        precondition(size.width > 0 && size.height > 0, "the network's input has at least one pixel")
        return try withStream(over: bytes, maximumPixels) { (stream) throws(DecodeFailure) in
            let source = (width: stream.header.width, height: stream.header.height)
            var resizer = StreamingResizer(from: source, to: size)
            try forEachRow(of: stream, progress: progress) { row in resizer.add(row) }
            return DecodedImage(
                sourceWidth: source.width, sourceHeight: source.height, picture: resizer.finish(),
                warnings: stream.warnings)
        }
    }

    /// Decodes at full size: three bytes a pixel.
    package static func decode(_ bytes: [UInt8], maximumPixels: Int) throws(DecodeFailure) -> DecodedImage {
        try withStream(over: bytes, maximumPixels) { (stream) throws(DecodeFailure) in
            let (width, height) = (stream.header.width, stream.header.height)
            var pixels: [UInt8] = []
            try forEachRow(of: stream, progress: {}) { row in
                for i in row.indices { pixels.append(row[i]) }
            }
            return DecodedImage(
                sourceWidth: width, sourceHeight: height,
                picture: RGBPicture(width: width, height: height, pixels: pixels), warnings: stream.warnings)
        }
    }

    private static let rowsBetweenProgress = 32

    private static func withStream<Result>(
        over bytes: [UInt8], _ maximumPixels: Int,
        _ body: (borrowing JPEGStream) throws(DecodeFailure) -> Result
    ) throws(DecodeFailure) -> Result {
        if bytes.isEmpty { throw .empty }
        guard FileSignature.isJPEG(bytes) else {
            throw .notJPEG(lookingLike: FileSignature.appearance(of: bytes))
        }
        return try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(DecodeFailure) in
            // SAFETY: the stream dies before this closure returns, the buffer after it.
            try body(unsafe JPEGStream(buffer, limits: JPEGLimits(pixels: maximumPixels)))
        }
    }

    /// Calls `body` with each row as interleaved RGB, then makes sure that the file was whole.
    private static func forEachRow(
        of stream: borrowing JPEGStream, progress: () -> Void, _ body: (Span<UInt8>) -> Void
    ) throws(DecodeFailure) {
        try stream.start(progress: progress)
        let width = stream.header.width
        var row = [UInt8](repeating: 0, count: width * stream.samplesPerPixel)
        for y in 0..<stream.header.height {
            var samples = row.mutableSpan
            try stream.readRow(into: &samples)
            if stream.samplesPerPixel == 4 { AdobeCMYK.convertToRGB(&samples, width: width) }
            body(row.span.extracting(0..<width * 3))
            if y % rowsBetweenProgress == 0 { progress() }
        }
        try stream.finish()
    }
}
