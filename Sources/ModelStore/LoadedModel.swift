internal import FundusImage
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

    /// Reads the folder, verifies hash, names, shapes and finiteness, and runs the self-test.
    ///
    /// - Parameter batchSize: how many images a pass takes.
    package init(
        _ folder: ModelFolder, precision: Precision = .float32, batchSize: Int = 1
    ) throws(ModelFailure) {
        let record = try folder.record()
        guard record.role == .judge, let golden = record.golden else {
            let outputs = record.architecture.outputs.map(String.init) ?? "no"
            throw ModelFailure(
                .notJudgeable, folder.path.string,
                "is a base network with \(outputs) outputs and has no verdict to give",
                remedy: "train from it with `fundusd train --base`, or import a model with one output")
        }
        let parameters = try folder.parameters(record)
        let network = try Self.network(
            parameters, record.preprocessing, precision, batchSize: batchSize, path: folder.weightsPath.string)
        try GoldenCheck.verify(golden, network, path: folder.path.string)
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
        let logits = network.withLock { $0.logits(of: batch) }.map { Double($0) }
        guard logits.count == batchSize, logits.allSatisfy(\.isFinite) else {
            throw ModelFailure(
                .notFinite, path, "gives a logit that is not finite", remedy: "verify it: `fundusd model verify`")
        }
        return logits.map { (Probability.ofDisease(logit: $0, positiveClass: record.positiveClass), $0) }
    }

    static func network(
        _ parameters: ResNet50Parameters, _ preprocessing: Preprocessing, _ precision: Precision = .float32,
        batchSize: Int = 1, path: String
    ) throws(ModelFailure) -> ResNet50Inference {
        do throws(FoldingFailure) {
            return try ResNet50Inference(
                parameters: parameters, batchSize: batchSize, inputHeight: preprocessing.height,
                inputWidth: preprocessing.width,
                precision: precision)
        } catch {
            throw ModelFailure(
                .notFinite, path, tensor: error.parameter, "holds a negative variance",
                remedy: "the file is damaged: import an intact one")
        }
    }
}
