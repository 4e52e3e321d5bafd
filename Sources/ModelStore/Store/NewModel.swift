// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import FundusImage
package import ResNet

/// What goes into a model before it has an id: the weights and all that is known of them.
package struct NewModel: Sendable {
    package var parameters: ResNet50Parameters
    package var positiveClass: ModelRecord.PositiveClass
    /// Of a network whose outputs are the classes of a softmax.
    package var normalClass: Int?
    /// 0.5 where nothing was measured.
    package var threshold = ModelRecord.MeasuredThreshold(value: 0.5)
    /// Thresholds for the sensitivities that `target-sensitivity` may ask for.
    package var operatingPoints: [ModelRecord.MeasuredThreshold]?
    /// Of a network with two outputs that judges.
    package var gradability: ModelRecord.Gradability?
    package var preprocessing = Preprocessing.torchvision224
    /// What the weights are written as; what batch norm holds stays float32.
    package var weightType = ElementType.f32
    package var trainedAt: Date?
    /// The id of the model that its training began with.
    package var parent: String?
    package var recipe: String?
    package var training: ModelRecord.Training?
    package var source: ModelRecord.Source?
    package var precisionCheck: PrecisionCheck?
    /// What int8 needs, measured of these parameters; it lies beside the model, where another calibration may replace it.
    package var quantization: Quantization?
    /// Files that go into the folder as they are.
    package var attachments: [ModelAttachment] = []

    /// - Parameter positiveClass: what a high first output speaks for.
    package init(parameters: ResNet50Parameters, positiveClass: ModelRecord.PositiveClass) {
        self.parameters = parameters
        self.positiveClass = positiveClass
    }

    /// The parameters as a reader of the weights will have them: half precision rounds.
    private func asWritten(_ weights: [UInt8], _ path: String) throws(ModelFailure) -> ResNet50Parameters {
        if weightType == .f32 { return parameters }
        return try WeightArchive(ByteSource(weights, path: path)).parameters(parameters.layout)
    }

    var role: ModelRecord.Role {
        gradability != nil || normalClass != nil || parameters.layout.outputs == 1 ? .judge : .base
    }

    /// A model with all that its folder holds.
    struct Finished {
        let record: ModelRecord
        let weights: [UInt8]
        let attachments: [ModelAttachment]
        let network: ResNet50Inference
    }

    private func quantizationAttachment(of hash: String) -> [ModelAttachment] {
        guard var quantization else { return [] }
        quantization.sha256 = hash
        return [ModelAttachment(name: Quantization.fileName, bytes: quantization.json())]
    }

    /// Encodes the weights and completes the record, its golden logit included.
    func finished(date: Date, path: String) throws(ModelFailure) -> Finished {
        if let fault = ModelAttachment.fault(in: attachments) {
            throw ModelFailure(.refused, path, fault, remedy: "give each attachment a plain name of its own")
        }
        let weights = try SafetensorsWriter.bytes(
            SafetensorsWriter.tensors(parameters, weightType: weightType), metadata: ["format": "pt"], path: path)
        let hash = try ByteSource(weights, path: path).sha256()
        let network = try preprocessing.form(parameters.layout).network(try asWritten(weights, path), path: path)
        let golden = role == .judge ? GoldenCheck.record(network) : nil
        guard golden?.logits.allSatisfy(\.isFinite) ?? true else {
            throw ModelFailure(
                .notFinite, path, "gives a logit that is not finite for the golden input",
                remedy: "its weights are useless: import another file")
        }
        let architecture = ModelRecord.Architecture(
            name: ModelRecord.Architecture.resNet50, baseWidth: parameters.layout.baseWidth,
            outputs: parameters.layout.outputs)
        let record = ModelRecord(
            id: ModelRecord.identifier(sha256: hash, date: date), sha256: hash, role: role,
            createdAt: date.wholeSeconds, trainedAt: trainedAt?.wholeSeconds, parent: parent, recipe: recipe,
            training: training, source: source, architecture: architecture, positiveClass: positiveClass,
            normalClass: normalClass, threshold: threshold,
            operatingPoints: operatingPoints, gradability: gradability, preprocessing: preprocessing, golden: golden,
            precisionCheck: precisionCheck)
        // A model that nobody could load again must not be written.
        if let fault = record.fault { throw ModelFailure(.damaged, path, fault, remedy: "correct what it is made of") }
        return Finished(
            record: record, weights: weights, attachments: attachments + quantizationAttachment(of: hash),
            network: network)
    }
}

extension Date {
    /// What ISO 8601 without fractions can say.
    fileprivate var wholeSeconds: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }
}
