// SPDX-License-Identifier: Apache-2.0
// In: two row-major float matrices. Out: their product, by OpenBLAS.
// The only file that knows OpenBLAS: sizes are checked here, wrong results are caught by `selfTest`.
// Called by MatrixConvolution, by ResNet's linear layer, and by whoever starts the program (`EngineKind.chosen`).

internal import COpenBLAS

/// The face of OpenBLAS.
package enum MatrixProduct {
    /// C = A·B with A [rows, inner], B [inner, columns], C [rows, columns], all row-major and dense.
    ///
    /// OpenBLAS must be there: ask `isAvailable` first. Longer spans are allowed: a planned buffer is as large as its largest use.
    package static func multiply(
        _ a: Span<Float>, _ b: Span<Float>, into c: inout MutableSpan<Float>, rows: Int, inner: Int, columns: Int
    ) {
        precondition(a.count >= rows * inner, "left matrix shorter than rows × inner")
        precondition(b.count >= inner * columns, "right matrix shorter than inner × columns")
        precondition(c.count >= rows * columns, "result shorter than rows × columns")
        unsafe c.withUnsafeMutableBufferPointer { c in
            unsafe a.withUnsafeBufferPointer { a in
                unsafe b.withUnsafeBufferPointer { b in
                    // SAFETY: the counts above cover every element that the sizes and pitches name.
                    unsafe multiply(
                        Part(TensorStorage.start(a), pitch: inner), Part(TensorStorage.start(b), pitch: columns),
                        into: TensorStorage.start(c), pitch: columns, rows: rows, inner: inner, columns: columns)
                }
            }
        }
    }

    /// A part of a row-major matrix: where it begins, and floats from a row to the next.
    @unsafe struct Part {
        let start: UnsafePointer<Float>
        let pitch: Int

        init(_ start: UnsafePointer<Float>, pitch: Int) {
            unsafe self.start = start
            unsafe self.pitch = pitch
        }
    }

    /// The same of parts of larger matrices; any number of threads may be in here at the same time.
    static func multiply(
        _ a: Part, _ b: Part, into c: UnsafeMutablePointer<Float>, pitch: Int, rows: Int, inner: Int, columns: Int
    ) {
        precondition(isAvailable, "OpenBLAS is not installed")
        precondition(rows > 0 && inner > 0 && columns > 0, "a matrix product needs positive sizes")
        // CBLAS sizes are 32-bit; the initializer traps where a size does not fit.
        unsafe co_multiply(
            Int32(rows), Int32(columns), Int32(inner), a.start, Int32(a.pitch), b.start, Int32(b.pitch), c,
            Int32(pitch))
    }

    /// Whether OpenBLAS is installed; the first call loads it and chooses its kernels, by the environment.
    package static var isAvailable: Bool { co_load() }

    /// Whether its kernels are worth more than our baseline: those for SSE alone took 320 ms where ours took 190, those for
    /// AVX 126.
    static var isWorthLoading: Bool { co_has_wide_registers() }

    /// The processor that OpenBLAS chose its kernels for, such as `Haswell`.
    package static var coreName: String {
        guard isAvailable, let name = unsafe co_core_name() else { return "unknown" }
        return unsafe String(cString: name)
    }
}
