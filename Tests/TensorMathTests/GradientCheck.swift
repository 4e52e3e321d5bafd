// SPDX-License-Identifier: Apache-2.0
import Testing

/// A gradient held against central differences of the function that it claims to belong to.
///
/// The function is turned into one number by a fixed weight for each of its outputs, the gradient that the backward pass is
/// given. In Double a step of 1e-5 leaves an error of about 1e-10 from the function's third derivative and as much from
/// rounding; functions with kinks must be given arguments more than a step away from them.
struct GradientCheck {
    let step = 1e-5
    let tolerance = 1e-7

    /// - Parameter value: the weighted sum of the outputs for these arguments.
    func expectGradient(
        _ gradient: [Double], of name: String, at arguments: [Double],
        sourceLocation: SourceLocation = #_sourceLocation, value: ([Double]) -> Double
    ) {
        #expect(gradient.count == arguments.count, sourceLocation: sourceLocation)
        for place in arguments.indices {
            var moved = arguments
            moved[place] = arguments[place] + step
            let above = value(moved)
            moved[place] = arguments[place] - step
            let below = value(moved)
            let difference = abs((above - below) / (2 * step) - gradient[place])
            #expect(
                difference <= tolerance * (1 + abs(gradient[place])), "\(name)[\(place)]",
                sourceLocation: sourceLocation)
        }
    }
}

/// Σ weights · values.
func weightedSum(_ values: [Double], _ weights: [Double]) -> Double {
    zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
}
