// SPDX-License-Identifier: Apache-2.0
/// Which files are taken for photographs, by their content.
package enum PhotographFormats: Sendable {
    /// The inbox and whoever asks for a verdict: docs/verdict.md.
    case jpeg
    /// People's labelled folders: training sets are PNG as often as JPEG.
    case jpegAndPNG
}

/// Rows of a photograph's file, whatever its format: from the top, four samples a pixel.
///
/// The readers are classes around the formats' own streams. An enum of the two would do, but Swift 6.3's optimizer aborts on a
/// switch over payloads that can't be copied ("Cannot initialize a nonCopyable type with a guaranteed value").
protocol PhotographStream: AnyObject {
    /// As it is stored.
    var size: (width: Int, height: Int) { get }
    /// Nil of a PNG.
    var jpegHeader: JPEGHeader? { get }
    /// What decoding holds in memory beside rows.
    var heldBytes: Int { get }
    /// Harmless oddities so far.
    var warnings: [String] { get }

    /// The shrinkage that is wished, where the format has it.
    func possible(_ shrinkage: DecodeShrinkage) -> DecodeShrinkage
    /// - Returns: The size that rows will have: the stored one over the shrinkage, each side rounded up.
    func start(
        _ shrinkage: DecodeShrinkage, progress: () -> Void
    ) throws(DecodeFailure) -> (width: Int, height: Int)
    /// - Parameter width: As `start` gave it.
    func readRows(
        _ count: Int, width: Int, into rows: inout MutableSpan<UInt8>, from place: Int, pitch: Int
    ) throws(DecodeFailure)
    /// Reads to the file's end: only then has it been whole.
    func finish() throws(DecodeFailure)
}

final class JPEGPhotograph: PhotographStream {
    private let stream: JPEGStream

    /// SAFETY: `bytes` must outlive it.
    @unsafe init(_ bytes: UnsafeBufferPointer<UInt8>, maximumPixels: Int) throws(DecodeFailure) {
        stream = try unsafe JPEGStream(bytes, limits: JPEGLimits(pixels: maximumPixels))
    }

    var size: (width: Int, height: Int) { (stream.header.width, stream.header.height) }
    var jpegHeader: JPEGHeader? { stream.header }
    var heldBytes: Int { stream.header.coefficientBytes }
    var warnings: [String] { stream.warnings }

    func possible(_ shrinkage: DecodeShrinkage) -> DecodeShrinkage { shrinkage }

    func start(
        _ shrinkage: DecodeShrinkage, progress: () -> Void
    ) throws(DecodeFailure) -> (width: Int, height: Int) {
        try stream.start(shrinkage, progress: progress)
    }

    func readRows(
        _ count: Int, width: Int, into rows: inout MutableSpan<UInt8>, from place: Int, pitch: Int
    ) throws(DecodeFailure) {
        try stream.readRows(count, width: width, into: &rows, from: place, pitch: pitch)
        if stream.isCMYK { AdobeCMYK.convertToRGB(&rows) }
    }

    func finish() throws(DecodeFailure) { try stream.finish() }
}

final class PNGPhotograph: PhotographStream {
    private let stream: PNGStream

    /// SAFETY: `bytes` must outlive it.
    @unsafe init(_ bytes: UnsafeBufferPointer<UInt8>, maximumPixels: Int) throws(DecodeFailure) {
        stream = try unsafe PNGStream(bytes, maximumPixels: maximumPixels)
    }

    var size: (width: Int, height: Int) { (stream.width, stream.height) }
    var jpegHeader: JPEGHeader? { nil }
    var heldBytes: Int { stream.heldBytes }
    var warnings: [String] { [] }

    /// PNG has no frequencies to leave out.
    func possible(_ shrinkage: DecodeShrinkage) -> DecodeShrinkage { .none }

    func start(
        _ shrinkage: DecodeShrinkage, progress: () -> Void
    ) throws(DecodeFailure) -> (width: Int, height: Int) {
        precondition(shrinkage == .none, "a PNG is decoded at its own size")
        try stream.start(progress: progress)
        return size
    }

    func readRows(
        _ count: Int, width: Int, into rows: inout MutableSpan<UInt8>, from place: Int, pitch: Int
    ) throws(DecodeFailure) {
        try stream.readRows(count, into: &rows, from: place, pitch: pitch)
    }

    func finish() throws(DecodeFailure) { try stream.finish() }
}
