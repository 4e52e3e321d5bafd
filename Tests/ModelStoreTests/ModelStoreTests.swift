// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import FundusImage
import Glibc
import LinuxIO
import ResNet
import SystemPackage
import Testing

@testable import ModelStore

@Suite(.serialized) struct ModelStoreTests {
    private let state: TemporaryFolder
    private let store: ModelStore
    private let date = Date(timeIntervalSince1970: 1_795_478_400.75)  // 2026-11-24T00:00:00Z and a little

    init() {
        state = TemporaryFolder()
        store = ModelStore(root: state.path)
    }

    private func importNarrow(_ positiveClass: ModelRecord.PositiveClass = .normal) throws -> ModelRecord {
        try store.importModel(
            from: GoldenCheckpoints.path("narrow.pth"), meaning: .positive(positiveClass), date: date)
    }

    private func write(_ parameters: ResNet50Parameters, to name: String) throws -> FilePath {
        let tensors = SafetensorsWriter.tensors(parameters, weightType: .f32)
        let path = state.path.appending(name)
        try AtomicFile.write(try SafetensorsWriter.bytes(tensors, metadata: [:], path: name), to: path)
        return path
    }

    @Test func `an imported model is whole and judges`() throws {
        let record = try importNarrow()
        #expect(record.id == "20261124-\(record.sha256.prefix(6))")
        #expect(record.role == .judge && record.source?.file == "narrow.pth")
        #expect(try store.championID == record.id && store.previousID == nil)
        #expect(try store.list() == [record.id])
        #expect(try store.record(record.id) == record)
        #expect(try store.verify(record.id) == record)
        let names = try Folder(store.folder(record.id).path).names().map(\.string).sorted()
        #expect(names == ["card.md", "model.json", "model.safetensors", PackedWeightsFile.name(of: record.form())])
        #expect(try Folder(store.models).names().count == 2)
    }

    @Test func `the record is sorted, in snake case`() throws {
        let record = try importNarrow()
        let text = String(decoding: record.json(), as: UTF8.self)
        let order = [
            "\"architecture\"", "\"base_width\" : 2", "\"created_at\" : \"2026-11-24T00:00:00Z\"",
            "\"positive_class\" : \"normal\"",
        ]
        var rest = Substring(text)
        for key in order {
            let range = try #require(rest.firstRange(of: key), "\(key) in order")
            rest = rest[range.upperBound...]
        }
    }

    @Test(arguments: ModelRecord.PositiveClass.allCases)
    func `the probability is that of disease`(_ positiveClass: ModelRecord.PositiveClass) throws {
        let record = try importNarrow(positiveClass)
        let model = try LoadedModel(store.judge(named: nil))
        #expect(model.record == record)
        let input = SeededInput.values(name: "eye", seed: 1, height: 224, width: 224)
        let probability = try model.assessment(of: input).probabilityOfDisease
        let logit = Double(model.logits(of: input)[0])
        let sigmoid = 1 / (1 + exp(-logit))
        #expect(abs(probability - (positiveClass == .disease ? sigmoid : 1 - sigmoid)) < 1e-12)
    }

    @Test(arguments: ModelRecord.PositiveClass.allCases)
    func `the map speaks for disease, whatever the logit speaks for`(_ positiveClass: ModelRecord.PositiveClass) throws
    {
        let model = try LoadedModel(store.folder(try importNarrow(positiveClass).id))
        let input = SeededInput.values(name: "eye", seed: 5, height: 224, width: 224)
        let (assessment, map) = try model.diseaseMap(of: input)
        #expect(try model.assessment(of: input) == assessment)
        let probability = assessment.probabilityOfDisease
        let mean = Double(map.logits.reduce(0, +)) / Double(map.logits.count)
        #expect(abs(Probability.ofDisease(logit: mean, positiveClass: .disease) - probability) < 1e-4)
        #expect(map.width == 7 && map.height == 7 && map.inputWidth == 224 && map.pixelsPerPlace == 32)
    }

    @Test func `tails keep their digits`() {
        #expect(Probability.ofDisease(logit: 100, positiveClass: .normal) > 0)
        #expect(Probability.ofDisease(logit: -100, positiveClass: .disease) > 0)
        #expect(Probability.ofDisease(logit: -1000, positiveClass: .normal) == 1)
        #expect(Probability.ofDisease(logit: 0, positiveClass: .normal) == 0.5)
    }

