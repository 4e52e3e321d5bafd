// SPDX-License-Identifier: Apache-2.0
// In: two row-major float matrices. Out: their product, by OpenBLAS.
// The only file that knows OpenBLAS: sizes are checked here, the thread count is set here, wrong results are caught here.
// Called by MatrixConvolution, by ResNet's linear layer, and by whoever starts the program (`selfTest`).

internal import COpenBLAS

/// The face of OpenBLAS.
package enum MatrixProduct {
    /// C = A·B with A [rows, inner], B [inner, columns], C [rows, columns], all row-major and dense.
    ///
    /// OpenBLAS must be there: ask `isAvailable` first. Longer spans are allowed: a planned buffer is as large as its largest use.
    package static func multiply(
        _ a: Span<Float>, _ b: Span<Float>, into c: inout MutableSpan<Float>, rows: Int, inner: Int, columns: Int
    ) {
        precondition(isAvailable, "OpenBLAS is not installed")
        precondition(rows > 0 && inner > 0 && columns > 0, "a matrix product needs positive sizes")
        precondition(a.count >= rows * inner, "left matrix shorter than rows × inner")
        precondition(b.count >= inner * columns, "right matrix shorter than inner × columns")
        precondition(c.count >= rows * columns, "result shorter than rows × columns")
        // CBLAS sizes are 32-bit; the initializer traps where a size does not fit.
        let (m, n, k) = (Int32(rows), Int32(columns), Int32(inner))
        unsafe c.withUnsafeMutableBufferPointer { cValues in
            unsafe a.withUnsafeBufferPointer { aValues in
                unsafe b.withUnsafeBufferPointer { bValues in
                    // SAFETY: the counts above cover every element that the sizes and strides name.
                    unsafe co_multiply(
                        m, n, k, aValues.baseAddress, bValues.baseAddress, cValues.baseAddress)
                }
            }
        }
    }

    /// Whether OpenBLAS is installed; the first call loads it, which starts its threads.
    package static var isAvailable: Bool { co_load() }

    /// The processor that OpenBLAS chose its kernels for, such as `Haswell`.
    package static var coreName: String {
        guard isAvailable, let name = unsafe co_core_name() else { return "unknown" }
        return unsafe String(cString: name)
    }

    /// How many threads a product uses.
    package static var threadCount: Int { isAvailable ? Int(co_thread_count()) : 0 }
}
