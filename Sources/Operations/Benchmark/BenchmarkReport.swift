// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Processor
internal import TensorMath
internal import WrittenText

/// What `fundusd bench` tells; milliseconds are medians.
package struct BenchmarkReport: Encodable {
    let model: String
    let threads: Int
    /// Who computes; FUNDUSD_ENGINE changes it.
    let engine: String
    /// What our kernels were compiled for, FUNDUSD_SIMD lowers it; or OpenBLAS's own name for the processor.
    let instructionSet: String
    let precision: String
    /// Why it is this precision.
    let reason: String
    var width = 0
    var height = 0
    /// How much smaller a side was decoded.
    var shrinkage = 1
    /// JPEG bytes to the network's size.
    var decode = 0.0
    /// Quality findings and the input tensor.
    var prepare = 0.0
    var network = 0.0
    var batch: Int?
    /// Per image of a batch.
    var batchNetwork: Double?
    /// From the kernel's start of the process to the first verdict, loading included and the drawing of the picture
    /// left out; the kernel counts in 10 ms.
    let startToFirstVerdict: Double
    var peakResidentMegabytes = 0.0
    var layers: [LayerReport]?

    init(
        model: String, threads: Int, engine: EngineKind, precision: Precision, reason: String,
        startToFirstVerdict: Double
    ) {
        self.model = model
        self.threads = threads
        self.engine = engine.rawValue
        instructionSet =
            engine == .kernels ? ComputeEngine.shared.instructionSet.rawValue : MatrixProduct.coreName
        self.precision = precision.rawValue
        self.reason = reason
        self.startToFirstVerdict = startToFirstVerdict
    }

    private enum CodingKeys: String, CodingKey {
        case model, threads, engine, precision, width, height, shrinkage, batch, layers
        case batchNetwork = "batch_network_ms_per_image"
        case instructionSet = "instruction_set"
        case reason = "precision_reason"
        case decode = "decode_ms"
        case prepare = "prepare_ms"
        case network = "network_ms"
        case startToFirstVerdict = "start_to_first_verdict_ms"
        case peakResidentMegabytes = "peak_resident_mb"
    }

    /// For `--json`.
    package func document() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    private var batchLine: String {
        guard let batch, let batchNetwork else { return "" }
        return "\nNetwork, per image of a batch of \(batch)" + "     \(batchNetwork.rounded3) ms"
    }

    /// For a person.
    package var text: String {
        """
        Model \(model), \(precision), \(threads) threads, \(engine) (\(instructionSet))
        Why \(precision): \(reason)
        Decode and resize (\(width)×\(height)\(shrinkage > 1 ? " at 1/\(shrinkage)" : ""))   \(decode.rounded3) ms
        Grade and prepare                        \(prepare.rounded3) ms
        Network                                  \(network.rounded3) ms\(batchLine)
        Process start to first verdict           \(startToFirstVerdict.rounded1) ms
        Peak resident memory                     \(peakResidentMegabytes.rounded1) MB\(layers?.table ?? "")
        """
    }
}
