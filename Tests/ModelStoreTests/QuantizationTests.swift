// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import LinuxIO
import Processor
import ResNet
import SystemPackage
import TensorMath
import Testing

@testable import ModelStore

/// What lies beside a model for int8: measured, kept, and asked for.
@Suite(.serialized) struct QuantizationTests {
    private let state = TemporaryFolder()
    private let folder: ModelFolder
    private let record: ModelRecord

    init() throws {
        let store = ModelStore(root: state.path)
        record = try store.importModel(
            from: GoldenCheckpoints.path("narrow.pth"), meaning: .positive(.normal),
            date: Date(timeIntervalSince1970: 0))
        folder = store.folder(record.id)
    }

    private static func eye(_ number: Int) -> [Float] {
        SeededInput.values(name: "eye \(number)", seed: 1, height: 224, width: 224)
    }

    /// Three photographs, and after the last the first again.
    private func calibrated() throws -> Quantization {
        var next = 0
        let measured = try folder.calibrate { _ throws(ModelFailure) in
            next += 1
            return next % 4 == 0 ? nil : (Self.eye(next % 4), next % 2 == 0)
        }
        #expect(measured.outcomes.count == 3 && measured.quantization.images == 3)
        #expect(measured.outcomes.map(\.isDisease) == [false, true, false])
        #expect(measured.outcomes.allSatisfy { abs($0.float32 - $0.int8) < 0.02 })
        return measured.quantization
    }

    @Test func `of the parts of the pooled map's range the one that changes logits least is taken`() throws {
        let (eyes, parameters) = ((1...3).map(Self.eye), try folder.parameters(record))
        let exact = try record.preprocessing.form(parameters.layout, engineKind: .kernels)
            .network(parameters, path: "")
        var histogram = ActivationHistogram(parameters.layout)
        for eye in eyes { histogram.add(eye, through: exact) }
        let whole = histogram.ranges(.calibrated)
        let changes = try CalibratedJudge.pooledParts.map { part in
            let ranges = whole.withPooled(times: part)
            let rounded = try record.preprocessing.form(parameters.layout, .int8, ranges: ranges)
                .network(parameters, path: "")
            let squares = eyes.map { eye in
                let change = rounded.logits(of: eye)[0] - exact.logits(of: eye)[0]
                return change * change
            }
            return squares.reduce(0, +)
        }
        #expect(Set(changes).count == changes.count)
        let best = zip(changes, CalibratedJudge.pooledParts).min { $0.0 < $1.0 }
        #expect(try calibrated().ranges == whole.withPooled(times: best?.1 ?? 0))
    }

