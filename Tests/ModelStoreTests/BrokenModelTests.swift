// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import LinuxIO
import ResNet
import SystemPackage
import Testing

@testable import ModelStore

/// A model folder in every state that must not judge.
@Suite(.serialized) struct BrokenModelTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let code: ModelFailure.Code
        let words: String
        let damage: @Sendable (ModelFolder) throws -> Void
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "weights missing", code: .incomplete, words: "model.safetensors") {
            try AtomicFile.remove($0.weightsPath)
        },
        Case(name: "record missing", code: .incomplete, words: "model.json") { try AtomicFile.remove($0.recordPath) },
        Case(name: "weights truncated", code: .damaged, words: "SHA-256") {
            try AtomicFile.write(Array(try bytes($0.weightsPath).dropLast(1000)), to: $0.weightsPath)
        },
        Case(name: "a weight's bit flipped", code: .damaged, words: "SHA-256") {
            var weights = try bytes($0.weightsPath)
            weights[weights.count / 2] ^= 1
            try AtomicFile.write(weights, to: $0.weightsPath)
        },
        Case(name: "NaN weight, hash in order", code: .notFinite, words: "layer2.1.conv1.weight") { folder in
            try replaceWeights(of: folder) {
                $0["layer2.1.conv1.weight"][$0["layer2.1.conv1.weight"].startIndex] = .nan
            }
        },
        Case(name: "infinite variance, hash in order", code: .notFinite, words: "bn1.running_var") { folder in
            try replaceWeights(of: folder) { $0["bn1.running_var"][$0["bn1.running_var"].startIndex] = .infinity }
        },
        Case(name: "negative variance, hash in order", code: .notFinite, words: "bn1.running_var") { folder in
            try replaceWeights(of: folder) { $0["bn1.running_var"][$0["bn1.running_var"].startIndex] = -1 }
        },
        Case(name: "other weights, hash in order", code: .selfTest, words: "golden") { folder in
            try replaceWeights(of: folder) { $0["fc.bias"] = [9] }
        },
        Case(name: "other width", code: .mismatch, words: "conv1.weight: has the shape [2, 3, 7, 7], not [4, 3, 7, 7]")
        {
            try edit($0) { $0.architecture.baseWidth = 4 }
        },
        Case(name: "other version", code: .unsupported, words: "fundusd.model/9") {
            try edit($0) { $0.schema = "fundusd.model/9" }
        },
        Case(name: "record is no JSON", code: .damaged, words: "model.json") {
            try AtomicFile.write(Array("{".utf8), to: $0.recordPath)
        },
        Case(name: "record lacks a key", code: .damaged, words: "sha256") { folder in
            let text = String(decoding: try bytes(folder.recordPath), as: UTF8.self)
            let lines = text.split(separator: "\n").filter { !$0.contains("\"sha256\"") }
            try AtomicFile.write(Array(lines.joined(separator: "\n").utf8), to: folder.recordPath)
        },
        Case(name: "impossible width", code: .damaged, words: "base_width") {
            try edit($0) { $0.architecture.baseWidth = Int.max }
        },
        Case(name: "impossible size", code: .damaged, words: "size") { folder in
            let text = String(decoding: try bytes(folder.recordPath), as: UTF8.self)
            let edited = text.replacing("\"height\" : 224", with: "\"height\" : 0")
            try AtomicFile.write(Array(edited.utf8), to: folder.recordPath)
        },
        Case(
            name: "unknown geometry", code: .damaged,
            words: "preprocessing.geometry: “round” is unknown; known are squeeze and field-crop"
        ) { folder in
            let text = String(decoding: try bytes(folder.recordPath), as: UTF8.self)
            let edited = text.replacing("\"height\" : 224", with: "\"geometry\" : \"round\", \"height\" : 224")
            try AtomicFile.write(Array(edited.utf8), to: folder.recordPath)
        },
        Case(name: "threshold 2", code: .damaged, words: "threshold 2") { try edit($0) { $0.threshold.value = 2 } },
        Case(name: "no golden logit", code: .damaged, words: "golden") { try edit($0) { $0.golden = nil } },
        Case(name: "gradability of one output", code: .damaged, words: "two with gradability") {
            try edit($0) { $0.gradability = .init(threshold: 0.5) }
        },
        Case(name: "two outputs without gradability", code: .damaged, words: "two with gradability") {
            try edit($0) {
                $0.architecture.outputs = 2
                $0.golden?.logits = [0, 0]
            }
        },
        Case(name: "gradability's threshold 1", code: .damaged, words: "gradability's threshold 1.0") {
            try edit($0) { record in
                record.architecture.outputs = 2
                record.golden?.logits = [0, 0]
                record.gradability = .init(threshold: 1)
            }
        },
        Case(name: "another network", code: .damaged, words: "vgg16") {
            try edit($0) { $0.architecture.name = "vgg16" }
        },
    ]

    private static func bytes(_ path: FilePath) throws -> [UInt8] {
        let source = try ByteSource(opening: path)
        return try source.bytes(at: 0, count: source.count)
    }

    private static func edit(_ folder: ModelFolder, _ change: (inout ModelRecord) -> Void) throws {
        var record = try folder.record()
        change(&record)
        try AtomicFile.write(record.json(), to: folder.recordPath)
    }

    /// New weights whose hash stands in the record, as a careful forger would do it.
    private static func replaceWeights(
        of folder: ModelFolder, _ change: (inout ResNet50Parameters) -> Void
    ) throws {
        var parameters = try folder.parameters(try folder.record())
        change(&parameters)
        let tensors = SafetensorsWriter.tensors(parameters, weightType: .f32)
        // The writer refuses what is not finite, so such values go in as bytes of another tensor's type.
        let weights = try encoded(tensors)
        try AtomicFile.write(weights, to: folder.weightsPath)
        let hash = try ByteSource(weights, path: "").sha256()
        try edit(folder) { $0.sha256 = hash }
    }

    private static func encoded(_ tensors: [SafetensorsWriter.Tensor]) throws -> [UInt8] {
        let finite = tensors.map { tensor in
            SafetensorsWriter.Tensor(
                name: tensor.name, shape: tensor.shape, type: .f32,
                values: ArraySlice(tensor.values.map { $0.isFinite ? $0 : 0 }))
        }
        var bytes = try SafetensorsWriter.bytes(finite, metadata: [:], path: "test")
        let file = try SafetensorsFile(ByteSource(bytes, path: "test"))
        for tensor in tensors {
            let range = try #require(file.tensors[tensor.name]).range
            bytes.replaceSubrange(range, with: try #require(ElementType.f32.bytes(Array(tensor.values))))
        }
        return bytes
    }

    @Test(arguments: cases) func `a broken model is refused with file and remedy`(_ broken: Case) throws {
        let state = TemporaryFolder()
        let store = ModelStore(root: state.path)
        let record = try store.importModel(
            from: GoldenCheckpoints.path("narrow.pth"), meaning: .positive(.normal),
            date: Date(timeIntervalSince1970: 0))
        try broken.damage(store.folder(record.id))
        for action in [{ _ = try LoadedModel(store.judge(named: nil)) }, { _ = try store.verify(record.id) }] {
            #expect {
                try action()
            } throws: { error in
                guard let failure = error as? ModelFailure else { return false }
                return failure.code == broken.code && failure.description.contains(broken.words)
                    && failure.path.contains(record.id) && !failure.remedy.isEmpty
            }
        }
    }

    @Test func `a missing folder is no model`() throws {
        #expect { _ = try LoadedModel(ModelFolder("/nonexistent/model")) } throws: {
            ($0 as? ModelFailure)?.code == .missing
        }
    }

    @Test(arguments: [("fifo", "."), ("folder", "/tmp"), ("missing", "/nonexistent.pth")])
    func `what is no file is not imported`(name: String, path: String) throws {
        let store = ModelStore(root: "/nonexistent")
        #expect(throws: ModelFailure.self) {
            _ = try store.importModel(from: FilePath(path), meaning: .positive(.normal), date: Date())
        }
    }
}
