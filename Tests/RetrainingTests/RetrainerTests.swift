// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import Foundation
import FundusImage
import Hashing
import LabelledData
import LinuxIO
import ModelStore
import Processor
import Retraining
import Settings
import Synchronization
import SystemPackage
import TensorMath
import Testing
import Training
import Verdict

/// The labelled folders in, a challenger and a decision out.
@Suite struct RetrainerTests {
    private let site: ScreeningSite

    /// No model yet; drawn eyes come as a test labels them, those with disease with lesions.
    init() throws { site = try Self.emptySite() }

    private static func emptySite() throws -> ScreeningSite {
        let site = try ScreeningSite(
            model: .none,
            configuration: """
                retrain:
                  min-new-images: 10
                  min-per-class: 10
                  epochs: 2
                  learning-rate: 0.003
                  holdout-fraction: 0.5
                """)
        for folder in ["labelled/disease", "labelled/normal"] { try site.makeFolder(folder) }
        return site
    }

    private static let eyes = (0..<260).map {
        SyntheticEye(seed: UInt64($0) + 500, width: 96, height: 96, lesionCount: $0 % 2 == 0 ? 18 : 0).jpeg()
    }

    private func label(_ numbers: Range<Int>) throws { try Self.label(numbers, in: site) }

    private static func label(_ numbers: Range<Int>, in site: ScreeningSite) throws {
        for number in numbers {
            let name = number % 2 == 0 ? "disease" : "normal"
            try site.write(eyes[number], to: "labelled/\(name)/person\(number)_left.jpg")
        }
    }

    /// State and labelled folder after a retraining of 240 images whose challenger became the model: made once, copied by
    /// each test that begins there.
    private static let promotion = Result { () throws -> TemporaryFolder in
        let site = try emptySite()
        try site.addModel()
        try label(0..<240, in: site)
        try site.retrain(onlyIfGrown: true)
        let folder = TemporaryFolder()
        for name in ["state", "labelled"] {
            try FileManager.default.copyItem(
                atPath: site.path(name).string, toPath: folder.path.appending(name).string)
        }
        return folder
    }

