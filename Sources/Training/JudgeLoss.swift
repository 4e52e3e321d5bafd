// SPDX-License-Identifier: Apache-2.0
/// The loss of a network that judges: of its first logit, disease, and of its second, gradability, where it has one.
///
/// Each is the mean binary cross-entropy over the images of a batch of which its class is known; gradability's counts with a
/// weight.
struct JudgeLoss {
    let outputs: Int
    let disease: BinaryCrossEntropy
    let gradabilityWeight: Double
    /// What a logit is to say of an image that is, or is not, what it speaks for.
    let target: @Sendable (Bool) -> Float

    /// One output's share of the loss of a batch.
    private struct Part {
        let output: Int
        let loss: BinaryCrossEntropy
        let weight: Double
        /// Images of the batch whose class is known, and their targets.
        let images: [Int]
        let targets: [Float]

        func logits(of all: [Float], outputs: Int) -> [Float] { images.map { all[$0 * outputs + output] } }
    }

    private func parts(_ targets: [TrainingTarget]) -> [Part] {
        let judged = targets.indices.filter { targets[$0].isDisease != nil }
        let gradability = Part(
            output: 1, loss: BinaryCrossEntropy(), weight: gradabilityWeight, images: Array(targets.indices),
            targets: targets.map { target($0.isGradable) })
        let disease = Part(
            output: 0, loss: disease, weight: 1, images: judged,
            targets: judged.map { target(targets[$0].isDisease == true) })
        return [disease, gradability].prefix(outputs).filter { !$0.images.isEmpty }
    }

    /// - Parameter logits: [images, outputs].
    func value(logits: [Float], targets: [TrainingTarget]) -> Double {
        parts(targets).reduce(0) { sum, part in
            sum + part.weight * part.loss.loss(logits: part.logits(of: logits, outputs: outputs), targets: part.targets)
        }
    }

    /// ∂loss/∂logits [images, outputs]; 0 where nothing is known.
    func gradient(logits: [Float], targets: [TrainingTarget]) -> [Float] {
        var gradient = [Float](repeating: 0, count: logits.count)
        for part in parts(targets) {
            let slopes = part.loss.gradient(logits: part.logits(of: logits, outputs: outputs), targets: part.targets)
            for (image, slope) in zip(part.images, slopes) {
                gradient[image * outputs + part.output] = Float(part.weight) * slope
            }
        }
        return gradient
    }
}
