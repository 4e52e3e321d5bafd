// SPDX-License-Identifier: Apache-2.0
internal import CKernels
internal import Glibc

/// A network's weights as the kernels read them: made in memory, or mapped from a file and shared with other processes.
@safe package struct PackedWeights: ~Copyable, @unchecked Sendable {
    // SAFETY: nothing writes after `init`, and a mapped page can't be written at all.
    private let words: UnsafeBufferPointer<Float>
    /// One of the two holds the words.
    private let owned: TensorStorage?
    private let mapping: UnsafeMutableRawBufferPointer?

    package init(_ storage: consuming TensorStorage) {
        // SAFETY: the storage's memory stays where it is for as long as `owned` has it.
        unsafe words = storage.span.withUnsafeBufferPointer { unsafe $0 }
        owned = consume storage
        unsafe mapping = nil
    }

    /// Maps the `count` words, read-only, that a file holds from `offset` to its end. See `man 2 mmap`.
    ///
    /// Whoever truncates a mapped file kills this process (SIGBUS): map only files that are replaced by renaming, in
    /// folders that nobody else may write to.
    ///
    /// - Parameter offset: in bytes, a multiple of a cache line. What lies before it is mapped too: the size of a page is
    ///   the machine's affair.
    /// - Returns: nil where the file has another length, its disk fails, or the system refuses.
    package init?(mapping descriptor: CInt, from offset: Int, count: Int) {
        precondition(offset >= 0 && offset % TensorStorage.alignmentBytes == 0 && count > 0, "no place for words")
        guard let pages = unsafe Self.pages(of: descriptor, bytes: offset + count * 4) else { return nil }
        let start = unsafe pages.baseAddress?.advanced(by: offset).bindMemory(to: Float.self, capacity: count)
        // SAFETY: every bit pattern is a float, and the mapping has room for `count`.
        unsafe words = UnsafeBufferPointer(start: start, count: count)
        owned = nil
        unsafe mapping = pages
    }

    deinit {
        if let pages = unsafe mapping { unsafe munmap(pages.baseAddress, pages.count) }
    }

    private static func pages(of descriptor: CInt, bytes: Int) -> UnsafeMutableRawBufferPointer? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, Int(status.st_size) == bytes else { return nil }
        let start = unsafe mmap(nil, bytes, PROT_READ, MAP_SHARED, descriptor, 0)
        guard let start = unsafe start, unsafe start != MAP_FAILED else { return nil }
        let pages = unsafe UnsafeMutableRawBufferPointer(start: start, count: bytes)
        // A hint: where the page cache has the file in huge pages, or can, it is mapped by them.
        _ = unsafe madvise(start, bytes, MADV_HUGEPAGE)
        // Reads all pages now: a disk that fails is told by this call, and would be a SIGBUS later. Linux before 5.14
        // does not know it (EINVAL).
        if unsafe madvise(start, bytes, MADV_POPULATE_READ) == 0 || errno == EINVAL { return unsafe pages }
        unsafe munmap(start, bytes)
        return nil
    }

    /// Words of 32 bits.
    package var count: Int { unsafe words.count }

    /// All words, whatever they hold: floats, or two bfloat16 or four bytes each.
    package var span: Span<Float> {
        @_lifetime(borrow self)
        get {
            let view = unsafe Span(_unsafeElements: words)
            // SAFETY: the memory lives until `deinit`, which cannot run while `self` is borrowed.
            return unsafe _overrideLifetime(view, borrowing: self)
        }
    }

    /// Some of the words' bytes, to write to a file.
    package func bytes(of range: Range<Int>) -> [UInt8] {
        let part = span.extracting(range)
        return unsafe part.withUnsafeBytes { unsafe Array($0) }
    }

    /// Fletcher's checksum in lanes, folded into one number; guards against damage, not against malice.
    package func checksum(on engine: ComputeEngine) -> UInt64 {
        precondition(count % MapLayout.blockLanes == 0, "weights lie in whole lanes")
        let piece = 1 << 18
        let pieces = (count + piece - 1) / piece
        var sums = [UInt](repeating: 0, count: pieces * 2 * MapLayout.blockLanes)
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            // SAFETY: the words are aligned to a cache line, and each piece has its place for its sums.
            var task = unsafe ck_checksum(
                words: UnsafeRawPointer(TensorStorage.aligned(words.baseAddress)).assumingMemoryBound(to: UInt32.self),
                count: count, piece: piece, sums: sums.baseAddress)
            unsafe ck_sum_words(engine.kernels, engine.team.handle, &task)
        }
        // FNV-1a's step, a word at a time.
        return sums.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
