// SPDX-License-Identifier: Apache-2.0
package import FundusImage
internal import LinuxIO
package import ResNet
internal import Synchronization
internal import SystemPackage
package import TensorMath

/// A model that has passed every check and is ready to judge.
///
/// Calls are serialized inside: the network has one workspace. Two models may be loaded side by side, as a swap does.
package final class LoadedModel: Sendable {
    package let record: ModelRecord
    package let precision: Precision
    package let engineKind: EngineKind
    /// Why it computes in this precision.
    package let reason: String
    private let measured: PrecisionSpeeds?
    /// Images that go through the network at once.
    package let batchSize: Int
    private let folder: ModelFolder
    private let network: Mutex<ResNet50Inference>
    /// model.safetensors as it was when the weights were checked.
    private let source: FileSignature

    /// Takes the packed weights that lie beside the model, or reads, verifies and packs them, and runs the self-test.
    ///
    /// Writes nothing: `keepPackedWeights` does.
    ///
    /// - Parameters:
    ///   - choice: what to compute in.
    ///   - batchSize: how many images a pass takes.
    ///   - engine: the threads that compute; those of all models, if no other is given.
    package convenience init(
        _ folder: ModelFolder, _ choice: PrecisionChoice = .plain, batchSize: Int = 1, engine: ComputeEngine = .shared
    ) throws(ModelFailure) {
        let record = try folder.judgeRecord()
        let quantization = choice.precision == .int8 ? try folder.requiredQuantization(of: record) : nil
        let form = record.form(choice.precision, batchSize: batchSize, ranges: quantization?.ranges)
        let source = try folder.open(folder.weightsPath)
        var tested = record
        tested.golden = quantization?.golden ?? record.golden
        let network = try folder.network(tested, form, source, engine)
        self.init(folder, record, network, source, choice)
    }

    /// The same in a precision that somebody asks for.
    package convenience init(_ folder: ModelFolder, precision: Precision, batchSize: Int = 1) throws(ModelFailure) {
        try self.init(folder, PrecisionChoice(precision, because: "it was asked for"), batchSize: batchSize)
    }

    /// The same from model.safetensors itself, whatever lies beside it.
    package convenience init(repacking folder: ModelFolder) throws(ModelFailure) {
        let record = try folder.judgeRecord()
        let source = try folder.open(folder.weightsPath)
        self.init(folder, record, try folder.packedNetwork(record, record.form(), source), source)
    }

    private init(
        _ folder: ModelFolder, _ record: ModelRecord, _ network: sending ResNet50Inference, _ source: ByteSource,
        _ choice: PrecisionChoice = .plain
    ) {
        guard let signature = source.signature else { preconditionFailure("weights are read from a file") }
        self.record = record
        self.folder = folder
        self.source = signature
        precision = network.precision
        engineKind = network.engineKind
        reason = choice.reason
        measured = choice.measured
        batchSize = network.batchSize
        self.network = Mutex(network)
    }

    /// Leaves the packed weights beside the model for the next start, unless they lie there in order.
    @discardableResult
    package func keepPackedWeights() -> PackedWeightsKeeping {
        if let measured { folder.keep(measured) }
        return network.withLock { folder.keepPackedWeights(of: $0, record, from: source) }
    }

    /// Floats that an input has: NCHW, batch×3×height×width of the record's preprocessing.
    package var inputCount: Int { batchSize * record.preprocessing.elementCount }

    /// What the network says of one image.
    ///
    /// - Throws: where a logit is not finite, which no checked weights give for pixels: a fault, never a verdict.
    package func assessment(of input: [Float]) throws(ModelFailure) -> EyeAssessment {
        precondition(batchSize == 1, "the model takes batches")
        return try assessments(of: input)[0]
    }

    /// The same for a batch.
    package func assessments(of batch: [Float]) throws(ModelFailure) -> [EyeAssessment] {
        try assessments(logits: logits(of: batch))
    }

    /// What the network itself gives, [batch, outputs].
    package func logits(of batch: [Float]) -> [Float] { network.withLock { $0.logits(of: batch) } }

    /// What each layer takes of a batch, over some passes.
    package func layerTimes(of batch: [Float], rounds: Int) -> [LayerTime] {
        network.withLock { $0.layerTimes(of: batch, rounds: rounds) }
    }

    /// The same for one image, and where in it the network saw disease, whatever class its logit speaks for.
    package func diseaseMap(
        of input: [Float]
    ) throws(ModelFailure) -> (assessment: EyeAssessment, map: DiseaseMap) {
        precondition(batchSize == 1, "the model takes batches")
        let (logits, activation) = network.withLock {
            $0.activation(of: input) { record.diseaseLogit.linearized(at: $0) }
        }
        let map = DiseaseMap(
            width: activation.width, height: activation.height, logits: activation.values,
            inputWidth: record.preprocessing.width, inputHeight: record.preprocessing.height,
            pixelsPerPlace: ClassActivationMap.pixelsPerPlace)
        return (try assessments(logits: logits)[0], map)
    }

    /// - Parameter logits: [batch, outputs].
    private func assessments(logits: [Float]) throws(ModelFailure) -> [EyeAssessment] {
        let outputs = record.architecture.outputs ?? 1
        guard logits.count == batchSize * outputs, logits.allSatisfy(\.isFinite) else {
            throw ModelFailure(
                .notFinite, folder.path.string, "gives a logit that is not finite",
                remedy: "verify it: `fundusd model verify`")
        }
        return stride(from: 0, to: logits.count, by: outputs).map { first in
            EyeAssessment(
                probabilityOfDisease: record.diseaseLogit.probability(logits[first..<first + outputs]),
                probabilityOfGradable: record.gradability.map {
                    Probability.ofDisease(logit: Double(logits[first + $0.output]), positiveClass: .disease)
                })
        }
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
                remedy: "train from it with `fundusd train --base`, or import a classifier of eyes")
        }
        return record
    }

    fileprivate func network(
        _ record: ModelRecord, _ form: ResNet50Inference.Form, _ source: ByteSource, _ engine: ComputeEngine
    ) throws(ModelFailure) -> ResNet50Inference {
        if let kept = try keptNetwork(record, form, source, engine) { return kept }
        return try packedNetwork(record, form, source, engine)
    }

    /// The network of the packed weights beside the model; nil where they are not whole, not its own, or fail the test.
    ///
    /// - Throws: where they fit, and model.safetensors is not what it was when they were made.
    func keptNetwork(
        _ record: ModelRecord, _ form: ResNet50Inference.Form, _ source: ByteSource, _ engine: ComputeEngine = .shared
    ) throws(ModelFailure) -> ResNet50Inference? {
        guard let found = try? PackedWeightsFile(self, sha256: record.sha256, form).weights() else { return nil }
        // A copy of a model's folder is another file with the same content. It is read then, but not packed.
        if source.signature.map(PackedWeightsFile.Header.Source.init) != found.header.source {
            try check(source, record)
        }
        let network = ResNet50Inference(form, weights: found.weights, engine: engine)
        return try? tested(network, record)
    }

    /// The network of model.safetensors.
    func packedNetwork(
        _ record: ModelRecord, _ form: ResNet50Inference.Form, _ source: ByteSource, _ engine: ComputeEngine = .shared
    ) throws(ModelFailure) -> ResNet50Inference {
        try check(source, record)
        let network = try form.network(
            reading: WeightArchive(source).reader(record.layout), path: source.path, engine: engine)
        guard try source.isUnchanged() else {
            throw ModelFailure(.damaged, source.path, "changed while it was read", remedy: "try again")
        }
        return try tested(network, record)
    }

    /// See `LoadedModel.keepPackedWeights`.
    func keepPackedWeights(
        of network: ResNet50Inference, _ record: ModelRecord, from source: FileSignature
    ) -> PackedWeightsKeeping {
        let form = record.form(network.precision, batchSize: network.batchSize, ranges: network.ranges)
        let file = PackedWeightsFile(self, sha256: record.sha256, form)
        guard let fault = file.fault(for: network, from: source) else { return .inOrder }
        do throws(SystemFailure) {
            try file.keep(network, from: source)
            return .renewed(fault)
        } catch {
            // Another process may have kept them, and cleared our unfinished file away.
            return file.fault(for: network, from: source) == nil ? .inOrder : .notKept(fault, error.description)
        }
    }

    /// The network itself, once it has passed the model's self-test.
    func tested(_ network: ResNet50Inference, _ record: ModelRecord) throws(ModelFailure) -> ResNet50Inference {
        if let golden = record.golden { try GoldenCheck.verify(golden, network, path: path.string) }
        return network
    }
}

