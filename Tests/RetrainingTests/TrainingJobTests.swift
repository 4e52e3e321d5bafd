// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import FundusImage
import LabelledData
import LinuxIO
import ModelStore
import Report
import Settings
import SystemPackage
import Testing
import Training

/// A labelled folder in, a model's folder out.
@Suite struct TrainingJobTests {
    private let site: ScreeningSite

    /// Twelve drawn eyes of each class, those with disease with lesions.
    init() throws {
        site = try ScreeningSite()
        for folder in ["labelled/disease", "labelled/normal"] { try site.makeFolder(folder) }
        for number in 0..<24 {
            try site.write(Self.eyes[number], to: "labelled/\(number % 2 == 0 ? "disease" : "normal")/\(number).jpg")
        }
    }

    private static let eyes = (0..<24).map {
        SyntheticEye(seed: UInt64($0) + 50, width: 96, height: 96, lesionCount: $0 % 2 == 0 ? 12 : 0).jpeg()
    }

    @Test func `a model comes out, with all that tells how it was made, and judges`() throws {
        let log = try site.train()
        #expect(log.said.contains("Epoch 3 of 3: loss"))
        let names = [
            "card.md", "history.json", "images.csv", "loss-curve.html", "model.json", "model.safetensors",
            "training.json",
        ]
        #expect(try site.names(in: "model").filter { !$0.hasPrefix("packed-") } == names)
        #expect(!site.exists("model.training"))
        #expect(try site.text("model/loss-curve.html").contains("Training loss"))
        let record = try ModelFolder(site.path("model")).record()
        #expect(record.recipe == "screening, changed" && record.training?.epochs == 3)
        let manifest = try ImageManifest(parsing: site.read("model/images.csv"))
        let trained = try #require(record.training).trainedOn
        #expect(manifest.rows.count == 24)
        #expect(manifest.rows.count { $0.side == .training } == trained.disease + trained.normal)
        let evaluation = try LabelledEvaluation(
            try site.settings(), model: site.path("model").string, groups: nil, report: site.path("report"),
            targetSensitivity: 0.95, seed: 0)
        #expect(try evaluation.run(tell: { _ in }, afterEach: {}).images.count == 24)
        #expect(try site.text("report/report.html").contains("Loss"))
    }

    @Test func `a model of the field says so`() throws {
        var recipe = Recipe.quick
        (recipe.geometry, recipe.epochs) = (.fieldCrop, 1)
        try site.train(recipe: recipe)
        let preprocessing = try ModelFolder(site.path("model")).record().preprocessing
        #expect(preprocessing.geometry == .fieldCrop && preprocessing.name == "field-crop-64")
        #expect(try site.text("model/card.md").contains("square around the retina"))
    }

    @Test func `what is no image is named and left out, and so is what is in both classes`() throws {
        try site.write(SyntheticPictures.text(), to: "labelled/normal/text.jpg")
        try site.write(SyntheticPictures.truncated(), to: "labelled/disease/cut.jpg")
        try site.write(Self.eyes[0], to: "labelled/normal/wrong.jpg")
        try site.write(Self.eyes[1], to: "labelled/normal/copy.jpg")
        let said = try site.train().said
        for words in [
            "normal/text.jpg is skipped: not-jpeg", "disease/cut.jpg is skipped: truncated",
            "normal/wrong.jpg and disease/0.jpg are the same file in both classes",
            "1 copies of other images count once",
        ] {
            #expect(said.contains(words), "\(said)")
        }
        #expect(try ImageManifest(parsing: site.read("model/images.csv")).rows.count == 23)
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var minimum = 5
        var labelled: String?
        var base: String?
        var persons: String?
        var groups: String?
        let words: String
        let status: LinuxIO.ExitStatus
        var testDescription: String { words }
    }

    static let refused = [
        Refused(minimum: 13, words: "has 12 usable images", status: .dataError),
        Refused(labelled: "nowhere", words: "nowhere/disease is not there", status: .noInput),
        Refused(base: "nobody", words: "names no model", status: .noInput),
        Refused(base: "labelled/disease/0.jpg", words: "neither a safetensors file", status: .dataError),
        Refused(persons: "([", words: "no regular expression", status: .configuration),
        Refused(groups: "no.csv", words: "no.csv", status: .noInput),
    ]

    @Test(arguments: refused) func `what can't be done is refused with a reason`(refused: Refused) throws {
        let base = refused.base.map { $0.contains("/") ? site.path($0).string : $0 }
        let refusal = try #require(throws: Refusal.self) {
            try site.train(
                base: base ?? ModelStore.championLink, minimum: refused.minimum, groups: refused.groups,
                persons: refused.persons,
                settings: refused.labelled.map { [.labelled: site.path($0).string] } ?? [:])
        }
        #expect(refusal.status == refused.status && refusal.message.contains(refused.words), "\(refusal)")
        #expect(!site.exists("model"))
    }

    @Test func `a model that is there is not overwritten`() throws {
        try site.makeFolder("model")
        let refusal = try #require(throws: Refusal.self) { try site.train() }
        #expect(refusal.status == .cannotCreate && refusal.message.contains("is there already"))
        #expect(try site.names(in: "model").isEmpty)
    }

    @Test func `a name that a dead link has is refused before anything is trained`() throws {
        try site.link("model", to: "nowhere")
        let log = TrainingLog()
        let refusal = try #require(throws: Refusal.self) { try site.train(log: log) }
        #expect(refusal.status == .cannotCreate && refusal.message.contains("is there already"))
        #expect(log.said.isEmpty)
    }

    @Test func `a base that can't be looked at is not taken for a model's name`() throws {
        try site.link("loop.pth", to: "loop.pth")
        let refusal = try #require(throws: Refusal.self) { try site.train(base: site.path("loop.pth").string) }
        #expect(refusal.status == .inputOutput && refusal.message.contains("loop.pth: stat failed"))
    }

    /// Far beyond what decimals could say: told as it is, to the end, or until it is no number any more.
    @Test func `a loss of any size can be told`() throws {
        var recipe = Recipe.quick
        (recipe.learningRate, recipe.weightAveraging, recipe.epochs) = (10, 0, 9)
        let log = TrainingLog()
        var refusal: Refusal?
        do {
            try site.train(recipe: recipe, log: log)
        } catch let refused as Refusal {
            refusal = refused
        }
        #expect([nil, .dataError].contains(refusal?.status), "\(String(describing: refusal))")
        let said = [log.said, refusal?.message ?? ""].joined()
        #expect(said.contains("e+"), "\(said)")
        #expect(site.exists("model") == (refusal == nil))
    }
}
