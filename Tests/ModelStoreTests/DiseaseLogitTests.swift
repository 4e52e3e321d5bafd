// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import FundusImage
import LinuxIO
import ResNet
import SystemPackage
import TensorMath
import Testing

@testable import ModelStore

/// Several outputs: what PyTorch's softmax makes of them, and what they must be imported with.
@Suite(.serialized) struct DiseaseLogitTests {
    /// `Golden/make_softmax.py`.
    struct Golden: Decodable {
        struct Case: Decodable, Sendable, CustomTestStringConvertible {
            let outputs, normal: Int
            let logits: [Float]
            let probability: Double
            let slopes: [Float]
            var testDescription: String { "\(outputs) outputs, \(normal) is normal" }
        }

        let seed: UInt64
        let baseWidth: Int
        let cases: [Case]
    }

    static let golden: Golden? = {
        let data = try? Data(contentsOf: URL(filePath: GoldenCheckpoints.folder.appending("softmax.json").string))
        return data.flatMap { try? JSONDecoder().decode(Golden.self, from: $0) }
    }()

    private let state = TemporaryFolder()
    private var store: ModelStore { ModelStore(root: state.path) }

    private func file(outputs: Int?) throws -> FilePath {
        let golden = try #require(Self.golden)
        let layout = ResNet50Layout(baseWidth: golden.baseWidth, outputs: outputs)
        let path = state.path.appending("\(outputs ?? 0).safetensors")
        let tensors = SafetensorsWriter.tensors(
            SeededNetwork.parameters(layout: layout, seed: golden.seed), weightType: .f32)
        try AtomicFile.write(try SafetensorsWriter.bytes(tensors, metadata: [:], path: path.string), to: path)
        return path
    }

    private func imported(_ outputs: Int?, _ meaning: OutputMeaning) throws -> ModelRecord {
        try store.importModel(
            from: try file(outputs: outputs), meaning: meaning, date: Date(timeIntervalSince1970: 1_795_478_400))
    }

