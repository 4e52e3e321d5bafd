// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
import LinuxIO
import ResNet
import SystemPackage
import Testing

@testable import ModelStore

/// A model's folder by itself: made at a path of the caller's, with attachments, and taken into a store.
@Suite(.serialized) struct ModelFolderTests {
    private let place = TemporaryFolder()
    private let date = Date(timeIntervalSince1970: 1_795_478_400)

    private func newModel(seed: UInt64 = 1, outputs: Int? = 1) -> NewModel {
        let layout = ResNet50Layout(baseWidth: 2, outputs: outputs)
        return NewModel(
            parameters: SeededNetwork.parameters(layout: layout, seed: seed), positiveClass: .disease)
    }

    private func names(_ path: FilePath) throws -> [String] { try Folder(path).names().map(\.string).sorted() }

    static let training = ModelRecord.Training(
        seed: .max, epochs: 12, trainedOn: .init(disease: 646, normal: 993),
        holdout: .init(disease: 101, normal: 150, groups: 240), softwareVersion: "0.3.0",
        figures: .init(areaUnderCurve: 0.71234567, low: 0.65, high: 0.77, sensitivity: 0.9, specificity: 0.4),
        temperature: 1.25)

    @Test func `a model is made at a path, with its attachments and all that is known of it`() throws {
        var model = newModel()
        model.training = Self.training
        model.attachments = [
            .init(name: "history.json", bytes: Array("{}".utf8)), .init(name: "images.csv", bytes: []),
        ]
        let path = place.path.appending("new").appending("model")
        let record = try ModelFolder.create(model, at: path, date: date)
        #expect(record.training == Self.training)
        #expect(try ModelFolder(path).record() == record)
        #expect(try ModelFolder(path).verify().record == record)
        #expect(
            try names(path) == [
                "card.md", "history.json", "images.csv", "model.json", "model.safetensors",
                PackedWeightsFile.name(of: record.form()),
            ])
        #expect(try names(path.removingLastComponent()) == ["model"])
        #expect(try ByteSource(opening: path.appending("history.json")).bytes(at: 0, count: 2) == Array("{}".utf8))
        let json = String(decoding: record.json(), as: UTF8.self)
        for words in [
            "\"area_under_curve\" : 0.71234567", "\"software_version\"", "\"trained_on\"",
            "\"seed\" : 18446744073709551615",
        ] {
            #expect(json.contains(words), "\(words)")
        }
    }

    @Test func `a record of before, without the training, is read`() throws {
        let record = try ModelFolder.create(newModel(), at: place.path.appending("model"), date: date)
        #expect(record.training == nil)
        #expect(!String(decoding: record.json(), as: UTF8.self).contains("training"))
        #expect(try ModelFolder(place.path.appending("model")).record() == record)
    }

    static let badNames = [
        "", ".", "..", ".hidden", "a/b", "/a", "a/", "model.json", "model.safetensors", "card.md",
        "packed-float32.weights", "packed-anything.weights", "line\nbreak", "nul\0", String(repeating: "x", count: 256),
    ]

    @Test(arguments: badNames) func `an attachment by no plain name of its own is refused`(name: String) throws {
        var model = newModel()
        model.attachments = [.init(name: name, bytes: [])]
        #expect { try ModelFolder.create(model, at: place.path.appending("model"), date: date) } throws: {
            ($0 as? ModelFailure)?.code == .refused
        }
        #expect(try names(place.path) == [])
    }

    @Test func `two attachments of one name are refused`() throws {
        var model = newModel()
        model.attachments = ["a", "b", "a"].map { .init(name: $0, bytes: []) }
        #expect(throws: ModelFailure.self) {
            try ModelFolder.create(model, at: place.path.appending("model"), date: date)
        }
    }

    enum Taken: String, CaseIterable {
        case file, emptyFolder, fullFolder, deadLink
    }

    @Test(arguments: Taken.allCases) func `what lies at the path already stays`(taken: Taken) throws {
        let path = place.path.appending("model")
        switch taken {
        case .file: try AtomicFile.write([1], to: path)
        case .emptyFolder: try AtomicFile.makeFolder(path)
        case .fullFolder: try AtomicFile.makeFolder(path.appending("more"))
        case .deadLink: #expect(symlink("nowhere", path.string) == 0)
        }
        #expect { try ModelFolder.create(newModel(), at: path, date: date) } throws: {
            ($0 as? ModelFailure)?.code == .refused && "\($0)".contains("already")
        }
        #expect(try names(place.path) == ["model"])
    }

    @Test(arguments: ["", "/", ".", "..", "a/.."]) func `a path that names no folder is refused`(path: String) {
        #expect(throws: ModelFailure.self) { try ModelFolder.create(newModel(), at: FilePath(path), date: date) }
    }

    static let impossible: [ModelRecord.Training] = {
        var cases = [ModelRecord.Training](repeating: training, count: 7)
        cases[0].epochs = -1
        cases[1].trainedOn.normal = -1
        cases[2].holdout?.groups = -1
        cases[3].figures?.areaUnderCurve = .nan
        cases[4].figures?.sensitivity = 1.01
        cases[5].temperature = 0
        cases[6].temperature = .infinity
        return cases
    }()

    @Test(arguments: impossible) func `figures that can't be are refused and leave nothing`(
        training: ModelRecord.Training
    ) throws {
        var model = newModel()
        model.training = training
        #expect { try ModelFolder.create(model, at: place.path.appending("model"), date: date) } throws: {
            "\($0)".contains("training")
        }
        #expect(try names(place.path) == [])
    }

    @Test func `a folder is adopted with all its files, and verified`() throws {
        let path = place.path.appending("model")
        var model = newModel()
        model.attachments = [.init(name: "history.json", bytes: [1, 2])]
        let record = try ModelFolder.create(model, at: path, date: date)
        let store = ModelStore(root: place.path.appending("state"))
        #expect(try store.adopt(ModelFolder(path)) == record)
        #expect(try store.championID == record.id)
        #expect(try store.verify(record.id) == record)
        #expect(try names(store.folder(record.id).path) == names(path))
        #expect(try names(store.models) == [record.id, "champion"])
        // Its weights are packed from the copy: a start maps them and packs nothing.
        #expect(try store.folder(record.id).verify().packed == .inOrder)
        #expect(try store.adopt(ModelFolder(path)) == record)
        #expect(try store.adopt(store.folder(record.id)) == record)
    }

    @Test func `another model.json under the same id is not taken for the one that is there`() throws {
        let path = place.path.appending("model")
        var record = try ModelFolder.create(newModel(), at: path, date: date)
        let store = ModelStore(root: place.path.appending("state"))
        try store.adopt(ModelFolder(path))
        record.threshold.value = 0.25
        try AtomicFile.write(record.json(), to: ModelFolder(path).recordPath)
        #expect { try store.adopt(ModelFolder(path)) } throws: { ($0 as? ModelFailure)?.code == .ambiguous }
    }

    @Test func `a damaged folder is not adopted and leaves nothing`() throws {
        let path = place.path.appending("model")
        _ = try ModelFolder.create(newModel(), at: path, date: date)
        var bytes = try ByteSource(opening: ModelFolder(path).weightsPath).bytes(at: 0, count: 4000)
        bytes[3999] ^= 1
        try AtomicFile.write(bytes, to: ModelFolder(path).weightsPath)
        let store = ModelStore(root: place.path.appending("state"))
        #expect { try store.adopt(ModelFolder(path)) } throws: { ($0 as? ModelFailure)?.code == .damaged }
        #expect(try store.championID == nil)
        #expect(try names(store.models) == [])
    }

    @Test func `a folder from outside is promoted; a base network is not even taken in`() throws {
        let store = ModelStore(root: place.path.appending("state"))
        let (judge, base) = (place.path.appending("judge"), place.path.appending("base"))
        let record = try ModelFolder.create(newModel(), at: judge, date: date)
        _ = try ModelFolder.create(newModel(outputs: 1000), at: base, date: date)
        #expect(try store.promote(ModelFolder(judge)) == record)
        #expect(try store.championID == record.id)
        #expect { try store.promote(ModelFolder(base)) } throws: { ($0 as? ModelFailure)?.code == .notJudgeable }
        #expect(try store.list() == [record.id])
    }

    @Test func `the card says what it is for, from what, how good, and where it ends`() throws {
        var model = newModel()
        model.training = Self.training
        model.recipe = "frozen"
        model.threshold = .init(value: 0.41, sensitivity: 0.95, specificity: 0.5)
        let path = place.path.appending("model")
        _ = try ModelFolder.create(model, at: path, date: date)
        let source = try ByteSource(opening: path.appending("card.md"))
        let card = String(decoding: try source.bytes(at: 0, count: source.count), as: UTF8.self)
        let expected = [
            "# Model 20261124-", "## Intended use", "Research use only.", "must not be used", "recipe `frozen`",
            "646 images of disease and 993 of normal", "12 epochs, seed 18446744073709551615, fundusd 0.3.0",
            "101 images of disease and 150 of normal eyes, of 240 groups",
            "| area under the ROC curve | 0.7123 (95 % interval 0.65 to 0.77) |", "| threshold for P(disease) | 0.41 |",
            "| sensitivity at the threshold | 0.95 |", "| specificity at the threshold | 0.5 |", "## Limits",
            "224×224", "speaks for disease",
        ]
        for words in expected { #expect(card.contains(words), "\(words) in:\n\(card)") }
        #expect(!card.contains("No hold-out figures"))
    }

    @Test func `the card of a model that nobody measured says so`() throws {
        let path = place.path.appending("model")
        let record = try ModelFolder.create(newModel(), at: path, date: date)
        #expect(ModelCard.text(record).contains("No hold-out figures are recorded"))
        #expect(ModelCard.text(record).contains("not recorded"))
    }

    /// Whoever unpacked his only weights is told how to get them in, and not to remove anything.
    @Test(arguments: ["data.pkl", "archive/data.pkl"]) func `an unpacked checkpoint is named as one`(file: FilePath)
        throws
    {
        let folder = TemporaryFolder()
        try Folder(folder.path).makeFolders(file.removingLastComponent())
        try Folder(folder.path).write([1], to: file)
        let failure = #expect(throws: ModelFailure.self) { try ModelFolder(folder.path).record() }
        let said = "\(failure?.message ?? "") \(failure?.remedy ?? "")"
        #expect(
            said.contains("is a .pth that was unpacked") && said.contains("pack it again") && !said.contains("remove"))
    }

    @Test func `a folder without model.json is no whole model, and stays`() throws {
        let folder = TemporaryFolder()
        try Folder(folder.path).write([1], to: "precious.bin")
        let failure = #expect(throws: ModelFailure.self) { try ModelFolder(folder.path).record() }
        #expect(failure?.code == .incomplete && failure?.remedy.contains("remove") == false)
    }
}
