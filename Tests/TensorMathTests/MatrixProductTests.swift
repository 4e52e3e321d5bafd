// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processor
import TensorMath
import Testing

struct MatrixProductTests {
    static let sizes = [1, 7, 8, 15, 16, 17, 33]

    @Test(arguments: sizes, sizes)
    func `a product equals plain loops`(rows: Int, columns: Int) {
        for inner in [1, 16, 147] {
            let a = pattern(rows * inner, 1)
            let b = pattern(inner * columns, 2)
            var storage = TensorStorage(count: rows * columns)
            var result = storage.mutableSpan
            MatrixProduct.multiply(a.span, b.span, into: &result, rows: rows, inner: inner, columns: columns)
            let expected = ReferenceLayers.product(a, b, rows: rows, inner: inner, columns: columns)
            #expect(largestDifference(storage.span, expected) <= 1e-4)
        }
    }

    @Test func `the self-test passes here`() throws { try MatrixProduct.selfTest() }

    @Test(arguments: [Float.nan, 0.5])
    func `the self-test catches a wrong product`(error: Float) {
        let wrong: MatrixProduct.Product = { a, b, c, rows, inner, columns in
            MatrixProduct.multiply(a, b, into: &c, rows: rows, inner: inner, columns: columns)
            if rows == 17 { c[rows * columns - 1] += error }
        }
        #expect {
            try MatrixProduct.selfTest(of: wrong)
        } throws: { failure in
            "\(failure)".contains("OPENBLAS_CORETYPE") && "\(failure)".contains("17×33")
        }
    }

    /// Left alone, an OpenBLAS that is older than the processor takes it for the oldest of all.
    @Test func `the name of the core fits the instructions`() {
        let name = MatrixProduct.coreName
        let isFixed = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"].map { $0 == name } ?? false
        #expect(name != "unknown")
        if InstructionSet.available.contains(.avx2) {
            #expect(isFixed || ["Haswell", "Zen", "SkylakeX"].contains { $0.lowercased() == name.lowercased() })
        }
    }

    @Test func `too short spans are a programmer's error`() async {
        await #expect(processExitsWith: .failure) {
            var storage = TensorStorage(count: 3)
            var result = storage.mutableSpan
            let a: [Float] = [1, 2]
            let b: [Float] = [3, 4]
            MatrixProduct.multiply(a.span, b.span, into: &result, rows: 2, inner: 1, columns: 2)
        }
    }
}
