// SPDX-License-Identifier: Apache-2.0
// In: a number of floats. Out: zeroed memory of that many floats on a cache-line boundary, seen through spans.
// Holds the weights and the activations of a network; every loop of TensorMath reads and writes such spans.
// Called by ResNet, which plans all its memory once and never allocates per image.

import Glibc

/// Owned float memory, aligned to a cache line and freed with its owner.
///
/// 64 bytes is one AVX-512 register and one cache line, so that no vector load of a row start straddles two lines.
@safe package struct TensorStorage: ~Copyable {
    package static let alignmentBytes = 64

    /// From this size on the memory is the kernel's own: in the allocator's it would lie above what is freed while weights
    /// are packed, which then can't be given back.
    private static let ownPagesBytes = 256 << 10
    /// From this size on it asks for huge pages: a pass over 100 MB of weights walks fewer page tables.
    private static let hugePageBytes = 2 << 20

    package let count: Int
    let elements: UnsafeMutableBufferPointer<Float>
    /// What to give back to the kernel; nil where the memory is the allocator's.
    private let pages: UnsafeMutableRawBufferPointer?

    /// Takes zeroed memory for `count` floats.
    ///
    /// - Parameter count: decided by the program's own tables, never by a file's header.
    package init(count: Int) {
        precondition(count >= 0, "a storage has no negative size")
        let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
        precondition(!overflow, "a storage of \(count) floats exceeds the address space")
        let memory: UnsafeMutableRawPointer?
        if bytes >= Self.hugePageBytes {
            unsafe pages = Self.zeroPages(bytes + Self.hugePageBytes)
            unsafe memory = pages.flatMap { unsafe Self.firstHugePage(in: $0, bytes) }
        } else if bytes >= Self.ownPagesBytes {
            unsafe pages = Self.zeroPages(bytes)
            unsafe memory = pages?.baseAddress
        } else {
            unsafe pages = nil
            unsafe memory = Self.zeroedMemory(bytes)
        }
        guard let memory = unsafe memory else { fatalError("out of memory: \(bytes) bytes for a tensor") }
        // SAFETY: the block has room for `count` floats, and all-zero bytes are the float 0.
        let base = unsafe memory.bindMemory(to: Float.self, capacity: count)
        unsafe elements = UnsafeMutableBufferPointer(start: base, count: count)
        self.count = count
    }

    private static func zeroedMemory(_ bytes: Int) -> UnsafeMutableRawPointer? {
        var memory: UnsafeMutableRawPointer?
        guard unsafe posix_memalign(&memory, alignmentBytes, bytes) == 0 else { return nil }
        return unsafe memory.map { unsafe memset($0, 0, bytes) }
    }

    /// Pages that the kernel gives zeroed at their first touch (man 2 mmap).
    private static func zeroPages(_ bytes: Int) -> UnsafeMutableRawBufferPointer? {
        let memory = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { return nil }
        return unsafe UnsafeMutableRawBufferPointer(start: memory, count: bytes)
    }

    /// - Parameter pages: a huge page more than `bytes`, to align in.
    private static func firstHugePage(
        in pages: UnsafeMutableRawBufferPointer, _ bytes: Int
    ) -> UnsafeMutableRawPointer? {
        let start = unsafe pages.baseAddress?.alignedUp(toMultipleOf: hugePageBytes)
        // A hint (man 2 madvise): where the kernel declines, the memory is as good, only slower.
        _ = unsafe madvise(start, bytes, MADV_HUGEPAGE)
        return unsafe start
    }

    /// Copies an array into aligned memory.
    package init(_ values: [Float]) {
        self.init(count: values.count)
        _ = unsafe elements.update(from: values)
    }

    deinit {
        if let pages = unsafe pages {
            unsafe munmap(pages.baseAddress, pages.count)
        } else {
            unsafe free(elements.baseAddress)
        }
    }

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
