internal import Evaluation
internal import FundusImage
internal import ModelStore
internal import ResNet
internal import Training

/// What a network in training says of images that it does not train on.
struct NetworkMeasurement: Sendable, Equatable {
    /// Of disease, one for each image.
    let logits: [Float]
    /// Mean binary cross-entropy.
    let loss: Double
    /// Nil where one class is absent.
    let areaUnderCurve: Double?

    private static let batchSize = 8

    /// Nil where there are no images.
    ///
    /// - Throws: where a picture can't be read, or the network's running variances are negative.
    init?(
        _ parameters: ResNet50Parameters, _ examples: [TrainingImages.Example], of images: TrainingImages,
        _ preprocessing: Preprocessing
    ) throws {
        guard !examples.isEmpty else { return nil }
        let network = try ResNet50Inference(
            parameters: parameters, batchSize: Self.batchSize, inputHeight: preprocessing.height,
            inputWidth: preprocessing.width)
        var logits: [Float] = []
        for start in stride(from: 0, to: examples.count, by: Self.batchSize) {
            let part = examples[start..<min(start + Self.batchSize, examples.count)]
            var batch: [Float] = []
            batch.reserveCapacity(Self.batchSize * preprocessing.elementCount)
            for example in part { batch += try images.input(example, preprocessing, .none) }
            // The last batch is filled up; what the network says of nothing is left out.
            batch += repeatElement(0, count: (Self.batchSize - part.count) * preprocessing.elementCount)
            logits += network.logits(of: batch).prefix(part.count)
        }
        self.logits = logits
        loss = BinaryCrossEntropy().loss(logits: logits, targets: examples.map { $0.isDisease ? 1 : 0 })
        areaUnderCurve = try Self.areaUnderCurve(logits, examples)
    }

    private static func areaUnderCurve(_ logits: [Float], _ examples: [TrainingImages.Example]) throws -> Double? {
        guard logits.allSatisfy(\.isFinite) else { return nil }
        let scores = logits.map { Probability.ofDisease(logit: Double($0), positiveClass: .disease) }
        let samples = try ScoredSamples(scores: scores, isDisease: examples.map(\.isDisease))
        return ROCCurve(ThresholdSteps(samples))?.areaUnderCurve
    }
}
