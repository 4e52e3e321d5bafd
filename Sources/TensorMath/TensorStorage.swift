// In: a number of floats. Out: zeroed memory of that many floats on a cache-line boundary, seen through spans.
// Holds the weights and the activations of a network; every loop of TensorMath reads and writes such spans.
// Called by ResNet, which plans all its memory once and never allocates per image.

import Glibc

/// Owned float memory, aligned to a cache line and freed with its owner.
///
/// 64 bytes is one AVX-512 register and one cache line, so that no vector load of a row start straddles two lines.
@safe package struct TensorStorage: ~Copyable {
    package static let alignmentBytes = 64

    /// From this size on the memory asks for huge pages: a pass over 100 MB of weights walks fewer page tables.
    private static let hugePageBytes = 2 << 20

    package let count: Int
    private let elements: UnsafeMutableBufferPointer<Float>

    /// Takes zeroed memory for `count` floats.
    ///
    /// - Parameter count: decided by the program's own tables, never by a file's header.
    package init(count: Int) {
        precondition(count >= 0, "a storage has no negative size")
        let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
        precondition(!overflow, "a storage of \(count) floats exceeds the address space")
        var raw: UnsafeMutableRawPointer?
        let isLarge = bytes >= Self.hugePageBytes
        let status = unsafe posix_memalign(&raw, isLarge ? Self.hugePageBytes : Self.alignmentBytes, bytes)
        guard status == 0, let raw = unsafe raw else { fatalError("out of memory: \(bytes) bytes for a tensor") }
        // A hint (man 2 madvise): where the kernel declines, the memory is as good, only slower.
        if isLarge { _ = unsafe madvise(raw, bytes, MADV_HUGEPAGE) }
        unsafe memset(raw, 0, bytes)
        // SAFETY: the block has room for `count` floats, and all-zero bytes are the float 0.
        let base = unsafe raw.bindMemory(to: Float.self, capacity: count)
        unsafe elements = UnsafeMutableBufferPointer(start: base, count: count)
        self.count = count
    }

    /// Copies an array into aligned memory.
    package init(_ values: [Float]) {
        self.init(count: values.count)
        _ = unsafe elements.update(from: values)
    }

    deinit { unsafe free(elements.baseAddress) }

    /// The floats, to read.
    package var span: Span<Float> {
        @_lifetime(borrow self)
        get {
            let view = unsafe Span(_unsafeElements: elements)
            // SAFETY: the memory lives until `deinit`, which cannot run while `self` is borrowed.
            return unsafe _overrideLifetime(view, borrowing: self)
        }
    }

    /// The floats, to write.
    package var mutableSpan: MutableSpan<Float> {
        @_lifetime(&self)
        mutating get {
            let view = unsafe MutableSpan(_unsafeElements: elements)
            // SAFETY: as above, and the exclusive access to `self` makes this the only door meanwhile.
            return unsafe _overrideLifetime(view, mutating: &self)
        }
    }

    /// Some of the floats, to write.
    @_lifetime(&self)
    package mutating func mutableSpan(of range: Range<Int>) -> MutableSpan<Float> {
        precondition(0 <= range.lowerBound && range.upperBound <= count, "a range outside the storage")
        let view = unsafe MutableSpan(_unsafeElements: UnsafeMutableBufferPointer(rebasing: elements[range]))
        // SAFETY: as above.
        return unsafe _overrideLifetime(view, mutating: &self)
    }
}
