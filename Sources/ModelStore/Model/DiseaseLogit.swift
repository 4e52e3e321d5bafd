// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// How a network's outputs become one logit for disease.
///
/// One output is that logit, or its negative. Several are the classes of a softmax, one of which means normal: then
/// P(disease) = 1 − softmax(z)ₙ = sigmoid(ln Σᵢ≠ₙ exp(zᵢ) − zₙ), exactly.
package struct DiseaseLogit: Sendable, Equatable {
    package let positiveClass: ModelRecord.PositiveClass
    /// Of a softmax's classes, counted from 0; nil where the first output is a logit by itself.
    package let normalClass: Int?

    package init(positiveClass: ModelRecord.PositiveClass, normalClass: Int? = nil) {
        self.positiveClass = positiveClass
        self.normalClass = normalClass
    }

    /// - Parameter outputs: of one image.
    package func value(_ outputs: some Collection<Float>) -> Double {
        guard let normalClass else {
            let logit = outputs.first.map(Double.init) ?? .nan
            return positiveClass == .disease ? logit : -logit
        }
        let diseased = outputs.enumerated().filter { $0.offset != normalClass }.map { Double($0.element) }
        guard let highest = diseased.max(), highest.isFinite else { return .nan }
        // Relative to the highest, so that no exponential overflows.
        let sum = diseased.reduce(0) { $0 + exp($1 - highest) }
        return highest + log(sum)
            - outputs.enumerated().reduce(0) { $1.offset == normalClass ? Double($1.element) : $0 }
    }

    /// P(disease).
    package func probability(_ outputs: some Collection<Float>) -> Double {
        Probability.ofDisease(logit: value(outputs), positiveClass: .disease)
    }

    /// The logit near these outputs as a sum: `constant` + Σ slope · output, which is the logit itself at them.
    ///
    /// The slopes of a softmax's diseased classes are their shares among the diseased.
    package func linearized(at outputs: [Float]) -> (slopes: [Float], constant: Float) {
        let value = value(outputs)
        guard let normalClass else {
            let sign: Float = positiveClass == .disease ? 1 : -1
            return (outputs.indices.map { $0 == 0 ? sign : 0 }, 0)
        }
        let total = value + Double(outputs[normalClass])
        let slopes = outputs.indices.map { $0 == normalClass ? -1 : Float(exp(Double(outputs[$0]) - total)) }
        let sum = zip(slopes, outputs).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        return (slopes, Float(value - sum))
    }
}
