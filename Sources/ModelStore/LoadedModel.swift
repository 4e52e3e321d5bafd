internal import FundusImage
internal import ResNet
internal import Synchronization
internal import SystemPackage

/// A model that has passed every check and is ready to judge.
///
/// Calls are serialized inside: the network has one workspace. Two models may be loaded side by side, as a swap does.
package final class LoadedModel: Sendable {
    package let record: ModelRecord
    private let path: String
    private let network: Mutex<ResNet50Inference>

    /// Reads the folder, verifies hash, names, shapes and finiteness, and runs the self-test.
    package init(_ folder: ModelFolder) throws(ModelFailure) {
        let record = try folder.record()
        guard record.role == .judge, let golden = record.golden else {
            let outputs = record.architecture.outputs.map(String.init) ?? "no"
            throw ModelFailure(
                .notJudgeable, folder.path.string,
                "is a base network with \(outputs) outputs and has no verdict to give",
                remedy: "train from it with `fundusd train --base`, or import a model with one output")
        }
        let parameters = try folder.parameters(record)
        let network = try Self.network(parameters, record.preprocessing, path: folder.weightsPath.string)
        try GoldenCheck.verify(golden, network, path: folder.path.string)
        self.record = record
        path = folder.path.string
        self.network = Mutex(network)
    }

    /// Floats that an input has: NCHW, 1×3×height×width of the record's preprocessing.
    package var inputCount: Int { 3 * record.preprocessing.height * record.preprocessing.width }

    /// P(disease), whatever class the network's logit speaks for; computed in Double.
    ///
    /// - Throws: where the logit is not finite, which no checked weights give for pixels: a fault, never a verdict.
    package func probabilityOfDisease(
        of input: [Float]
    ) throws(ModelFailure) -> (probability: Double, logit: Double) {
        let logits = network.withLock { $0.logits(of: input) }
        guard let logit = logits.first.map(Double.init), logit.isFinite else {
            throw ModelFailure(
                .notFinite, path, "gives a logit that is not finite", remedy: "verify it: `fundusd model verify`")
        }
        return (Probability.ofDisease(logit: logit, positiveClass: record.positiveClass), logit)
    }

    static func network(
        _ parameters: ResNet50Parameters, _ preprocessing: Preprocessing, path: String
    ) throws(ModelFailure) -> ResNet50Inference {
        do throws(FoldingFailure) {
            return try ResNet50Inference(
                parameters: parameters, inputHeight: preprocessing.height, inputWidth: preprocessing.width)
        } catch {
            throw ModelFailure(
                .notFinite, path, tensor: error.parameter, "holds a negative variance",
                remedy: "the file is damaged: import an intact one")
        }
    }
}
