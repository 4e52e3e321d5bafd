// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import FundusImage
internal import LabelledData
internal import ModelStore
internal import ResNet
internal import Training

/// What a network in training says of images that it does not train on.
struct NetworkMeasurement: Sendable, Equatable {
    /// All that the network gives, for each image.
    let outputs: [[Float]]
    /// Of disease, one for each image: the first output.
    let logits: [Float]
    /// Of gradable, one for each image; nil where the network has no such output.
    let gradabilityLogits: [Float]?
    /// Mean binary cross-entropy over the images whose class is known; nil where there is none.
    let loss: Double?
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
        let outputs = parameters.layout.outputs ?? 1
        var logits: [Float] = []
        for start in stride(from: 0, to: examples.count, by: Self.batchSize) {
            let part = examples[start..<min(start + Self.batchSize, examples.count)]
            var batch: [Float] = []
            batch.reserveCapacity(Self.batchSize * preprocessing.elementCount)
            for example in part { batch += try images.input(example, preprocessing) }
            // The last batch is filled up; what the network says of nothing is left out.
            batch += repeatElement(0, count: (Self.batchSize - part.count) * preprocessing.elementCount)
            logits += network.logits(of: batch).prefix(part.count * outputs)
        }
        let rows = examples.indices.map { Array(logits[$0 * outputs..<($0 + 1) * outputs]) }
        let ofDisease = rows.compactMap(\.first)
        let judged = examples.indices.filter { examples[$0].label.isDisease != nil }
        let isDisease = judged.map { examples[$0].label == .disease }
        self.outputs = rows
        self.logits = ofDisease
        gradabilityLogits = outputs == 2 ? rows.compactMap(\.last) : nil
        let known = judged.map { ofDisease[$0] }
        loss = known.isEmpty ? nil : BinaryCrossEntropy().loss(logits: known, targets: isDisease.map { $0 ? 1 : 0 })
        areaUnderCurve = try Self.areaUnderCurve(known, isDisease)
    }

    private static func areaUnderCurve(_ logits: [Float], _ isDisease: [Bool]) throws -> Double? {
        guard !logits.isEmpty, logits.allSatisfy(\.isFinite) else { return nil }
        let scores = logits.map { Probability.ofDisease(logit: Double($0), positiveClass: .disease) }
        let samples = try ScoredSamples(scores: scores, isDisease: isDisease)
        return ROCCurve(ThresholdSteps(samples))?.areaUnderCurve
    }
}
