// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import LabelledData
internal import LinuxIO
internal import ModelStore
internal import Settings
internal import Supervision
internal import SystemPackage

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract:
            "The model store: list, show, import, export, promote, rollback, verify, calibrate, prune, challenge, compare.",
        discussion: """
            Models live under STATE/models. One of them, the champion, judges. A model is named by its id, the beginning \
            of it, `champion`, `previous`, `challenger`, or a folder.
            """,
        subcommands: [
            ListModels.self, ShowModel.self, ImportModel.self, ExportModel.self, HalveModel.self, PromoteModel.self,
            RollBackModel.self, CalibrateModel.self,
            VerifyModel.self, PruneModels.self, ChallengeModel.self, CompareModels.self,
        ])
}

/// Runs a verb's work on the store and turns its failures into exit statuses.
func withStore(_ folders: FolderOptions, _ body: (ModelStore) throws -> Void) throws {
    try withStore(try Settings.resolved(folders), body)
}

/// The same for a verb with settings of its own.
func withStore(_ settings: Settings, _ body: (ModelStore) throws -> Void) throws {
    try settings.prepareComputing()
    do {
        try body(ModelStore(root: settings.state))
    } catch let failure as ModelFailure {
        throw Refusal(failure.exitStatus, failure.description)
    }
}

extension ModelFailure {
    var exitStatus: ExitStatus {
        switch code {
        case .missing: .noInput
        case .inputOutput: .inputOutput
        case .unsaid: .usage
        default: .dataError
        }
    }
}

struct ListModels: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the models, oldest first.")
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let ids = try store.list()
            if ids.isEmpty { StandardError.say("no model yet; see `fundusd help model import`") }
            for id in ids { try StandardOutput.say(try line(id, store)) }
        }
    }

    private func office(of id: String, _ store: ModelStore) throws(ModelFailure) -> String {
        if try store.championID == id { return ModelStore.championLink }
        if try store.challengerID == id { return ModelStore.challengerLink }
        return try store.previousID == id ? ModelStore.previousLink : ""
    }

    private func line(_ id: String, _ store: ModelStore) throws(ModelFailure) -> String {
        let column = try office(of: id, store).padding(toLength: 12, withPad: " ", startingAt: 0)
        do throws(ModelFailure) {
            let record = try store.record(id)
            let source = record.source.map { ", from \(TerminalText.escaped($0.file))" } ?? ""
            return "\(id)  \(column)\(record.role.rawValue)\(source)"
        } catch {
            return "\(id)  \(column)damaged: \(error.description)"
        }
    }
}

struct ShowModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Prints a model's model.json.",
        discussion: "Its figures on the hold-out are there, and the promotion gate's decision where it made one.")
    @Argument(help: "The model.") var model = ModelStore.championLink
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let folder = try store.resolve(model)
            let shown = ShownModel(record: try folder.record(), decision: try folder.decision())
            try StandardOutput.say(String(decoding: try ModelRecord.encoder().encode(shown), as: UTF8.self))
        }
    }
}

/// A record, and what the promotion gate decided about its model.
private struct ShownModel: Encodable {
    let record: ModelRecord
    let decision: GateDecision?

    private enum CodingKeys: CodingKey {
        case decision
    }

    func encode(to encoder: any Encoder) throws {
        try record.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(decision, forKey: .decision)
    }
}

extension ModelFolder {
    /// Nil where the model never stood before the gate.
    func decision() throws(ModelFailure) -> GateDecision? {
        guard let bytes = try attachment(GateDecision.fileName) else { return nil }
        guard let decision = try? JSONDecoder().decode(GateDecision.self, from: Data(bytes)) else {
            throw ModelFailure(
                .damaged, path.appending(GateDecision.fileName).string, "is no decision of this program's gate",
                remedy: "use the program version that wrote it, or remove the file")
        }
        return decision
    }
}

