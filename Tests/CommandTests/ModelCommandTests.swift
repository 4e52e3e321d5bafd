// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import FoundationEssentials
import Glibc
import SystemPackage
import Testing

/// `fundusd model …`: import, look, export, promote, roll back, verify.
@Suite struct ModelCommandTests {
    private static let checkpoints = PackageRoot.path.pushing("Tests/ModelStoreTests/Golden/checkpoints")
    private static let narrow = checkpoints.appending("narrow.pth").string

    @Test func `a checkpoint is imported, becomes the champion, and judges`() throws {
        let site = try ScreeningSite(model: .none)
        try site.write(Eyes.first, to: "eye.jpg")
        let imported = try site.run("model", "import", "--positive-class", "normal", Self.narrow)
        #expect(imported.status == 0)
        let id = try #require(imported.lines.first)
        #expect(imported.errors.contains("\(id) is the champion"))

        let list = try site.run("model", "list")
        #expect(list.status == 0 && list.lines.count == 1)
        #expect(list.output.hasPrefix("\(id)  champion") && list.output.contains("narrow.pth"))
        #expect(try site.run("model", "verify").status == 0)
        let shown = try site.run("model", "show").decoded(ShownModel.self)
        #expect(shown.id == id)
        #expect(try site.run("classify", "eye.jpg").verdicts().first?.model.id == id)
    }

    @Test func `a model in half precision is half as large, another one, and judges nearly the same`() throws {
        let site = try ScreeningSite(model: .copied)
        try site.write(Eyes.first, to: "eye.jpg")
        let whole = try #require(try site.run("classify", "eye.jpg").verdicts().first)
        try site.write("beside", to: "state/models/\(whole.model.id)/history.json")
        try site.write("whose,eyes", to: "state/models/\(whole.model.id)/images.csv")
        let halved = try site.run("model", "halve", "champion", "--output", "half")
        #expect(halved.status == 0)
        let imported = try site.run("model", "import", "half")
        let id = try #require(imported.lines.first)
        #expect(imported.status == 0 && id != whole.model.id && halved.output.contains(id))
        let half = try #require(try site.run("classify", "--model", id, "eye.jpg").verdicts().first)
        let probability = (try #require(whole.probability), try #require(half.probability))
        #expect(abs(probability.0 - probability.1) < 0.005 && probability.0 != probability.1)
        #expect(
            try site.read("half/model.safetensors").count < 6
                * site.read("state/models/\(whole.model.id)/model.safetensors").count / 10)
        #expect(try site.read("half/history.json") == Array("beside".utf8))
        #expect(!site.exists("half/images.csv"), "names of images are not given away")
        #expect(!site.exists("half/packed-float32.weights"), "they are made where the model is taken in")
        #expect(try site.run("model", "verify", id).status == 0)
        #expect(try site.run("model", "halve", "champion", "--output", "half").errors.contains("is there already"))
    }

