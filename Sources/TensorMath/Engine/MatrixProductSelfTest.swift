// SPDX-License-Identifier: Apache-2.0
/// OpenBLAS can't be used.
package enum MatrixProductFailure: Error, CustomStringConvertible {
    case missing
    /// It gave another product than plain loops.
    case wrong(rows: Int, inner: Int, columns: Int, coreName: String, largestDifference: Float)

    package var description: String {
        switch self {
        case .missing:
            "OpenBLAS is not installed: there is no libopenblas.so.0. On Debian and Ubuntu: apt-get install libopenblas0"
        case .wrong(let rows, let inner, let columns, let coreName, let difference):
            """
            OpenBLAS computes wrong values on this processor: a \(rows)×\(inner)·\(inner)×\(columns) product differs by \
            \(difference) from plain loops (kernels for “\(coreName)”). Set OPENBLAS_CORETYPE=Haswell in the \
            environment (or Nehalem on a machine without AVX2), or install a newer libopenblas
            """
        }
    }
}

extension MatrixProduct {
    /// Sizes that reach every tail of a blocked kernel: below, at and just above the usual vector and tile widths.
    private static let selfTestSizes: [(rows: Int, inner: Int, columns: Int)] = [
        (1, 1, 1), (2, 3, 5), (7, 15, 9), (16, 16, 16), (17, 33, 31), (64, 147, 49), (33, 257, 65), (129, 64, 197),
    ]

    /// Multiplies small matrices of awkward sizes and compares with plain loops.
    ///
    /// Old OpenBLAS releases are known to compute wrong values on processors newer than themselves.
    package static func selfTest() throws(MatrixProductFailure) {
        guard isAvailable else { throw .missing }
        try selfTest(of: multiply)
    }

    /// What the self-test says here; asked once, for neither the processor nor the library changes.
    static let verdict: Result<Void, MatrixProductFailure> = Result { () throws(MatrixProductFailure) in try selfTest()
    }

    package typealias Product = (Span<Float>, Span<Float>, inout MutableSpan<Float>, Int, Int, Int) -> Void

    /// Holds a product against plain loops on a few small matrices.
    ///
    /// - Throws: at the first product that is off by more than 10⁻⁴.
    package static func selfTest(of product: Product) throws(MatrixProductFailure) {
        for (rows, inner, columns) in selfTestSizes {
            let a = sawtooth(count: rows * inner, step: 7, modulus: 31)
            let b = sawtooth(count: inner * columns, step: 11, modulus: 37)
            var c = TensorStorage(count: rows * columns)
            var result = c.mutableSpan
            product(a.span, b.span, &result, rows, inner, columns)
            let difference = largestDifference(
                c.span, ReferenceLayers.product(a, b, rows: rows, inner: inner, columns: columns))
            // Not `difference > …`: a NaN must fail too. The inputs are multiples of 1/16 below 2: sums are exact.
            guard difference <= 1e-4 else {
                throw .wrong(
                    rows: rows, inner: inner, columns: columns, coreName: coreName, largestDifference: difference)
            }
        }
    }

    /// Small multiples of 1/16 of both signs.
    private static func sawtooth(count: Int, step: Int, modulus: Int) -> [Float] {
        (0..<count).map { Float(($0 * step) % modulus - modulus / 2) / 16 }
    }

    private static func largestDifference(_ a: Span<Float>, _ b: [Float]) -> Float {
        var largest: Float = 0
        for index in b.indices {
            let difference = abs(a[index] - b[index])
            if !(difference <= largest) { largest = difference }
        }
        return largest
    }
}
