// SPDX-License-Identifier: Apache-2.0
internal import CPNG

/// Owns one libpng decoder over borrowed bytes: header first, then rows from the top, one at a time.
///
/// Rows are what Pillow's `convert("RGB")` gives, and so torchvision's loader: transparency, gamma and color profiles change
/// nothing, 16 bits become 8 by their upper byte. (Of 16 bits of gray Pillow makes white wherever the upper byte is not 0; here it
/// is the upper byte too.)
///
/// Memory: libpng keeps two rows; of an interlaced picture, whose first row is whole last, all are held, at most 4 bytes a pixel.
/// A file too short to code all the samples that its header promises is refused before that.
@safe struct PNGStream: ~Copyable {
    let width: Int
    let height: Int
    /// What is held of an interlaced picture; 0 where rows suffice.
    let heldBytes: Int
    private let decoder: OpaquePointer

    /// Reads all that stands before the pixels and checks it; takes no memory for pixels.
    ///
    /// SAFETY: `bytes` must outlive the stream.
    @unsafe init(_ bytes: UnsafeBufferPointer<UInt8>, maximumPixels: Int) throws(DecodeFailure) {
        guard let decoder = unsafe fd_png_open(bytes.baseAddress, bytes.count) else { throw .outOfMemory }
        var header = fd_png_header()
        let fault = unsafe fd_png_read_header(decoder, UInt32(JPEGLimits.longestSide), &header)
        let (width, height) = (Int(header.width), Int(header.height))
        // The sides first: where they are too long libpng has found a fault as well.
        let refusal =
            JPEGLimits(pixels: maximumPixels).refusal(width: width, height: height)
            ?? (fault == FD_PNG_OK ? nil : unsafe Self.failure(fault, of: decoder))
            ?? (header.least_bytes > UInt64(bytes.count) ? .truncated : nil)
        if let refusal {
            unsafe fd_png_close(decoder)
            throw refusal
        }
        unsafe self.decoder = decoder
        self.width = width
        self.height = height
        heldBytes = Int(clamping: header.held_bytes)
    }

    deinit { unsafe fd_png_close(decoder) }

    /// Prepares for rows; takes an interlaced picture in whole, calling `progress` after each pass.
    func start(progress: () -> Void) throws(DecodeFailure) {
        var passes: Int32 = 0
        try check(unsafe fd_png_start(decoder, &passes))
        for _ in 0..<passes {
            try check(unsafe fd_png_absorb(decoder))
            progress()
        }
    }

    /// Writes `count` rows of red, green, blue and one sample that means nothing from a place on, `pitch` bytes apart.
    func readRows(
        _ count: Int, into rows: inout MutableSpan<UInt8>, from place: Int, pitch: Int
    ) throws(DecodeFailure) {
        precondition(width * 4 <= pitch && place + count * pitch <= rows.count, "every row has room for every sample")
        try unsafe rows.withUnsafeMutableBufferPointer { (buffer) throws(DecodeFailure) in
            guard let start = buffer.baseAddress else { return }
            // SAFETY: `width` pixels a row are written, for which there is room.
            try unsafe check(fd_png_read_rows(decoder, start + place, pitch, UInt32(count)))
        }
    }

    /// Reads to the last chunk: only then has the file been whole.
    func finish() throws(DecodeFailure) { try check(unsafe fd_png_finish(decoder)) }

    private func check(_ fault: fd_png_fault) throws(DecodeFailure) {
        if fault != FD_PNG_OK { throw unsafe Self.failure(fault, of: decoder) }
    }

    private static func failure(_ fault: fd_png_fault, of decoder: OpaquePointer) -> DecodeFailure {
        switch fault {
        case FD_PNG_TRUNCATED: .truncated
        case FD_PNG_OUT_OF_MEMORY: .outOfMemory
        case FD_PNG_TOO_MUCH_MEMORY: .corrupt("it asks for more memory than any picture needs")
        default: .corrupt(unsafe String(cString: fd_png_message(decoder)))
        }
    }
}