    /// - Returns: the first model and the one that took its place.
    private func beginWithPromotion() throws -> (first: String, second: String) {
        let folder = try Self.promotion.get().path
        for name in ["state", "labelled"] {
            try site.remove(name)
            try FileManager.default.copyItem(atPath: folder.appending(name).string, toPath: site.path(name).string)
        }
        let second = try #require(try champion)
        return (try #require(try site.store.list().first { $0 != second }), second)
    }

    private var champion: String? {
        get throws { try site.store.championID }
    }

    private func lastRetraining() throws -> LastRetraining? { try LastRetraining.read(site.settings()) }

    @Test func `a hold-out that is too small decides nothing, and says so`() throws {
        let before = try site.addModel()
        try label(0..<40)
        #expect(try site.retrain(onlyIfGrown: true).said.contains("100 are needed to tell models apart"))
        #expect(try champion == before)
        let challenger = try #require(try site.store.list().first { $0 != before })
        #expect(try !site.decision(challenger).passed)
        #expect(try lastRetraining()?.outcome == .refused)
        #expect(!site.exists("state/retraining/checkpoint.safetensors"))
    }

    @Test func `a softmax in service is compared by its P(disease), and its head stays behind`() throws {
        let id = try site.addModel(outputs: 5)
        try label(0..<240)
        #expect(try site.retrain().said.contains("\(id); its head of 5 classes is left behind"))
        let challenger = try #require(try site.store.list().first { $0 != id })
        let held = try site.manifest(challenger).rows.filter { $0.side == .holdout }
        let settings = try site.settings()
        let judge = try settings.judge(with: settings.loadModel(named: id), drawingHeatmaps: false)
        let errors = try held.map { row in
            let bytes = try site.read("labelled/\(row.path)")
            let judged = try judge.judge(ImageContent(sha256: row.sha256, byteCount: bytes.count, bytes: bytes))
            return pow(try #require(judged.probability) - (row.label == .disease ? 1 : 0), 2)
        }
        let brier = try #require(try site.decision(challenger).champion?.brierScore)
        #expect(abs(errors.reduce(0, +) / Double(errors.count) - brier) < 1e-5, "\(held.count) held out")
    }

    /// Those that were drawn by chance are held out, but for pictures that nobody can judge: else none would teach.
    @Test func `what people called ungradable teaches the second output`() throws {
        let before = try site.addModel()
        try label(0..<40)
        try site.makeFolder("labelled/ungradable")
        var generator = SeededGenerator(seed: 3)
        var isDrawnByChance: [String: Bool] = [:]
        for number in 0..<20 {
            let pixels = (0..<3 * 96 * 96).map { _ in UInt8(generator.next() >> 60) }
            let dark = SyntheticPictures.encode(RGBPicture(width: 96, height: 96, pixels: pixels))
            try site.write(dark, to: "labelled/ungradable/person\(number + 1000)_left.jpg")
            isDrawnByChance[SHA256.hash(dark).hexadecimal] = true
        }
        for number in 0..<4 { isDrawnByChance[SHA256.hash(Self.eyes[number]).hexadecimal] = true }
        let reviewed = ReviewedTraining(isDrawnByChance: isDrawnByChance)
        try site.retrain(reviewed: reviewed)
        let challenger = try #require(try site.store.list().first { $0 != before })
        #expect(try site.store.record(challenger).gradability != nil)
        let rows = try site.manifest(challenger).rows
        let ungradable = rows.filter { $0.label == .ungradable }
        #expect(ungradable.count == 20 && Set(ungradable.map(\.side)) == [.training, .holdout])
        let reviewedEyes = rows.filter { $0.label.isDisease != nil && isDrawnByChance[$0.sha256] == true }
        #expect(reviewedEyes.count == 4 && reviewedEyes.allSatisfy { $0.side == .holdout })
        #expect(try site.store.record(challenger).training?.championInService == InServiceFigures.unknown)
    }

    /// The gate compares both on the same pictures.
    @Test func `a challenger sees what the model in service sees`() throws {
        try site.addModel()
        try label(0..<40)
        var recipe = Recipe.quick
        (recipe.geometry, recipe.epochs) = (.fieldCrop, 1)
        try site.train("field", recipe: recipe)
        try site.store.promote(ModelFolder(site.path("field")))
        let before = try site.store.list()
        try site.retrain()
        let challenger = try #require(try site.store.list().first { !before.contains($0) })
        let preprocessing = try site.store.record(challenger).preprocessing
        #expect(preprocessing.name == "field-crop-64" && preprocessing.geometry == .fieldCrop)
    }

    @Test func `a better challenger becomes the model, and then only growth leads to another`() throws {
        let (first, second) = try beginWithPromotion()
        #expect(try site.decision(second).championID == first && site.store.previousID == first)
        #expect(try lastRetraining()?.outcome == .promoted)

        // Renamed files, copies, and one saved again are nothing new.
        try site.move("labelled/disease/person0_left.jpg", to: "labelled/disease/z.jpg")
        try site.write(Self.eyes[1], to: "labelled/normal/copy.jpg")
        let idle = try site.retrain(onlyIfGrown: true).said
        #expect(idle.contains("0 new images are fewer than 10"), "\(idle)")
        #expect(try lastRetraining()?.outcome == .waited && site.store.list().count == 2)

        try label(240..<260)
        let grown = try site.retrain(onlyIfGrown: true).said
        #expect(grown.contains("20 new images (10 disease, 10 normal)"), "\(grown)")
        let third = try #require(try site.store.list().first { $0 != first && $0 != second })
        let (earlier, later) = (try site.manifest(second).sides, try site.manifest(third).sides)
        #expect(earlier.values.contains(.holdout) && later.count == 260)
        for (hash, side) in earlier { #expect(later[hash] == side) }

        let isPromoted = try lastRetraining()?.outcome == .promoted
        try site.store.rollback()
        #expect(try champion == (isPromoted ? second : first))
    }

    /// The same images and the same start give the same weights.
    @Test func `a model that was rolled back and is made again changes nothing`() throws {
        let (first, second) = try beginWithPromotion()
        try site.store.rollback()
        let said = try site.retrain(onlyIfGrown: true).said
        #expect(said.contains("weight for weight, so nothing changes"), "\(said)")
        #expect(try champion == first && site.store.list().count == 2 && site.store.list().contains(second))
        #expect(try lastRetraining()?.outcome == .refused)
    }

    /// Measured on the people held out, at the threshold in force.
    @Test func `a promoted challenger is calibrated for int8`() throws {
        let id = try beginWithPromotion().second
        let (folder, record) = (site.store.folder(id), try site.store.record(id))
        let quantization = try #require(try folder.quantization(of: record))
        let held = try site.manifest(id).rows.count { $0.side == .holdout }
        let check = try #require(quantization.check)
        #expect(quantization.images == held && check.images == held && check.threshold == record.threshold.value)
        let area = try #require(try site.decision(id).challenger?.areaUnderCurve)
        #expect(abs(check.areaUnderCurve.float32 - area) < 1e-3)
        #expect(abs(check.sensitivity.float32 - (record.threshold.sensitivity ?? 0)) < 1e-9)
        let candidates = record.candidates(at: check.threshold, quantization, .kernels, .avx2).precisions
        #expect(candidates == (check.allows(at: check.threshold) ? [.float32, .int8] : [.float32]))
        #expect(try LoadedModel(folder, precision: .int8).record.id == id)
    }

    /// The hours between the comparison's beginning and its end, in which a person changes the champion by hand.
    @Test(arguments: ["gated", "manual"]) func `who changes the champion meanwhile is not overruled`(
        promotion: String
    ) throws {
        let first = try site.addModel()
        let second = try site.addModel(seed: 2, as: nil)
        try label(0..<240)
        let store = site.store
        let log = TrainingLog { line in
            guard line.hasPrefix("Epoch 1 of 2") else { return }
            #expect(throws: Never.self) { try store.promote(second) }
        }
        try site.retrain([.retrainPromotion: promotion], log: log)
        #expect(try champion == second && !site.exists("state/models/challenger"), "\(log.said)")
        let challenger = try #require(try store.list().first { $0 != first && $0 != second })
        let decision = try site.decision(challenger)
        #expect(!decision.passed && decision.championID == first)
        #expect(decision.conditions.filter { !$0.passed }.map(\.name) == [.championUnchanged])
        let last = try #require(try lastRetraining())
        #expect(
            last.outcome == .refused
                && last.summary.contains("Model \(second) stays. Model \(challenger) is kept."))
        #expect(log.said.contains("compared with \(first), and meanwhile \(second) judges"))
    }

    @Test func `a challenger that learned wrong labels is refused`() throws {
        let good = try beginWithPromotion().second
        #expect(try lastRetraining()?.outcome == .promoted)
        // Those that train are put into the wrong class; the hold-out keeps its classes.
        for row in try site.manifest(good).rows where row.side == .training {
            let wrong = row.label == .disease ? "normal" : "disease"
            let name = try #require(FilePath(row.path).lastComponent?.string)
            try site.move("labelled/\(row.path)", to: "labelled/\(wrong)/\(name)")
        }
        #expect(try site.retrain(onlyIfGrown: true).said.contains("moved to the other class"))
        #expect(try champion == good)
        #expect(try lastRetraining()?.outcome == .refused)
    }

    private static let header = "sha256,class,side,group,path,source"

    /// The champion's images.csv, and how the retraining ends.
    @Test(
        arguments: [
            (nil, .inputOutput), ("", .dataError),
            ("sha256,class,group,path,source\nab,disease,0,a.jpg,\n", .dataError),
            ("\(header)\nab,disease,somewhere,0,a.jpg,\n", .dataError),
            ("\(header)\nab,disease,holdout\n", .dataError),
        ] as [(String?, LinuxIO.ExitStatus)])
    func `nobody trains where it can't be read who was held out`(manifest: String?, status: LinuxIO.ExitStatus) throws {
        let champion = try site.addModel()
        let path = "state/models/\(champion)/images.csv"
        // A link to itself can't be opened, and is no missing file.
        if let manifest {
            try site.write(manifest, to: path)
        } else {
            try site.link(path, to: "images.csv")
        }
        let refusal = try #require(throws: Refusal.self) { try site.retrain() }
        #expect(refusal.status == status && refusal.message.contains("images.csv"), "\(refusal)")
        #expect(refusal.message.contains("who was held out is not known"))
        #expect(try site.store.list() == [champion])
    }

    @Test func `without enough images of each class it waits, or refuses when told to go on`() throws {
        try site.addModel()
        #expect(try site.retrain(onlyIfGrown: true).said.contains("0 usable images of disease"))
        try label(0..<6)
        #expect(try site.retrain(onlyIfGrown: true).said.contains("each class needs 10"))
        let told = try #require(throws: Refusal.self) { try site.retrain() }
        #expect(told.status == .dataError && told.message.contains("has 3 usable images"))
    }
}