    /// Two outputs are one logit afterwards, five stay a softmax; both say for whom they speak.
    @Test(arguments: [2, 5]) func `a softmax is imported with its normal class, judges and is drawn`(outputs: Int)
        throws
    {
        let site = try ScreeningSite(model: .none)
        try site.write(Eyes.first, to: "eye.jpg")
        try SeededNetwork.writeBase(to: site.path("model.safetensors"), outputs: outputs)
        for arguments in [[], ["--positive-class", "normal"], ["--normal-class", "\(outputs)"]] {
            let refused = try site.runBare(
                ["model", "import", "model.safetensors", "--config", "config.yaml"] + arguments)
            #expect(refused.status == 64 && refused.output.isEmpty)
            #expect(refused.errors.contains("has \(outputs) outputs") && refused.errors.contains("--normal-class 0 to"))
        }
        #expect(try site.run("model", "list").output.isEmpty)
        let imported = try site.run("model", "import", "model.safetensors", "--normal-class", "1")
        #expect(imported.status == 0)
        #expect(imported.errors.contains("output 1 of \(outputs) means normal"), "\(imported.errors)")
        let judged = try site.run("classify", "--heatmap", "maps", "eye.jpg")
        let verdict = try #require(try judged.verdicts().first)
        #expect(
            verdict.probability.map { (0.001...0.999).contains($0) } == true && site.exists("maps/eye.jpg.heatmap.jpg"))
        #expect(try site.run("model", "verify").status == 0)
    }

    @Test func `a base of 1000 outputs says what it is, and takes no word for its classes`() throws {
        let site = try ScreeningSite(model: .none)
        try SeededNetwork.writeBase(to: site.path("base.safetensors"), outputs: 1000)
        let refused = try site.run("model", "import", "base.safetensors", "--positive-class", "disease")
        #expect(refused.status == 64 && refused.errors.contains("has 1000 outputs, so it is a base for training"))
        let imported = try site.run("model", "import", "base.safetensors")
        #expect(imported.status == 0 && imported.errors.contains("is a base network (1000 outputs)"))
    }

    private struct ShownModel: Decodable {
        let id: String
        let decision: GateDecision?
    }

    @Test func `the two classes that an output may speak for give complementary probabilities`() throws {
        let probabilities = try ["normal", "disease"].map { positiveClass in
            let site = try ScreeningSite(model: .none)
            try site.write(Eyes.first, to: "eye.jpg")
            try site.run("model", "import", "--positive-class", positiveClass, Self.narrow)
            return try #require(try site.run("classify", "eye.jpg").verdicts().first?.probability)
        }
        #expect(abs(probabilities[0] + probabilities[1] - 1) < 3e-6)
        #expect(abs(probabilities[0] - probabilities[1]) > 1e-3)
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let file: String
        let words: String
        let status: Int32
        var testDescription: String { file }
    }

    static let refused = [
        Refused(file: "os-system.pth", words: "posix.system", status: 65),
        Refused(file: "eval.pth", words: "__builtin__.eval", status: 65),
        Refused(file: "whole-module.pth", words: "whole-module.pth", status: 65),
        Refused(file: "lying-storage.pth", words: "lying-storage.pth", status: 65),
        Refused(file: "text.pth", words: "text.pth", status: 65),
        Refused(file: "empty.pth", words: "empty.pth", status: 65),
        Refused(file: "ordered.pth", words: "ordered.pth", status: 65),
        Refused(file: "missing.pth", words: "missing.pth", status: 66),
    ]

    @Test(arguments: refused) func `what is no model is refused by name and leaves nothing behind`(
        case refused: Refused
    ) throws {
        let site = try ScreeningSite(model: .none)
        let outcome = try site.run("model", "import", Self.checkpoints.appending(refused.file).string)
        #expect(outcome.status == refused.status)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains(refused.words), "\(outcome.errors)")
        #expect(try site.run("model", "list").output.isEmpty)
    }

    @Test(arguments: [["classify", "eye.jpg"], ["watch"], ["screen", "--once"], ["bench", "--image", "eye.jpg"]])
    func `without a champion nothing is judged, and the remedy is told`(arguments: [String]) throws {
        let site = try ScreeningSite(model: .none)
        try site.write(Eyes.first, to: "eye.jpg")
        let outcome = try site.runBare(arguments + ["--config", "config.yaml"])
        #expect(outcome.status == 78)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("fundusd model import"))
    }

    @Test(arguments: [["model", "show"], ["model", "verify"], ["model", "rollback"], ["model", "promote", "2026"]])
    func `a model that is not there ends with 66`(arguments: [String]) throws {
        let site = try ScreeningSite(model: .none)
        let outcome = try site.runBare(arguments + ["--config", "config.yaml"])
        #expect(outcome.status == 66)
        #expect(!outcome.errors.isEmpty && outcome.output.isEmpty)
    }

    @Test func `an exported file is imported again and judges the same`() throws {
        let source = try ScreeningSite(model: .none)
        try source.write(Eyes.first, to: "eye.jpg")
        try source.run("model", "import", "--positive-class", "normal", Self.narrow)
        #expect(try source.run("model", "export", "champion", "--output", "weights.safetensors").status == 0)

        let other = try ScreeningSite(model: .none)
        try other.write(Eyes.first, to: "eye.jpg")
        let weights = source.path("weights.safetensors").string
        #expect(try other.run("model", "import", "--positive-class", "normal", weights).status == 0)
        let probabilities = try [source, other].map { try $0.run("classify", "eye.jpg").verdicts().first?.probability }
        #expect(probabilities[0] != nil && probabilities[0] == probabilities[1])
    }

    @Test(arguments: ["import", "promote"]) func `a model's folder from elsewhere is taken in whole`(verb: String)
        throws
    {
        let source = try ScreeningSite(model: .copied)
        let folder = source.path("state/models/champion").string
        let site = try ScreeningSite(model: .none)
        try site.write(Eyes.first, to: "eye.jpg")
        #expect(try site.run("model", verb, folder).status == 0)
        let id = try source.run("model", "show").decoded(ShownModel.self).id
        #expect(try site.run("classify", "eye.jpg").verdicts().first?.model.id == id)
        #expect(try site.read("state/models/\(id)/model.json") == source.read("state/models/champion/model.json"))
        #expect(try site.run("model", "import", "--positive-class", "normal", folder).status == 64)
        #expect(try site.run("model", "list").lines.count == 1)
    }

    @Test func `a challenger stands in the list, its decision in what is shown, and pruning spares it`() throws {
        let site = try ScreeningSite(model: .copied)
        let id = try #require(try site.run("model", "import", Self.narrow).lines.first)
        #expect(symlink(id, site.path("state/models/challenger").string) == 0)
        #expect(try site.run("model", "list").lines.contains { $0.hasPrefix("\(id)  challenger") })
        #expect(try site.run("model", "show", "challenger").decoded(ShownModel.self).decision == nil)

        try site.write(try JSONEncoder().encode(Self.decision()).map(\.self), to: "state/models/\(id)/decision.json")
        let shown = try site.run("model", "show", "challenger").decoded(ShownModel.self)
        #expect(shown.id == id && shown.decision == Self.decision())
        let pruned = try site.run("model", "prune", "--keep", "0")
        #expect(pruned.status == 0 && pruned.output.isEmpty)

        #expect(try site.run("model", "promote", "challenger").status == 0)
        #expect(try site.run("model", "list").lines.contains { $0.hasPrefix("\(id)  champion") })
        #expect(try site.run("model", "show", "challenger").status == 66)
        try site.write("{}", to: "state/models/\(id)/decision.json")
        #expect(try site.run("model", "show", id).status == 65)
    }

    private static func decision() -> GateDecision {
        var generator = SeededGenerator(seed: 1)
        let scores = PairedScores(champion: [0.5], challenger: [0.5], isDisease: [true], groups: nil)
        return PromotionGate().decide(scores, championThreshold: 0.5, using: &generator)
    }

    @Test func `old models are pruned and named`() throws {
        let site = try ScreeningSite(model: .copied)
        let id = try #require(try site.run("model", "import", Self.narrow).lines.first)
        #expect(try site.run("model", "prune", "--keep", "-1").status == 64)
        #expect(try site.run("model", "prune", "--keep", "1").output.isEmpty)
        #expect(try site.run("model", "prune", "--keep", "0").lines == ["\(id) is removed."])
        #expect(!site.exists("state/models/\(id)"))
        #expect(try site.run("model", "verify").status == 0)
    }

    @Test func `an export to where nothing can be made ends with 73`() throws {
        let site = try ScreeningSite()
        let outcome = try site.run("model", "export", "champion", "--output", "nowhere/weights.safetensors")
        #expect(outcome.status == 73)
        #expect(outcome.errors.contains("nowhere"))
    }

    @Test func `promotion and rollback change the champion, in the list and in the verdict`() throws {
        let site = try ScreeningSite(model: .copied)
        try site.write(Eyes.first, to: "eye.jpg")
        let first = try #require(try site.run("classify", "eye.jpg").verdicts().first?.model.id)
        let second = try #require(
            try site.run("model", "import", "--positive-class", "normal", Self.narrow).lines.first)
        #expect(try site.run("classify", "eye.jpg").verdicts().first?.model.id == first)

        #expect(try site.run("model", "promote", second).status == 0)
        #expect(try site.run("classify", "eye.jpg").verdicts().first?.model.id == second)
        let list = try site.run("model", "list").lines
        #expect(list.contains { $0.hasPrefix("\(first)  previous") })
        #expect(list.contains { $0.hasPrefix("\(second)  champion") })
        #expect(try site.run("classify", "eye.jpg", "--model", "previous").verdicts().first?.model.id == first)

        #expect(try site.run("model", "rollback").status == 0)
        #expect(try site.run("classify", "eye.jpg").verdicts().first?.model.id == first)
    }

    @Test func `a model with one flipped bit is found out by all who would use it`() throws {
        let site = try ScreeningSite(model: .copied)
        try site.write(Eyes.first, to: "eye.jpg")
        let weights = "state/models/champion/model.safetensors"
        var bytes = try site.read(weights)
        bytes[bytes.count / 2] ^= 1
        try site.write(bytes, to: weights)

        let verified = try site.run("model", "verify")
        #expect(verified.status == 65)
        #expect(verified.errors.contains("model.safetensors"))
        let watched = try site.run("watch")
        #expect(watched.status == 78)
        #expect(watched.errors.contains("model.safetensors"))
        #expect(try site.run("classify", "eye.jpg").status == 78)
        #expect(try site.names(in: "outbox") == [])
    }
}