extension ModelRecord {
    func form(
        _ precision: Precision = .float32, batchSize: Int = 1, ranges: ActivationRanges? = nil,
        engineKind: EngineKind? = nil
    ) -> ResNet50Inference.Form {
        preprocessing.form(layout, precision, batchSize: batchSize, ranges: ranges, engineKind: engineKind)
    }
}

extension Preprocessing {
    func form(
        _ layout: ResNet50Layout, _ precision: Precision = .float32, batchSize: Int = 1,
        ranges: ActivationRanges? = nil, engineKind: EngineKind? = nil
    ) -> ResNet50Inference.Form {
        ResNet50Inference.Form(
            layout: layout, batchSize: batchSize, inputHeight: height, inputWidth: width, precision: precision,
            ranges: ranges, engineKind: engineKind)
    }
}

extension ResNet50Inference.Form {
    /// Folds and packs what `read` gives.
    func network(
        reading read: (ParameterSpecification) throws(ModelFailure) -> [Float], path: String,
        engine: ComputeEngine = .shared
    ) throws(ModelFailure) -> ResNet50Inference {
        do throws(PackingFailure<ModelFailure>) {
            return ResNet50Inference(self, weights: try packed(reading: read), engine: engine)
        } catch {
            switch error {
            case .reading(let failure): throw failure
            case .folding(let failure):
                throw ModelFailure(
                    .notFinite, path, tensor: failure.parameter, "holds a negative variance",
                    remedy: "the file is damaged: import an intact one")
            }
        }
    }

    /// Folds and packs parameters that are in memory.
    func network(_ parameters: ResNet50Parameters, path: String) throws(ModelFailure) -> ResNet50Inference {
        precondition(parameters.layout == layout, "parameters of another network")
        return try network(
            reading: { (tensor) throws(ModelFailure) in Array(parameters[tensor.name]) }, path: path)
    }
}

/// What became of the packed weights beside a model.
package enum PackedWeightsKeeping: Equatable, Sendable {
    case inOrder
    case renewed(PackedWeightsFault)
    /// They are made anew at each start: why, and what keeps them from being written.
    case notKept(PackedWeightsFault, String)
}