struct ImportModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes in a PyTorch state_dict (.pth), a .safetensors file, or a whole model's folder.",
        discussion: """
            A ResNet-50 as torchvision, timm or transformers have it, whatever stands before its names. It makes a judge, and \
            the champion if there is none yet; with 1000 outputs (ImageNet) or none, a base for training. A .pth file is \
            read, never executed. A model's folder, as `fundusd train` makes it, is copied with all that it says of itself.

            One output is a logit, of the class that --positive-class names. Two and more are the classes of a softmax, of \
            which --normal-class names the normal one: the others count as diseased, and P(disease) is the sum of theirs.

                fundusd model import --positive-class normal model.pth
                fundusd model import --normal-class 0 grades.pth
            """)
    @Argument(help: ArgumentHelp("The weights, or a model's folder.", valueName: "file")) var file: String
    @Option(
        help: ArgumentHelp(
            """
            The class that a high output speaks for. torchvision's ImageFolder numbers folders by name: disease = 0, \
            normal = 1, so such a network's output speaks for normal. Without it, disease; a folder says it itself.
            """, valueName: "disease|normal"))
    var positiveClass: PositiveClass?
    @Option(
        help: ArgumentHelp(
            """
            Of two outputs or more: which one means normal, counted from 0 in the order of the training's classes. Grades of \
            retinopathy begin with none: 0. Not for outputs that are each yes or no by themselves (sigmoid).
            """, valueName: "number"))
    var normalClass: Int?
    @Option(
        help: ArgumentHelp(
            "Images in disease/ and normal/ to learn from how good the model is in bf16 and int8; see docs/numerics.md.",
            valueName: "folder"))
    var holdout: String?
    @OptionGroup(title: "Folders") var folders: FolderOptions

    enum PositiveClass: String, ExpressibleByArgument, CaseIterable {
        case disease, normal
    }

    func validate() throws {
        guard positiveClass == nil || normalClass == nil else {
            throw ValidationError("--positive-class is for one output and --normal-class for several: leave one out.")
        }
    }

    func run() throws {
        try withStore(folders) { store in
            let record = try imported(into: store)
            try StandardOutput.say(record.id)
            if let check = record.precisionCheck { StandardError.say(check.summary) }
            if let holdout, record.role == .judge {
                StandardError.say(try store.folder(record.id).calibrated(on: FilePath(holdout)).summary)
            }
            if record.role == .base {
                let outputs = record.architecture.outputs.map { "\($0) outputs" } ?? "no head"
                StandardError.say(
                    "\(record.id) is a base network (\(outputs)): it can be trained from, and gives no verdicts")
            } else if try store.championID == record.id {
                StandardError.say("\(record.id) is the champion; \(record.speech)")
            } else {
                StandardError.say("\(record.id) is kept; `fundusd model promote \(record.id)` makes it the champion")
            }
        }
    }

    private func imported(into store: ModelStore) throws -> ModelRecord {
        let path = FilePath(file)
        if try ModelFolder.isFolder(path) {
            guard positiveClass == nil, normalClass == nil else {
                throw ValidationError(
                    "\(file) is a model's folder, which says what its outputs mean: leave out the options.")
            }
            return try store.adopt(ModelFolder(path))
        }
        return try store.importModel(
            from: path, meaning: meaning, date: Date(),
            holdout: try holdout.map { try HoldoutTensors(FilePath($0)).next(as:) },
            tell: { StandardError.say("\(file): \($0)") })
    }

    private var meaning: OutputMeaning {
        if let normalClass { return .normalClass(normalClass) }
        return switch positiveClass {
        case .disease: .positive(.disease)
        case .normal: .positive(.normal)
        case nil: .unsaid
        }
    }
}

extension ModelRecord {
    /// What its outputs say.
    fileprivate var speech: String {
        if let normalClass {
            return "output \(normalClass) of \(architecture.outputs ?? 0) means normal, each other one disease"
        }
        if let normalClass = source?.foldedNormalClass {
            return "output \(normalClass) of 2 means normal, the other one disease; they were made one"
        }
        return "a high output speaks for \(positiveClass.rawValue)"
    }
}