    @Test func `the golden file is there`() { #expect(Self.golden?.cases.count == 6) }

    @Test(arguments: golden?.cases ?? []) func `logit and slopes are those of PyTorch's softmax`(_ golden: Golden.Case)
    {
        let reading = DiseaseLogit(positiveClass: .disease, normalClass: golden.normal)
        #expect(abs(reading.probability(golden.logits) - golden.probability) < 1e-12)
        let (slopes, constant) = reading.linearized(at: golden.logits)
        for (ours, theirs) in zip(slopes, golden.slopes) { #expect(abs(ours - theirs) < 1e-6) }
        let sum = zip(slopes, golden.logits).reduce(Double(constant)) { $0 + Double($1.0 * $1.1) }
        #expect(abs(sum - reading.value(golden.logits)) < 1e-6)
    }

    @Test(arguments: golden?.cases ?? []) func `an imported softmax gives PyTorch's P(disease), and a map of it`(
        _ golden: Golden.Case
    ) throws {
        let record = try imported(golden.outputs, .normalClass(golden.normal))
        #expect(record.role == .judge && record.positiveClass == .disease)
        #expect(record.architecture.outputs == (golden.outputs == 2 ? 1 : golden.outputs))
        #expect(record.source?.foldedNormalClass == (golden.outputs == 2 ? golden.normal : nil))
        #expect(try ModelRecord.parse(record.json(), path: "test") == record)
        let model = try LoadedModel(store.folder(record.id))
        let input = SeededInput.values(name: "eye", seed: try #require(Self.golden).seed, height: 224, width: 224)
        let (assessment, map) = try model.diseaseMap(of: input)
        #expect(abs(assessment.probabilityOfDisease - golden.probability) < 1e-6)
        #expect(try model.assessment(of: input) == assessment)
        let mean = Double(map.logits.reduce(0, +)) / Double(map.logits.count)
        #expect(abs(Probability.ofDisease(logit: mean, positiveClass: .disease) - golden.probability) < 1e-5)
        let rounded = try LoadedModel(store.folder(record.id), precision: .bfloat16)
        #expect(abs(try rounded.assessment(of: input).probabilityOfDisease - golden.probability) < 0.02)
        let batch = try LoadedModel(store.folder(record.id), batchSize: 2)
        #expect(
            try batch.assessments(of: input + input) == [
                try model.assessment(of: input), try model.assessment(of: input),
            ])
    }

    @Test func `a softmax of far apart logits overflows nowhere`() {
        let reading = DiseaseLogit(positiveClass: .disease, normalClass: 1)
        #expect(reading.value([3000, 0, -3000] as [Float]) == 3000)
        #expect(reading.value([-3000, 0, -3000] as [Float]) < -2999)
        #expect(reading.value([.nan, 0, 0] as [Float]).isNaN && reading.value([0, .nan, 0] as [Float]).isNaN)
    }

    @Test func `half precision, export and the card keep which class is normal`() throws {
        let record = try imported(5, .normalClass(3))
        let half = state.path.appending("half")
        let halved = try store.halve(store.folder(record.id), at: half, leavingOut: [], date: Date())
        #expect(halved.normalClass == 3)
        #expect(ModelCard.text(record).contains("number 3, counted from 0, means normal"))
        let folded = try imported(2, .normalClass(1))
        #expect(ModelCard.text(folded).contains("output 0 less output 1, which means normal"))
        let exported = state.path.appending("exported.safetensors")
        try store.export(store.folder(record.id), to: exported, weightType: .f32)
        let file = try SafetensorsFile(ByteSource(opening: exported))
        #expect(file.metadata["normal_class"] == "3" && file.tensors["fc.weight"]?.shape.first == 5)
    }

    struct Said: Sendable, CustomTestStringConvertible {
        let outputs: Int?
        let meaning: OutputMeaning
        /// Of the refusal; nil where it is imported.
        let words: String?
        var role = ModelRecord.Role.judge
        var testDescription: String { "\(outputs.map(String.init) ?? "no") outputs, \(meaning)" }
    }

    static let said = [
        Said(outputs: 1, meaning: .unsaid, words: nil),
        Said(outputs: 1, meaning: .positive(.normal), words: nil),
        Said(outputs: 1, meaning: .normalClass(0), words: "has one output"),
        Said(outputs: 2, meaning: .unsaid, words: "has 2 outputs; say which one means normal: --normal-class 0 to 1"),
        Said(outputs: 2, meaning: .positive(.disease), words: "has 2 outputs; say"),
        Said(outputs: 2, meaning: .normalClass(2), words: "none is number 2; say"),
        Said(outputs: 2, meaning: .normalClass(-1), words: "none is number -1"),
        Said(outputs: 5, meaning: .unsaid, words: "has 5 outputs; say which one means normal: --normal-class 0 to 4"),
        Said(outputs: 8, meaning: .normalClass(8), words: "has 8 outputs, and none is number 8"),
        Said(outputs: 999, meaning: .unsaid, words: "has 999 outputs"),
        Said(outputs: 1000, meaning: .unsaid, words: nil, role: .base),
        Said(outputs: 1000, meaning: .normalClass(0), words: "has 1000 outputs, so it is a base for training"),
        Said(outputs: 1000, meaning: .positive(.normal), words: "has 1000 outputs, so it is a base for training"),
        Said(outputs: nil, meaning: .unsaid, words: nil, role: .base),
        Said(outputs: nil, meaning: .positive(.disease), words: "has no outputs, so it is a base for training"),
    ]

    @Test(arguments: said) func `what is said must fit the outputs`(_ said: Said) throws {
        guard let words = said.words else {
            #expect(try imported(said.outputs, said.meaning).role == said.role)
            return
        }
        #expect {
            _ = try imported(said.outputs, said.meaning)
        } throws: { error in
            guard let failure = error as? ModelFailure else { return false }
            return failure.code == .unsaid && failure.description.contains(words)
        }
        #expect(try store.list() == [])
    }

    @Test func `an exported model with P(gradable) is no softmax`() throws {
        let layout = ResNet50Layout(baseWidth: 2, outputs: 2)
        let tensors = SafetensorsWriter.tensors(SeededNetwork.parameters(layout: layout, seed: 1), weightType: .f32)
        let path = state.path.appending("two.safetensors")
        let bytes = try SafetensorsWriter.bytes(tensors, metadata: ["outputs": "disease gradable"], path: "two")
        try AtomicFile.write(bytes, to: path)
        #expect {
            _ = try store.importModel(from: path, meaning: .normalClass(1), date: Date())
        } throws: { "\($0)".contains("has the outputs disease and gradable") }
    }

    /// A record that says what its outputs can't be.
    @Test(arguments: [
        (3, 3, nil as Double?, "normal_class 3"), (3, -1, nil, "normal_class -1"), (2, 0, 0.5, "normal_class needs"),
        (1, 0, nil, "normal_class needs"),
    ]) func `a record whose normal class can't be is refused`(
        outputs: Int, normal: Int, gradable: Double?, words: String
    ) throws {
        var record = try imported(5, .normalClass(0))
        record.architecture.outputs = outputs
        record.golden?.logits = [Float](repeating: 0, count: outputs)
        record.normalClass = normal
        record.gradability = gradable.map { ModelRecord.Gradability(threshold: $0) }
        #expect(record.fault?.contains(words) == true, "\(record.fault ?? "no fault")")
    }
}