    @Test func `promotion and rollback flip the links`() throws {
        let first = try SeededNetwork.writeModel(to: state.path, seed: 1)
        let second = try SeededNetwork.writeModel(to: state.path, seed: 2)
        #expect(try store.championID == second.id && store.previousID == first.id)
        #expect(try store.rollback() == first.id)
        #expect(try store.championID == first.id && store.previousID == second.id)
        try store.promote(first.id)
        #expect(try store.previousID == second.id)
        #expect(try store.resolve("champion").record() == first)
        #expect(try store.resolve(String(second.id.dropLast(2))).record() == second)
        #expect(try store.resolve(store.folder(first.id).path.string).record() == first)
        #expect(throws: ModelFailure.self) { try store.resolve("2026") }
        #expect(throws: ModelFailure.self) { try store.resolve("nothing") }
        #expect(throws: ModelFailure.self) { try store.resolve("") }
    }

    @Test func `rollback without an earlier model is refused`() throws {
        #expect(throws: ModelFailure.self) { try store.rollback() }
        #expect(throws: ModelFailure.self) { try LoadedModel(store.judge(named: nil)) }
        #expect(try store.list() == [])
    }

    @Test func `the same weights twice are refused`() throws {
        _ = try importNarrow()
        #expect { _ = try importNarrow(.disease) } throws: {
            "\($0)".contains("already") && "\($0)".contains("fundusd model promote 20261124-")
        }
    }

    @Test(arguments: [Optional(1000), nil]) func `base networks are kept but do not judge`(outputs: Int?) throws {
        let layout = ResNet50Layout(baseWidth: 2, outputs: outputs)
        let path = try write(SeededNetwork.parameters(layout: layout, seed: 3), to: "base.safetensors")
        let record = try store.importModel(from: path, meaning: .unsaid, date: date)
        #expect(record.role == .base && record.golden == nil && record.architecture.outputs == outputs)
        #expect(try store.championID == nil)
        #expect(try store.verify(record.id) == record)
        for action in [{ try store.promote(record.id) }, { _ = try LoadedModel(store.folder(record.id)) }] {
            #expect { try action() } throws: { ($0 as? ModelFailure)?.code == .notJudgeable }
        }
    }

    @Test(arguments: [ElementType.f32, .f16]) func `an exported model comes back`(_ type: ElementType) throws {
        let record = try importNarrow()
        let path = state.path.appending("export.safetensors")
        try store.export(store.folder(record.id), to: path, weightType: type)
        let file = try SafetensorsFile(ByteSource(opening: path))
        #expect(file.tensors["conv1.weight"]?.type == type)
        #expect(file.tensors["bn1.running_var"]?.type == .f32)
        let original = try store.folder(record.id).parameters(record)
        for name in ["layer3.2.conv2.weight", "fc.bias"] {
            for (back, value) in zip(try file.floats(name), original[name]) {
                #expect(abs(back - value) <= (type == .f32 ? 0 : 1e-3))
            }
        }
    }

    @Test func `a seeded judge sees differences`() throws {
        let record = try SeededNetwork.writeModel(
            to: state.path, seed: 4, threshold: .init(value: 0.41, sensitivity: 0.95, specificity: 0.81))
        #expect(record.threshold.value == 0.41)
        let model = try LoadedModel(store.judge(named: nil))
        let logits = (0..<6).map { index in
            let color = Float(index) - 2.5
            return model.logits(of: [Float](repeating: color, count: model.inputCount))[0]
        }
        #expect(Set(logits).count == 6)
    }

    /// Records of before there was a choice say nothing, and squeeze.
    @Test(arguments: [PictureGeometry.squeeze, .fieldCrop]) func `a record says its geometry`(
        _ geometry: PictureGeometry
    )
        throws
    {
        let state = TemporaryFolder()
        let store = ModelStore(root: state.path)
        var record = try store.record(
            store.importModel(
                from: GoldenCheckpoints.path("narrow.pth"), meaning: .positive(.normal),
                date: Date(timeIntervalSince1970: 0)
            ).id)
        record.preprocessing = Preprocessing(geometry, side: 320)
        let json = String(decoding: record.json(), as: UTF8.self)
        #expect(json.contains("\"geometry\" : \"field-crop\"") == (geometry == .fieldCrop))
        #expect(json.contains("\"geometry\"") == (geometry == .fieldCrop))
        #expect(try ModelRecord.parse(record.json(), path: "model.json") == record)
    }
}
