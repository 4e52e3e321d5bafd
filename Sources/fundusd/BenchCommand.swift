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
    @Option(help: ArgumentHelp("An id or a folder (default: the champion).", valueName: "model")) var model: String?
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup(title: "Folders") var folders: FolderOptions
    @OptionGroup(title: "Judging") var judging: JudgingOptions

    func validate() throws {
        guard 1...10_000 ~= rounds else { throw ValidationError("--rounds must be between 1 and 10000.") }
    }

    func run() throws {
        let settings = try Settings.resolved(folders, judging.texts)
        let model = try settings.loadModel(named: model)
        let judge = try settings.judge(with: model)
        let bytes = try imageBytes(settings)
        let content = ImageContent(sha256: String(repeating: "0", count: 64), byteCount: bytes.count, bytes: bytes)
        _ = try judge.judge(content)
        var report = BenchReport(
            model: model.identity.id, threads: settings.threadCount, matrixProducts: MatrixProduct.coreName,
            startToFirstVerdict: ProcessAge.milliseconds)
        try measure(bytes, model, &report)
        report.peakResidentMegabytes = ProcessAge.peakResidentMegabytes
        try StandardOutput.say(json ? try report.document() : report.text)
    }

    private func imageBytes(_ settings: Settings) throws -> [UInt8] {
        guard let image else { return TestCard.jpeg(side: 2000) }
        do throws(SystemFailure) {
            let content = try NamedImageReader(maximumBytes: settings.maxBytes).read(FilePath(image))
            if let bytes = content.bytes { return bytes }
            throw Refusal(.dataError, "\(image) is larger than max-bytes")
        } catch {
            throw Refusal(.noInput, "\(error)")
        }
    }

    private func measure(_ bytes: [UInt8], _ model: LoadedModel, _ report: inout BenchReport) throws {
        let clock = ContinuousClock()
        let size = (width: model.preprocessing.width, height: model.preprocessing.height)
        var decode: [Double] = []
        var prepare: [Double] = []
        var network: [Double] = []
        for _ in 0..<rounds {
            let start = clock.now
            let decoded = try JPEGDecoder.decode(bytes, resizedTo: size, maximumPixels: .max) {}
            let afterDecode = clock.now
            _ = QualityGrader.grade(decoded.picture)
            var tensor: [Float] = []
            model.preprocessing.fill(&tensor, from: decoded.picture)
            let afterFill = clock.now
            _ = try model.probabilityOfDisease(of: tensor) as Double
            network.append((clock.now - afterFill).milliseconds)
            prepare.append((afterFill - afterDecode).milliseconds)
            decode.append((afterDecode - start).milliseconds)
            report.width = decoded.sourceWidth
            report.height = decoded.sourceHeight
        }
        report.decode = decode.median
        report.prepare = prepare.median
        report.network = network.median
    }
}

/// What `fundusd bench` tells; milliseconds are medians.
struct BenchReport: Encodable {
    let model: String
    let threads: Int
    /// The core that the matrix library was tuned for, as it says itself.
    let matrixProducts: String
    var precision = "float32"
    var width = 0
    var height = 0
    /// JPEG bytes to the network's size.
    var decode = 0.0
    /// Quality findings and the input tensor.
    var prepare = 0.0
    var network = 0.0
    /// From the kernel's start of the process to the first verdict, loading included; the kernel counts in 10 ms.
    let startToFirstVerdict: Double
    var peakResidentMegabytes = 0.0

    init(model: String, threads: Int, matrixProducts: String, startToFirstVerdict: Double) {
        self.model = model
        self.threads = threads
        self.matrixProducts = matrixProducts
        self.startToFirstVerdict = startToFirstVerdict
    }

    private enum CodingKeys: String, CodingKey {
        case model, threads, precision, width, height
        case matrixProducts = "matrix_products"
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

    var text: String {
        """
        Model \(model), \(precision), \(threads) threads, matrix products for \(matrixProducts)
        Decode and resize (\(width)×\(height))   \(decode.rounded3) ms
        Grade and prepare                        \(prepare.rounded3) ms
        Network                                  \(network.rounded3) ms
        Process start to first verdict           \(startToFirstVerdict.rounded1) ms
        Peak resident memory                     \(peakResidentMegabytes.rounded1) MB
        """
    }
}

extension [Double] {
    fileprivate var median: Double {
        let sorted = sorted()
        return isEmpty ? 0 : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
