// SPDX-License-Identifier: Apache-2.0
internal import CJPEG

/// Owns one libjpeg decoder over borrowed bytes: header first, then rows from the top, one at a time.
///
/// Memory: libjpeg keeps a few rows of blocks for a file with one scan, and the coefficients of the whole picture
/// (two bytes a sample) for a progressive one. The latter are limited by `JPEGLimits`; and before that, a file too
/// short to code all the blocks that its header promises is refused as truncated.
@safe struct JPEGStream: ~Copyable {
    let header: JPEGHeader
    /// Whether rows come as CMYK, as the file stores it.
    let isCMYK: Bool
    private let decoder: OpaquePointer

    /// Reads the header and checks it; takes no memory for pixels.
    ///
    /// SAFETY: `bytes` must outlive the stream.
    @unsafe init(_ bytes: UnsafeBufferPointer<UInt8>, limits: JPEGLimits) throws(DecodeFailure) {
        let raw = fd_jpeg_limits(coefficient_bytes: limits.coefficientBytes, scans: Int32(limits.scans))
        guard let decoder = unsafe fd_jpeg_open(bytes.baseAddress, bytes.count, raw) else { throw .outOfMemory }
        var header = fd_jpeg_header()
        let fault = unsafe fd_jpeg_read_header(decoder, &header)
        // The sides first: where they are too long for libjpeg it has set a fault as well.
        let refusal =
            limits.refusal(width: Int(header.width), height: Int(header.height))
            ?? (fault == FD_JPEG_OK ? nil : unsafe Self.failure(fault, of: decoder))
            ?? (header.least_bytes > UInt64(bytes.count) ? .truncated : nil)
        if let refusal {
            unsafe fd_jpeg_close(decoder)
            throw refusal
        }
        unsafe self.decoder = decoder
        self.header = JPEGHeader(header)
        isCMYK = header.is_cmyk
    }

    deinit { unsafe fd_jpeg_close(decoder) }

    /// Prepares for rows; takes a file of many scans in whole, calling `progress` now and then.
    ///
    /// - Returns: The size that rows will have: the header's over the shrinkage, each side rounded up.
    func start(
        _ shrinkage: DecodeShrinkage = .none, progress: () -> Void
    ) throws(DecodeFailure) -> (width: Int, height: Int) {
        var size = fd_jpeg_size()
        try check(unsafe fd_jpeg_start(decoder, UInt32(shrinkage.rawValue), &size))
        while true {
            switch unsafe fd_jpeg_absorb(decoder) {
            case FD_JPEG_MORE_TO_ABSORB: progress()
            case FD_JPEG_ABSORBED: return (Int(size.width), Int(size.height))
            default: try check(unsafe fd_jpeg_last_fault(decoder))
            }
        }
    }

    /// Writes `count` rows of four samples a pixel from a place on, `pitch` bytes apart.
    ///
    /// - Parameter width: As `start` gave it.
    func readRows(
        _ count: Int, width: Int, into rows: inout MutableSpan<UInt8>, from place: Int, pitch: Int
    ) throws(DecodeFailure) {
        precondition(width * 4 <= pitch && place + count * pitch <= rows.count, "every row has room for every sample")
        try unsafe rows.withUnsafeMutableBufferPointer { (buffer) throws(DecodeFailure) in
            guard let start = buffer.baseAddress else { return }
            // SAFETY: libjpeg writes `width` pixels a row, for which there is room.
            try unsafe check(fd_jpeg_read_rows(decoder, start + place, pitch, UInt32(count)))
        }
    }

    /// Reads to the end-of-image marker: only then has the file been whole.
    func finish() throws(DecodeFailure) { try check(unsafe fd_jpeg_finish(decoder)) }

    /// Harmless oddities so far: the first one's text and code, and how many there were.
    var warnings: [String] {
        let count = unsafe fd_jpeg_warning_count(decoder)
        guard count > 0 else { return [] }
        let first = unsafe String(cString: fd_jpeg_first_warning(decoder))
        let code = unsafe fd_jpeg_first_warning_code(decoder)
        return ["\(first) (libjpeg \(code)\(count > 1 ? ", first of \(count) warnings" : ""))"]
    }

    private func check(_ fault: fd_jpeg_fault) throws(DecodeFailure) {
        if fault != FD_JPEG_OK { throw unsafe Self.failure(fault, of: decoder) }
    }

    private static func failure(_ fault: fd_jpeg_fault, of decoder: OpaquePointer) -> DecodeFailure {
        let message = unsafe String(cString: fd_jpeg_message(decoder))
        return switch fault {
        case FD_JPEG_TRUNCATED: .truncated
        case FD_JPEG_OUT_OF_MEMORY: .outOfMemory
        case FD_JPEG_UNSUPPORTED, FD_JPEG_TOO_MANY_SCANS: .unsupported(message)
        case FD_JPEG_ARITHMETIC: .arithmeticCoding
        case FD_JPEG_TOO_MUCH_MEMORY: .unsupported("its scans need more memory than the pixel limit allows for")
        default: .corrupt(message)
        }
    }
}

extension JPEGLimits {
    func refusal(width: Int, height: Int) -> DecodeFailure? {
        // The sides first: 2³² squared is no Int.
        let isTooLarge = max(width, height) > Self.longestSide || width * height > pixels
        return isTooLarge ? .tooManyPixels(width: width, height: height, limit: pixels) : nil
    }
}

extension JPEGHeader {
    fileprivate init(_ raw: fd_jpeg_header) {
        width = Int(raw.width)
        height = Int(raw.height)
        components = Int(raw.components)
        isProgressive = raw.is_progressive
        coefficientBytes = Int(clamping: raw.coefficient_bytes)
    }
}