struct ExportModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a model's weights to a .safetensors file.")
    @Argument(help: "The model.") var model: String
    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file")) var output: String
    @Flag(help: "Half precision: half the size.") var half = false
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let folder = try store.resolve(model)
            do {
                try store.export(folder, to: FilePath(output), weightType: half ? .f16 : .f32)
            } catch let failure as ModelFailure where isAboutOutput(failure) {
                throw Refusal(.cannotCreate, "\(output): \(failure.message); \(failure.remedy)")
            }
        }
    }

    /// The file is written under a temporary name in the same folder; all else that can fail is the model's.
    private func isAboutOutput(_ failure: ModelFailure) -> Bool {
        FilePath(failure.path).removingLastComponent() == FilePath(output).removingLastComponent()
    }
}

struct HalveModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "halve", abstract: "Makes a folder with the same model in half precision, to be given away.",
        discussion: """
            Half the size. The weights are rounded, so it is a model of its own, with another id; what was measured is \
            the whole model's. The list of images that it learned from stays behind: their names are somebody's. \
            `fundusd model import FOLDER` takes it in.
            """)
    @Argument(help: "The model.") var model: String
    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to make.", valueName: "folder")) var output: String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let record = try store.halve(
                try store.resolve(model), at: FilePath(output), leavingOut: [ImageManifest.fileName], date: Date())
            try StandardOutput.say("\(record.id) in \(output)")
        }
    }
}

struct PromoteModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Makes a model the champion, after verifying it.",
        discussion: """
            A running daemon loads it beside the old one and lets it take over between two images; the journal says so, or \
            why it refused.
            """)
    @Argument(help: "The model.") var model: String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let record = try store.promote(try store.resolve(model))
            try StandardOutput.say("\(record.id) is the champion.")
        }
    }
}

struct ChallengeModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "challenge", abstract: "Makes a model the challenger, after verifying it.",
        discussion: """
            With `shadow: true` a running daemon lets it look at what the champion judges, without verdicts; \
            `fundusd model compare` shows where the two part, and `fundusd model promote challenger` lets it judge.
            """)
    @Argument(help: "The model.") var model: String
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let id = try store.resolve(model).record().id
            try store.keepChallenger(id)
            try StandardOutput.say("\(id) is the challenger.")
        }
    }
}

struct RollBackModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Makes the previous model the champion again.",
        discussion: """
            A running daemon loads it beside the old one and lets it take over between two images; the journal says so, or \
            why it refused.
            """)
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { try StandardOutput.say("\(try $0.rollback()) is the champion.") }
    }
}

struct VerifyModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks a model's hash, shapes, numbers and self-test.",
        discussion: """
            Reads all of model.safetensors. What a start maps in its place, the weights packed for the kernels, is compared, \
            and made anew where it is not in order, as after an update of the program.
            """)
    @Argument(help: "The model.") var model = ModelStore.championLink
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        try withStore(folders) { store in
            let (record, packed) = try store.resolve(model).verify()
            try StandardOutput.say("\(record.id) is whole and computes what it did when it was made.")
            if let remark = packed?.remark { StandardError.say(remark) }
        }
    }
}

struct PruneModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Removes old models.",
        discussion: """
            The champion, the previous model, the challenger and base networks always stay, and so many of the newest more \
            as --keep says.
            """)
    @Option(help: ArgumentHelp("How many more models stay.", valueName: "count")) var keep = 5
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func validate() throws {
        guard keep >= 0 else { throw ValidationError("--keep takes a number of models, 0 or more.") }
    }

    func run() throws {
        try withStore(folders) { store in
            for id in try store.prune(keeping: keep, now: Date()) { try StandardOutput.say("\(id) is removed.") }
        }
    }
}

extension PackedWeightsKeeping {
    /// What a person should know; nil where all is in order.
    fileprivate var remark: String? {
        switch self {
        case .inOrder: nil
        case .renewed(let fault): "its packed weights were made anew: \(fault)"
        case .notKept(let fault, let reason):
            "its packed weights can't be kept, so each start packs them again: \(fault); \(reason)"
        }
    }
}
