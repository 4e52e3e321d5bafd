internal import CKernels
internal import Glibc

/// A network's weights as the kernels read them: made in memory, or mapped from a file and shared with other processes.
@safe package struct PackedWeights: ~Copyable, @unchecked Sendable {
    // SAFETY: nothing writes after `init`.
    private let isMapped: Bool
    /// Empty where the words are mapped.
    private let owned: TensorStorage
    private let words: UnsafeBufferPointer<Float>

    package init(_ storage: consuming TensorStorage) {
        unsafe words = storage.span.withUnsafeBufferPointer { unsafe $0 }
        owned = storage
        isMapped = false
    }

    /// Maps `count` words of a file that begin at a multiple of the page size, read-only. See `man 2 mmap`.
    ///
    /// Whoever truncates a mapped file kills this process (SIGBUS): map only files that are replaced by renaming.
    ///
    /// - Returns: nil where the file is shorter or the system refuses.
    package init?(mapping descriptor: CInt, from offset: Int, count: Int) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, count > 0, status.st_size - offset >= count * 4 else {
            return nil
        }
        let address = unsafe mmap(nil, count * 4, PROT_READ, MAP_SHARED, descriptor, offset)
        guard let address = unsafe address, unsafe address != MAP_FAILED else { return nil }
        // A hint: where the kernel declines, pages come one by one.
        _ = unsafe madvise(address, count * 4, MADV_WILLNEED)
        owned = TensorStorage(count: 0)
        isMapped = true
        // SAFETY: every bit pattern is a float, and the mapping has room for `count`.
        unsafe words = UnsafeBufferPointer(start: address.bindMemory(to: Float.self, capacity: count), count: count)
    }

    deinit {
        if isMapped { unsafe munmap(UnsafeMutableRawPointer(mutating: words.baseAddress), words.count * 4) }
    }

    package var count: Int { unsafe words.count }

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
