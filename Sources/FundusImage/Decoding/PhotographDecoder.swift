// SPDX-License-Identifier: Apache-2.0
// In:  the bytes of a file that should be a photograph: a JPEG, in labelled folders a PNG as well.
// Out: RGB pixels, resized on the way as Pillow would, or the reason why there are none.
// Called by Screening (the pipeline), Training (samples) and the bench; where only JPEGs are taken, through `JPEGDecoder`.

internal import Processor

/// Decodes photographs to the pixels that Pillow gives, resized in the same way, whatever file held them.
///
/// What a model or a person sees is turned as the picture's EXIF orientation asks (a JPEG's segment, a PNG's eXIf chunk); sizes
/// and rectangles are of the pixels as they are stored.
///
/// A picture is given only if the file is whole: the end must be there, and every warning after which a library would go on with
/// invented samples ends the decode. Pillow is more lenient in both.
package struct PhotographDecoder: Sendable {
    package let formats: PhotographFormats
    /// Width × height that a header may claim.
    package let maximumPixels: Int

    /// - Parameter maximumPixels: a larger picture is refused by its header, before memory is taken.
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
        try withStream(over: bytes) { (stream) throws(DecodeFailure) in
            Header(width: stream.size.width, height: stream.size.height, heldBytes: stream.heldBytes)
        }
    }

    /// What a JPEG's header says.
    func jpegHeader(of bytes: [UInt8]) throws(DecodeFailure) -> JPEGHeader {
        try withStream(over: bytes) { (stream) throws(DecodeFailure) in
            guard let header = stream.jpegHeader else { preconditionFailure("only JPEGs are accepted") }
            return header
        }
    }

    /// Decodes and resizes row by row, so that a 100-megapixel picture needs no more memory than a small one.
    ///
    /// Progressive JPEGs are the exception: libjpeg holds their coefficients, at most 6 bytes for each of `maximumPixels`.
    /// - Parameters:
    ///   - fidelity: Whether a picture much larger than the size asked for may be decoded smaller.
    ///   - progress: Called every few dozen rows, for a watchdog.
    package func decode(
        _ bytes: [UInt8], resizedTo size: (width: Int, height: Int), fidelity: DecodeFidelity = .full,
        progress: () -> Void = {}
    ) throws(DecodeFailure) -> DecodedImage {
        try decode(bytes, size, fidelity, seen: nil, progress)
    }

    /// Decodes a photograph as a model sees it.
    ///
    /// Where the field is to be cut out, a first pass decodes the frame as small as finding it allows; the second leaves out
    /// the resampling of what is not cut out, never the decoding: a file that is damaged anywhere is refused.
    /// - Parameters: as above.
    package func decode(
        _ bytes: [UInt8], as preprocessing: Preprocessing, fidelity: DecodeFidelity = .full,
        progress: () -> Void = {}
    ) throws(DecodeFailure) -> DecodedImage {
        let overview: FrameOverview? =
            switch preprocessing.geometry {
            case .squeeze: nil
            case .fieldCrop: try overview(of: bytes, progress)
            }
        let orientation = Orientation(of: bytes)
        let size = orientation.size((preprocessing.width, preprocessing.height))
        var image = try decode(bytes, size, fidelity, seen: overview, progress)
        image.picture = orientation.shown(image.picture)
        return image
    }

    private func decode(
        _ bytes: [UInt8], _ size: (width: Int, height: Int), _ fidelity: DecodeFidelity, seen overview: FrameOverview?,
        _ progress: () -> Void
    ) throws(DecodeFailure) -> DecodedImage {
        precondition(size.width > 0 && size.height > 0, "the network's input has at least one pixel")
        return try withStream(over: bytes) { (stream) throws(DecodeFailure) in
            let source = stream.size
            let frame = PictureRectangle(wholeOf: source)
            let layout = overview?.layout
            let rectangle = layout?.rectangle ?? frame
            let shrinkage = stream.possible(fidelity.shrinkage(from: (rectangle.width, rectangle.height), to: size))
            var resizer = StreamingResizer(
                from: source, cutting: rectangle, shrunk: shrinkage, to: size,
                on: InstructionSet.inUse)
            let rows = (count: StreamingResizer.rowsAtOnce, pitch: resizer.pitch)
            try forEachGroup(of: rows, stream, shrinkage, progress) { resizer.add($0) }
            let picture = resizer.finish()
            return DecodedImage(
                sourceWidth: source.width, sourceHeight: source.height, shrinkage: shrinkage.rawValue,
                rectangle: rectangle, picture: layout?.withoutWriting(picture, showing: rectangle) ?? picture,
                frame: overview.flatMap { seen in layout.map { GradedFrame(seen.squeezed, of: $0, showing: frame) } },
                warnings: stream.warnings)
        }
    }

    func overview(
        of bytes: [UInt8], _ progress: () -> Void
    ) throws(DecodeFailure) -> FrameOverview {
        try withStream(over: bytes) { (stream) throws(DecodeFailure) in
            let source = stream.size
            let shrinkage = stream.possible(FrameOverview.shrinkage(of: source))
            var resizer = FrameOverviewResizer(
                of: source, shrunk: shrinkage, on: InstructionSet.inUse)
            let rows = (count: StreamingResizer.rowsAtOnce, pitch: resizer.pitch)
            try forEachGroup(of: rows, stream, shrinkage, progress) { resizer.add($0) }
            return resizer.finish()
        }
    }

    /// Decodes at full size: three bytes a pixel.
    package func decode(_ bytes: [UInt8]) throws(DecodeFailure) -> DecodedImage {
        try withStream(over: bytes) { (stream) throws(DecodeFailure) in
            let (width, height) = stream.size
            var pixels: [UInt8] = []
            try forEachGroup(of: (count: 1, pitch: width * 4), stream, .none, {}) { row in
                for i in row.indices where i % 4 < 3 { pixels.append(row[i]) }
            }
            return DecodedImage(
                sourceWidth: width, sourceHeight: height, shrinkage: 1,
                rectangle: PictureRectangle(wholeOf: (width, height)),
                picture: RGBPicture(width: width, height: height, pixels: pixels), frame: nil,
                warnings: stream.warnings)
        }
    }

    private static let rowsBetweenProgress = 32
    /// Bytes before the first row, a pixel. libjpeg-turbo writes a row that begins at a multiple of 32 bytes around the
    /// caches into memory (`vmovntdq` in its `jdcolext-avx2.asm`), and reading it would wait for memory.
    private static let leadIn = 4

    private func withStream<Result>(
        over bytes: [UInt8], _ body: (any PhotographStream) throws(DecodeFailure) -> Result
    ) throws(DecodeFailure) -> Result {
        if bytes.isEmpty { throw .empty }
        let isPNG = try isPNG(bytes)
        return try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(DecodeFailure) in
            // SAFETY: nobody keeps the stream beyond this closure; the buffer dies after it.
            let stream: any PhotographStream =
                isPNG
                ? try unsafe PNGPhotograph(buffer, maximumPixels: maximumPixels)
                : try unsafe JPEGPhotograph(buffer, maximumPixels: maximumPixels)
            return try body(stream)
        }
    }

    /// - Throws: where the bytes are of no format that is accepted.
    private func isPNG(_ bytes: [UInt8]) throws(DecodeFailure) -> Bool {
        if FileMagic.isJPEG(bytes) { return false }
        switch formats {
        case .jpeg: throw .notJPEG(lookingLike: FileMagic.appearance(of: bytes))
        case .jpegAndPNG where FileMagic.isPNG(bytes): return true
        case .jpegAndPNG: throw .notPhotograph(lookingLike: FileMagic.appearance(of: bytes))
        }
    }

    /// Calls `body` with group after group of rows of red, green, blue and one sample that means nothing, then makes
    /// sure that the file was whole. The last group may have fewer rows, with old ones behind them.
    private func forEachGroup(
        of rows: (count: Int, pitch: Int), _ stream: any PhotographStream, _ shrinkage: DecodeShrinkage,
        _ progress: () -> Void, _ body: (Span<UInt8>) -> Void
    ) throws(DecodeFailure) {
        let size = try stream.start(shrinkage, progress: progress)
        var group = [UInt8](repeating: 0, count: Self.leadIn + rows.count * rows.pitch)
        for y in stride(from: 0, to: size.height, by: rows.count) {
            var samples = group.mutableSpan
            let count = min(rows.count, size.height - y)
            try stream.readRows(count, width: size.width, into: &samples, from: Self.leadIn, pitch: rows.pitch)
            body(group.span.extracting(Self.leadIn...))
            if y % Self.rowsBetweenProgress == 0 { progress() }
        }
        try stream.finish()
    }
}
