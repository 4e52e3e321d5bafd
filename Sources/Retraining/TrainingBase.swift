// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import ModelStore
internal import ResNet
internal import Settings
internal import SystemPackage
internal import Training

/// What a training starts from.
struct TrainingBase {
    /// What the checkpoint and the model say of it.
    let description: String
    /// What a person is told of it.
    let sentence: String
    /// The id of the model in the store, where it is one.
    let parent: String?
    /// Tensors that no training has seen yet, without the head's.
    let madeNew: [String]
    private let network: ResNet50Parameters
    /// Outputs of the head that go on with what they say: P(disease) first. The others are made new.
    private let keptOutputs: Int
    private let seed: UInt64

    /// The first weights of a network with so many outputs.
    func parameters(outputs: Int) -> ResNet50Parameters {
        InitialParameters.replacingHead(of: network, keeping: keptOutputs, outputs: outputs, seed: seed)
    }

    /// What a person names new weights with.
    static let newName = "new"

    /// New weights, drawn from a seed (He et al., arXiv 1502.01852).
    static func new(seed: UInt64) -> TrainingBase {
        let network = InitialParameters.network(ResNet50Layout(baseWidth: 64, outputs: 1), seed: seed)
        return TrainingBase(
            description: "new weights, seed \(seed)",
            sentence: "Training starts from new weights, which need far more images than a base does.", parent: nil,
            madeNew: network.layout.parameters.map(\.name).filter { !$0.hasPrefix("fc.") }, network: network,
            keptOutputs: 1, seed: seed)
    }

    /// The model that judges; else the one that ships with the program; else new weights.
    static func usual(_ settings: Settings, seed: UInt64) throws -> TrainingBase {
        let store = ModelStore(root: settings.state)
        let champion = try refusing("the champion") { () throws(ModelFailure) -> TrainingBase? in
            guard let id = try store.championID else { return nil }
            return try TrainingBase(store.folder(id), named: "the champion", seed)
        }
        if let champion { return champion }
        let words = "the model that ships with the program"
        let shipped = try refusing(words) { () throws(ModelFailure) -> TrainingBase? in
            guard let folder = try shippedFolder() else { return nil }
            return try TrainingBase(folder, named: words, seed)
        }
        return shipped ?? .new(seed: seed)
    }

    private static func shippedFolder() throws(ModelFailure) -> ModelFolder? {
        do throws(SystemFailure) {
            return try ShippedModel.folder()
        } catch {
            throw ModelFailure(error)
        }
    }

    /// - Parameter name: `new`, a weight file, a model's id, a unique beginning of one, `champion`, or a model's folder.
    static func named(_ name: String, _ settings: Settings, seed: UInt64) throws -> TrainingBase {
        if name == newName { return .new(seed: seed) }
        return try refusing("--base") { () throws(ModelFailure) in
            if let file = try weightFile(name) { return try TrainingBase(file, seed) }
            let folder = try ModelStore(root: settings.state).resolve(name)
            return try TrainingBase(folder, named: name == ModelStore.championLink ? "the champion" : "the model", seed)
        }
    }

    /// - Parameter subject: what the person is told that it is about.
    private static func refusing<Result>(
        _ subject: String, _ body: () throws(ModelFailure) -> Result
    ) throws -> Result {
        do throws(ModelFailure) {
            return try body()
        } catch {
            throw Refusal(error.exitStatus, "\(subject): \(error.description)")
        }
    }

    /// Nil where the name is no regular file's: it may be a model's then.
    private static func weightFile(_ name: String) throws(ModelFailure) -> ByteSource? {
        do throws(SystemFailure) {
            guard try FileStatus.at(FilePath(name))?.kind == .regular else { return nil }
        } catch {
            throw ModelFailure(error)
        }
        return try ByteSource(opening: FilePath(name))
    }
}

extension TrainingBase {
    /// A model's folder.
    ///
    /// - Parameter words: what a person knows it as.
    private init(_ folder: ModelFolder, named words: String, _ seed: UInt64) throws(ModelFailure) {
        let record = try folder.record()
        let parameters = try folder.parameters(record)
        // The log-sum-exp of several classes is no row of a linear layer.
        let isSoftmax = record.normalClass != nil
        let remark = isSoftmax ? "; its head of \(record.architecture.outputs ?? 0) classes is left behind" : ""
        self.init(
            description: "model \(record.sha256)", sentence: "Training starts from \(words), \(record.id)\(remark).",
            parent: record.id, madeNew: [],
            network: record.positiveClass == .disease ? parameters : parameters.negatingDisease(),
            keptOutputs: record.role == .judge && !isSoftmax ? record.architecture.outputs ?? 0 : 0, seed: seed)
    }

    /// A weight file: all of a network but its head, or a part of it.
    private init(_ file: ByteSource, _ seed: UInt64) throws(ModelFailure) {
        let archive = try WeightArchive(file)
        let layout = try archive.layout()
        let knownOutputs = archive.knownOutputs(of: layout)
        guard layout.outputs != 1 || knownOutputs == 1 else {
            throw ModelFailure(
                .ambiguous, file.path, "has one output, and does not say for which class it speaks",
                remedy:
                    "import it with `fundusd model import --positive-class …`, and name the model; or say `outputs: "
                    + "disease` in the metadata of a .safetensors file")
        }
        let (network, made) = try archive.parameters(layout) { InitialParameters.tensor($0, of: layout, seed: seed) }
        let madeNew = made.filter { !$0.hasPrefix("fc.") }
        let tensors = layout.parameters.count { !$0.name.hasPrefix("fc.") }
        self.init(
            description: "weights \(try file.sha256())",
            sentence: "Training starts from \(file.path)\(Self.remark(archive, madeNew, of: tensors)).", parent: nil,
            madeNew: madeNew, network: network, keptOutputs: knownOutputs, seed: seed)
    }

    /// `; it lacks 21 of 318 tensors, made new: layer4.0.conv2.weight, layer4.0.conv3.weight, layer4.1.conv1.weight …`
    private static func remark(_ archive: WeightArchive, _ madeNew: [String], of count: Int) -> String {
        let names = archive.remarks.map { "; \($0)" }.joined()
        guard !madeNew.isEmpty else { return names }
        let first = madeNew.prefix(3).joined(separator: ", ") + (madeNew.count > 3 ? " …" : "")
        return names + "; it lacks \(madeNew.count) of \(count) tensors besides the head, made new: \(first)"
    }
}

extension ResNet50Parameters {
    /// The first output for the other class: σ(−z) = 1 − σ(z).
    fileprivate func negatingDisease() -> ResNet50Parameters {
        var negated = self
        for name in ["fc.weight", "fc.bias"] {
            var values = Array(self[name])
            for place in 0..<values.count / max(1, layout.outputs ?? 1) { values[place].negate() }
            negated[name] = values[...]
        }
        return negated
    }
}
