// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import FundusImage
internal import LinuxIO
internal import ModelStore
internal import Screening
internal import Settings
internal import SystemPackage
internal import TensorMath

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times decode, preprocessing and network on this machine.",
        discussion: """
            Medians over the rounds, in milliseconds. Without --image a picture of 2000×2000 pixels is drawn. Stop the \
            daemon first: two programs that share the processors tell nothing.
            """)

    @Option(help: ArgumentHelp("Measure with this JPEG.", valueName: "file")) var image: String?
    @Option(help: ArgumentHelp("How often each step is run.", valueName: "count")) var rounds = 15
    @Option(help: ArgumentHelp("Time the network on batches of so many images as well.", valueName: "count"))
    var batch: Int?
    @Option(help: ArgumentHelp("An id or a folder (default: the champion).", valueName: "model")) var model: String?
    @Flag(help: "Time each layer of the network as well: the shortest of the rounds.") var layers = false
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup(title: "Folders") var folders: FolderOptions
    @OptionGroup(title: "Judging") var judging: JudgingOptions

    func validate() throws {
        guard 1...10_000 ~= rounds else { throw ValidationError("--rounds must be between 1 and 10000.") }
        guard 1...256 ~= batch ?? 1 else { throw ValidationError("--batch must be between 1 and 256.") }
    }

    func run() throws {
        let settings = try Settings.resolved(folders, judging.texts)
        let model = try settings.loadModel(named: self.model)
        let start = ContinuousClock.now
        let bytes = try imageBytes(settings)
        let drawing = image == nil ? ContinuousClock.now - start : .zero
        do {
            _ = try Sample(bytes, model, settings.fidelity)
        } catch let failure as DecodeFailure {
            throw Refusal(.dataError, "\(image ?? "the test card"): \(failure.message)")
        }
        var report = BenchReport(
            model: model.identity.id, threads: settings.threadCount,
            engine: model.engineKind, precision: model.precision, reason: model.reason,
            startToFirstVerdict: (ProcessAge.milliseconds - drawing.milliseconds).rounded())
        try measure(bytes, model, settings.fidelity, &report)
        if layers { report.layers = model.timedLayers(rounds: rounds) }
        report.peakResidentMegabytes = ProcessAge.peakResidentMegabytes
        if let batch { try measure(batches: batch, settings, &report) }
        try StandardOutput.say(json ? try report.document() : report.text)
    }

    private func imageBytes(_ settings: Settings) throws -> [UInt8] {
        guard let image else { return try TestCard.jpeg(side: 2000) }
        let content: ImageContent
        do throws(SystemFailure) {
            content = try NamedImageReader(maximumBytes: settings.maxBytes).read(FilePath(image))
        } catch {
            throw Refusal(error.isAbsence ? .noInput : .inputOutput, error.description)
        }
        guard let bytes = content.bytes else { throw Refusal(.dataError, "\(image) is larger than max-bytes") }
        return bytes
    }

    private func measure(
        _ bytes: [UInt8], _ model: LoadedModel, _ fidelity: DecodeFidelity, _ report: inout BenchReport
    ) throws {
        let samples = try (0..<rounds).map { _ in try Sample(bytes, model, fidelity) }
        report.decode = samples.map(\.decode).median
        report.prepare = samples.map(\.prepare).median
        report.network = samples.map(\.network).median
        report.width = samples[0].width
        report.height = samples[0].height
        report.shrinkage = samples[0].shrinkage
    }

    private func measure(batches size: Int, _ settings: Settings, _ report: inout BenchReport) throws {
        let model = try settings.loadModel(named: self.model, batchSize: size)
        let input = [Float](repeating: 0.5, count: model.inputCount)
        let clock = ContinuousClock()
        let times = try (0..<rounds).map { _ in
            let start = clock.now
            _ = try model.assessments(of: input)
            return (clock.now - start).milliseconds / Double(size)
        }
        report.batch = size
        report.batchNetwork = times.median
    }
}

/// One image's way through every step, in milliseconds; the network runs whatever the picture's quality is.
private struct Sample {
    let decode: Double
    let prepare: Double
    let network: Double
    let width: Int
    let height: Int
    let shrinkage: Int

    init(_ bytes: [UInt8], _ model: LoadedModel, _ fidelity: DecodeFidelity) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let decoded = try JPEGDecoder.decode(
            bytes, as: model.preprocessing, maximumPixels: .max, fidelity: fidelity)
        let afterDecode = clock.now
        _ = QualityGrader.grade(decoded)
        var tensor = [Float](repeating: 0, count: model.preprocessing.elementCount)
        model.preprocessing.fill(&tensor, from: decoded.picture)
        let afterPrepare = clock.now
        _ = try model.assessment(of: tensor)
        network = (clock.now - afterPrepare).milliseconds
        prepare = (afterPrepare - afterDecode).milliseconds
        decode = (afterDecode - start).milliseconds
        width = decoded.sourceWidth
        height = decoded.sourceHeight
        shrinkage = decoded.shrinkage
    }
}

/// What `fundusd bench` tells; milliseconds are medians.
struct BenchReport: Encodable {
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

    func document() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    private var batchLine: String {
        guard let batch, let batchNetwork else { return "" }
        return "\nNetwork, per image of a batch of \(batch)" + "     \(batchNetwork.rounded3) ms"
    }

    var text: String {
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

extension [Double] {
    fileprivate var median: Double {
        let sorted = sorted()
        let middle = isEmpty ? 0 : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
        return (middle * 1000).rounded() / 1000
    }
}
