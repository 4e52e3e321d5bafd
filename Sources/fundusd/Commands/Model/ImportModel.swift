// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import LabelledData
internal import ModelStore
internal import SystemPackage

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
