// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import FundusImage
internal import LinuxIO
internal import ModelStore
package import Settings
package import SystemPackage
internal import TensorMath
internal import Verdict

/// Times decode, preprocessing and network on this machine.
package struct InferenceBenchmark {
    private let settings: Settings
    /// A JPEG to measure with; nil for a drawn picture of 2000×2000 pixels.
    private let image: FilePath?
    /// An id or a folder; nil is the champion.
    private let model: String?
    /// How often each step is run.
    private let rounds: Int
    /// Whether each layer of the network is timed as well.
    private let layers: Bool
    /// Images of a batch that is timed as well; nil for none.
    private let batch: Int?

    /// - Parameters:
    ///   - image: a JPEG; nil for a drawn picture.
    ///   - model: an id or a folder; nil is the champion.
    ///   - rounds: how often each step is run, at least once.
    ///   - batch: images of a batch that is timed as well; nil for none.
    ///   - layers: whether each layer of the network is timed as well.
    package init(
        _ settings: Settings, image: FilePath?, model: String?, rounds: Int, batch: Int?, layers: Bool = false
    ) {
        self.settings = settings
        self.image = image
        self.model = model
        self.rounds = rounds
        self.batch = batch
        self.layers = layers
    }

    /// - Throws: a `Refusal`.
    package func run() throws -> BenchmarkReport {
        let model = try settings.loadModel(named: self.model)
        let start = ContinuousClock.now
        let bytes = try imageBytes()
        let drawing = image == nil ? ContinuousClock.now - start : .zero
        do {
            _ = try Sample(bytes, model, settings.fidelity)
        } catch let failure as DecodeFailure {
            throw Refusal(.dataError, "\(image?.string ?? "the drawn picture"): \(failure.message)")
        }
        var report = BenchmarkReport(
            model: model.identity.id, threads: settings.threadCount,
            engine: model.engineKind, precision: model.precision, reason: model.reason,
            startToFirstVerdict: (ProcessAge.milliseconds - drawing.milliseconds).rounded())
        try measure(bytes, model, settings.fidelity, &report)
        if layers { report.layers = model.timedLayers(rounds: rounds) }
        report.peakResidentMegabytes = ProcessAge.peakResidentMegabytes
        if let batch { try measure(batches: batch, &report) }
        return report
    }

    private func imageBytes() throws -> [UInt8] {
        guard let image else { return try SyntheticFundus.jpeg(side: 2000) }
        let content: ImageContent
        do throws(SystemFailure) {
            content = try NamedImageReader(maximumBytes: settings.maxBytes).read(image)
        } catch {
            throw Refusal(error.isAbsence ? .noInput : .inputOutput, error.description)
        }
        guard let bytes = content.bytes else { throw Refusal(.dataError, "\(image) is larger than max-bytes") }
        return bytes
    }

    private func measure(
        _ bytes: [UInt8], _ model: LoadedModel, _ fidelity: DecodeFidelity, _ report: inout BenchmarkReport
    ) throws {
        let samples = try (0..<rounds).map { _ in try Sample(bytes, model, fidelity) }
        report.decode = samples.map(\.decode).median
        report.prepare = samples.map(\.prepare).median
        report.network = samples.map(\.network).median
        report.width = samples[0].width
        report.height = samples[0].height
        report.shrinkage = samples[0].shrinkage
    }

    private func measure(batches size: Int, _ report: inout BenchmarkReport) throws {
        let model = try settings.loadModel(named: self.model, batchSize: size)
        let input = [Float](repeating: 0.5, count: model.inputCount)
        // The first pass meets fresh memory, as a picture's first one did when the model was loaded.
        _ = try model.assessments(of: input)
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

extension [Double] {
    fileprivate var median: Double {
        let sorted = sorted()
        let middle = isEmpty ? 0 : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
        return (middle * 1000).rounded() / 1000
    }
}
