// SPDX-License-Identifier: Apache-2.0
import Testing
import Training

struct BinaryCrossEntropyTests {
    static let losses = [
        BinaryCrossEntropy(), BinaryCrossEntropy(positiveWeight: 1.7), BinaryCrossEntropy(negativeWeight: 0.3),
    ]
    static let logits: [Double] = [0, 0.5, -0.5, 3, -7, 20, -20, 1]
    static let targets: [Double] = [0, 1, 0, 0, 1, 1, 0, 0.25]

    @Test(arguments: losses) func `the gradient is that of central differences`(_ loss: BinaryCrossEntropy) {
        let gradient = loss.gradient(logits: Self.logits, targets: Self.targets)
        for place in Self.logits.indices {
            var (above, below) = (Self.logits, Self.logits)
            above[place] += 1e-5
            below[place] -= 1e-5
            let slope =
                (loss.loss(logits: above, targets: Self.targets) - loss.loss(logits: below, targets: Self.targets))
                / 2e-5
            #expect(abs(slope - gradient[place]) <= 1e-9, "logit \(Self.logits[place])")
        }
    }

    /// torch.nn.functional.binary_cross_entropy_with_logits of PyTorch 2.15.0 in float64; a weight w of the negatives is w times the loss with `pos_weight` 1/w.
    @Test(arguments: zip(losses, [1.5942577073235256, 2.2551717963488023, 1.1391914012223343]))
    func `the loss equals PyTorch`(_ loss: BinaryCrossEntropy, _ expected: Double) {
        #expect(abs(loss.loss(logits: Self.logits, targets: Self.targets) - expected) <= 1e-14)
    }

    @Test func `huge logits stay finite`() {
        let loss = BinaryCrossEntropy()
        #expect(loss.loss(logits: [1000.0], targets: [0]) == 1000)
        #expect(loss.loss(logits: [-1000.0], targets: [0]) == 0)
        #expect(loss.gradient(logits: [1000.0, -1000], targets: [0, 1]) == [0.5, -0.5])
    }

    @Test func `a NaN is no quiet loss`() {
        #expect(BinaryCrossEntropy().loss(logits: [Float.nan, 0], targets: [0, 1]).isNaN)
    }
}
