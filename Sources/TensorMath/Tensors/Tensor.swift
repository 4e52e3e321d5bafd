// SPDX-License-Identifier: Apache-2.0
/// Float memory that several layers share: one writes what another reads, or works in place.
///
/// Training holds hundreds of maps and slices of parameters, each known to more than one layer, so it is a class and not
/// noncopyable as `TensorStorage` is. Nothing but the order of the layers' calls keeps a reader from a writer; layers run one
/// after another, on the thread that calls them.
@safe package final class Tensor {
    private let storage: TensorStorage
    // SAFETY: `storage`'s memory, which lives as long as `self`.
    private let elements: UnsafeMutableBufferPointer<Float>

    /// Takes zeroed memory for `count` floats.
    package init(count: Int) {
        let storage = TensorStorage(count: count)
        unsafe elements = storage.elements
        self.storage = storage
    }

    package var count: Int { storage.count }

    /// The whole, from its first float on.
    package var all: TensorSlice { TensorSlice(self, 0..<count) }

    /// Where a kernel may begin: on a cache line.
    func pointer(at start: Int) -> UnsafeMutablePointer<Float> {
        precondition(0 <= start && start <= count, "a place outside the tensor")
        return unsafe TensorStorage.aligned(elements.baseAddress.map { unsafe $0 + start })
    }

    @_lifetime(borrow self)
    func span(of range: Range<Int>) -> Span<Float> {
        let view = unsafe Span(_unsafeElements: UnsafeBufferPointer(rebasing: elements[range]))
        // SAFETY: the memory lives as long as `self`; the buffer's subscript checks the range.
        return unsafe _overrideLifetime(view, borrowing: self)
    }

    @_lifetime(borrow self)
    func mutableSpan(of range: Range<Int>) -> MutableSpan<Float> {
        let view = unsafe MutableSpan(_unsafeElements: UnsafeMutableBufferPointer(rebasing: elements[range]))
        // SAFETY: as above.
        return unsafe _overrideLifetime(view, borrowing: self)
    }
}

/// A run of a tensor's floats.
package struct TensorSlice {
    let tensor: Tensor
    /// In floats of the tensor.
    package let range: Range<Int>

    init(_ tensor: Tensor, _ range: Range<Int>) {
        precondition(0 <= range.lowerBound && range.upperBound <= tensor.count, "a slice outside the tensor")
        self.tensor = tensor
        self.range = range
    }

    package var count: Int { range.count }

    /// Some of the slice's floats, counted from its own start.
    package func slice(_ part: Range<Int>) -> TensorSlice {
        precondition(0 <= part.lowerBound && part.upperBound <= count, "a slice outside the slice")
        return TensorSlice(tensor, range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
    }

    package var span: Span<Float> {
        @_lifetime(borrow self)
        get { tensor.span(of: range) }
    }

    package var mutableSpan: MutableSpan<Float> {
        @_lifetime(borrow self)
        get { tensor.mutableSpan(of: range) }
    }

    /// Sets every float to zero.
    package func clear() {
        var span = mutableSpan
        for place in span.indices { span[place] = 0 }
    }

    /// Writes values over the slice, as many as it has.
    package func copy(_ values: Span<Float>) {
        precondition(values.count == count, "another number of values")
        var span = mutableSpan
        for place in span.indices { span[place] = values[place] }
    }

    var pointer: UnsafeMutablePointer<Float> { unsafe tensor.pointer(at: range.lowerBound) }
}