    @Test func `a model that was not measured is refused`() throws {
        #expect {
            _ = try LoadedModel(folder, precision: .int8)
        } throws: { error in
            guard let failure = error as? ModelFailure else { return false }
            return failure.code == .unsaid && failure.remedy.contains("fundusd model calibrate --holdout")
        }
    }

    @Test func `a measured one judges and keeps its packed weights`() throws {
        let exact = try LoadedModel(folder)
        try folder.keep(try calibrated())
        let model = try LoadedModel(folder, precision: .int8)
        #expect(model.keepPackedWeights() == .renewed(.missing))
        let mapped = try LoadedModel(folder, precision: .int8)
        #expect(mapped.keepPackedWeights() == .inOrder)
        let (ours, theirs) = (mapped.logits(of: Self.eye(9))[0], exact.logits(of: Self.eye(9))[0])
        #expect(ours != theirs && abs(ours - theirs) < 0.1)
        #expect(ours == model.logits(of: Self.eye(9))[0])
    }

    @Test func `other ranges make the packed weights stale`() throws {
        var quantization = try calibrated()
        try folder.keep(quantization)
        try LoadedModel(folder, precision: .int8).keepPackedWeights()
        var largest = quantization.ranges.largest
        largest["maxpool"] = (largest["maxpool"] ?? 0) * 1.001
        quantization.ranges = ActivationRanges(largest: largest)
        // They give another logit, too.
        quantization.golden.tolerance = 0.1
        try folder.keep(quantization)
        let model = try LoadedModel(folder, precision: .int8)
        #expect(model.keepPackedWeights() == .renewed(.stale("another way to compute")))
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        let change: @Sendable (inout Quantization) -> Void
    }

    static let damages = [
        Damage(testDescription: "other weights", says: "other weights") { $0.sha256 = "00" },
        Damage(testDescription: "another version", says: "is not what this program writes") { $0.schema = "x/2" },
        Damage(testDescription: "no ranges", says: "has no range of maxpool") {
            $0.ranges = ActivationRanges(largest: [:])
        },
        Damage(testDescription: "another network's logit", says: "fails its self-test") { $0.golden.logits[0] += 1 },
    ]

    @Test(arguments: damages) func `what does not fit is refused`(_ damage: Damage) throws {
        var quantization = try calibrated()
        damage.change(&quantization)
        try folder.keep(quantization)
        #expect {
            _ = try LoadedModel(folder, precision: .int8)
        } throws: { "\($0)".contains(damage.says) }
        // Who computes in floats does not need it.
        _ = try LoadedModel(folder)
    }

    @Test func `what is no json proves nothing`() throws {
        try AtomicFile.write(Array("{".utf8), to: folder.path.appending(Quantization.fileName))
        #expect(try folder.soundQuantization(of: record) == nil)
        #expect(throws: ModelFailure.self) { _ = try folder.quantization(of: record) }
    }

    @Test func `what is measured before a model is written belongs to what is written`() throws {
        var model = NewModel(parameters: try folder.parameters(record), positiveClass: .normal)
        let photographs = [(Self.eye(1), true), (Self.eye(2), false)]
        var next = 0
        model.quantization = try model.calibrate { _ throws(ModelFailure) in
            next += 1
            return next % 3 == 0 ? nil : photographs[next % 3 - 1]
        }.quantization
        let store = ModelStore(root: state.path.appending("other"))
        let record = try store.publish(model, date: Date(timeIntervalSince1970: 0))
        let kept = try #require(try store.folder(record.id).quantization(of: record))
        #expect(kept.images == 2 && kept.ranges == model.quantization?.ranges)
        _ = try LoadedModel(store.folder(record.id), precision: .int8)
    }

    @Test func `the name of what is measured is no attachment's`() {
        let attachment = ModelAttachment(name: Quantization.fileName, bytes: [])
        #expect(ModelAttachment.fault(in: [attachment]) != nil)
    }

    /// A model that judges in floats must not fail for an int8 that this machine computes otherwise.
    @Test func `what fails its self-test is not chosen`() throws {
        var quantization = try calibrated()
        quantization.golden.logits[0] += 1
        try folder.keep(quantization)
        let engine = ComputeEngine(instructionSet: .best, team: ComputeTeam(threadCount: 1))
        let like = PrecisionSpeeds(
            machine: PrecisionSpeeds.Machine(engine), height: 224, width: 224, milliseconds: [:])
        let speeds = try folder.measuredSpeeds(of: [.float32, .int8], on: engine, like: like)
        #expect(speeds[.float32] != nil && speeds[.int8] == nil)
        #expect(speeds.choice(among: [.float32, .int8])?.precision == .float32)
    }

    @Test func `no photograph is no calibration`() {
        #expect(throws: ModelFailure.self) { try folder.calibrate { _ throws(ModelFailure) in nil } }
    }

    struct Evidence: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let isEnough: Bool
        let change: @Sendable (inout QuantizationCheck) -> Void
    }

    static let evidence = [
        Evidence(testDescription: "equal figures", isEnough: true) { _ in },
        Evidence(testDescription: "changed verdicts", isEnough: true) { $0.changedVerdicts = 7 },
        Evidence(testDescription: "few images", isEnough: false) { $0.images = 99 },
        Evidence(testDescription: "another threshold", isEnough: false) { $0.threshold = 0.4 },
        Evidence(testDescription: "AUC lower within the margin", isEnough: true) { $0.areaUnderCurve.int8 = 0.8975 },
        Evidence(testDescription: "AUC lower", isEnough: false) { $0.areaUnderCurve.int8 = 0.896 },
        Evidence(testDescription: "sensitivity lower", isEnough: false) { $0.sensitivity.int8 = 0.93 },
        Evidence(testDescription: "specificity lower", isEnough: true) { $0.specificity.int8 = 0.7 },
        Evidence(testDescription: "no number", isEnough: false) { $0.areaUnderCurve.int8 = .nan },
    ]

    @Test(arguments: evidence) func `only evidence lets auto take it`(_ example: Evidence) {
        var check = QuantizationCheck(
            images: 100, threshold: 0.5, changedVerdicts: 0, largestChange: 0.01,
            areaUnderCurve: .init(float32: 0.9, int8: 0.9), sensitivity: .init(float32: 0.95, int8: 0.95),
            specificity: .init(float32: 0.8, int8: 0.8))
        example.change(&check)
        #expect(check.allows(at: 0.5) == example.isEnough)
    }
}
