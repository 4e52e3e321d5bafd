package import FundusImage
internal import ResNet
internal import Synchronization
internal import SystemPackage
package import TensorMath

/// A model that has passed every check and is ready to judge.
///
/// Calls are serialized inside: the network has one workspace. Two models may be loaded side by side, as a swap does.
package final class LoadedModel: Sendable {
    package let record: ModelRecord
    package let precision: Precision
    package let batchSize: Int
    private let path: String
    private let network: Mutex<ResNet50Inference>

    /// Takes the packed weights that lie beside the model, or reads, verifies and packs them, and runs the self-test.
    ///
    /// - Parameter batchSize: how many images a pass takes.
    package init(
        _ folder: ModelFolder, precision: Precision = .float32, batchSize: Int = 1
    ) throws(ModelFailure) {
        let record = try folder.judgeRecord()
        let network = try folder.network(record, record.form(precision, batchSize: batchSize))
        self.record = record
        self.precision = precision
        self.batchSize = batchSize
        path = folder.path.string
        self.network = Mutex(network)
    }

    /// Floats that an input has: NCHW, batch×3×height×width of the record's preprocessing.
    package var inputCount: Int { batchSize * record.preprocessing.elementCount }

    /// P(disease) of one image, whatever class the network's logit speaks for; computed in Double.
    ///
    /// - Throws: where the logit is not finite, which no checked weights give for pixels: a fault, never a verdict.
    package func probabilityOfDisease(
        of input: [Float]
    ) throws(ModelFailure) -> (probability: Double, logit: Double) {
        precondition(batchSize == 1, "the model takes batches")
        return try probabilitiesOfDisease(of: input)[0]
    }

    /// The same for a batch.
    package func probabilitiesOfDisease(
        of batch: [Float]
    ) throws(ModelFailure) -> [(probability: Double, logit: Double)] {
        try probabilities(of: network.withLock { $0.logits(of: batch) })
    }

    /// The same for one image, and where in it the network saw disease, whatever class its logit speaks for.
    package func diseaseMap(
        of input: [Float]
    ) throws(ModelFailure) -> (probability: Double, map: DiseaseMap) {
        precondition(batchSize == 1, "the model takes batches")
        let (logits, activation) = network.withLock { $0.activation(of: input, output: 0) }
        let sign: Float = record.positiveClass == .disease ? 1 : -1
        let map = DiseaseMap(
            width: activation.width, height: activation.height, logits: activation.values.map { sign * $0 },
            inputWidth: record.preprocessing.width, inputHeight: record.preprocessing.height,
            pixelsPerPlace: ClassActivationMap.pixelsPerPlace)
        return (try probabilities(of: logits)[0].probability, map)
    }

    private func probabilities(
        of logits: [Float]
    ) throws(ModelFailure) -> [(probability: Double, logit: Double)] {
        let logits = logits.map { Double($0) }
        guard logits.count == batchSize, logits.allSatisfy(\.isFinite) else {
            throw ModelFailure(
                .notFinite, path, "gives a logit that is not finite", remedy: "verify it: `fundusd model verify`")
        }
        return logits.map { (Probability.ofDisease(logit: $0, positiveClass: record.positiveClass), $0) }
    }
}

extension ModelFolder {
    /// The record of a model that can judge.
    func judgeRecord() throws(ModelFailure) -> ModelRecord {
        let record = try record()
        guard record.role == .judge, record.golden != nil else {
            let outputs = record.architecture.outputs.map(String.init) ?? "no"
            throw ModelFailure(
                .notJudgeable, path.string, "is a base network with \(outputs) outputs and has no verdict to give",
                remedy: "train from it with `fundusd train --base`, or import a model with one output")
        }
        return record
    }

    /// The network of weights packed before, or of model.safetensors, which is then kept packed for the next start.
    func network(
        _ record: ModelRecord, _ form: ResNet50Inference.Form
    ) throws(ModelFailure) -> ResNet50Inference {
        let file = PackedWeightsFile(self, record, form)
        if let kept = file.network(), let network = try? tested(kept, record) { return network }
        let network = try tested(form.network(try parameters(record), path: weightsPath.string), record)
        file.keep(network)
        return network
    }

    /// The network itself, once it has passed the model's self-test.
    func tested(_ network: ResNet50Inference, _ record: ModelRecord) throws(ModelFailure) -> ResNet50Inference {
        if let golden = record.golden { try GoldenCheck.verify(golden, network, path: path.string) }
        return network
    }
}

extension ModelRecord {
    func form(_ precision: Precision = .float32, batchSize: Int = 1) -> ResNet50Inference.Form {
        preprocessing.form(layout, precision, batchSize: batchSize)
    }
}

extension Preprocessing {
    func form(
        _ layout: ResNet50Layout, _ precision: Precision = .float32, batchSize: Int = 1
    ) -> ResNet50Inference.Form {
        ResNet50Inference.Form(
            layout: layout, batchSize: batchSize, inputHeight: height, inputWidth: width, precision: precision)
    }
}

extension ResNet50Inference.Form {
    /// Folds and packs.
    func network(_ parameters: ResNet50Parameters, path: String) throws(ModelFailure) -> ResNet50Inference {
        do throws(FoldingFailure) {
            return try ResNet50Inference(self, parameters: parameters)
        } catch {
            throw ModelFailure(
                .notFinite, path, tensor: error.parameter, "holds a negative variance",
                remedy: "the file is damaged: import an intact one")
        }
    }
}
