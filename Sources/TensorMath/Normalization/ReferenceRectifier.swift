// SPDX-License-Identifier: Apache-2.0
/// The two layers without parameters between convolutions: max(x, 0) and the sum of a block and its shortcut.
///
/// The sum passes its gradient to both terms as it is and needs no code of its own.
package enum ReferenceRectifier {
    /// max(x, 0); a NaN stays one.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func forward<Scalar>(_ input: FeatureBatch<Scalar>) -> FeatureBatch<Scalar> {
        input.with(input.values.map { $0 < 0 ? 0 : $0 })
    }

    /// The gradient where the output is above zero; at the kink, x = 0, it is 0 as PyTorch has it.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func backward<Scalar>(
        _ gradient: FeatureBatch<Scalar>, output: FeatureBatch<Scalar>
    ) -> FeatureBatch<Scalar> {
        output.with(zip(gradient.values, output.values).map { $1 > 0 ? $0 : 0 })
    }

    /// a + b, of equal shapes.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    package static func sum<Scalar>(_ a: FeatureBatch<Scalar>, _ b: FeatureBatch<Scalar>) -> FeatureBatch<Scalar> {
        precondition(a.values.count == b.values.count && a.channels == b.channels)
        return a.with(zip(a.values, b.values).map { $0 + $1 })
    }
}
