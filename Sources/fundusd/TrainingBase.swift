internal import LinuxIO
internal import ModelStore
internal import ResNet
internal import Settings
internal import SystemPackage
internal import Training

/// What a training starts from.
struct TrainingBase {
    let parameters: ResNet50Parameters
    /// What the checkpoint and the model say of it.
    let description: String
    /// The id of the model in the store, where it is one.
    let parent: String?

    /// New weights, drawn from a seed (He et al., arXiv 1502.01852).
    static func new(seed: UInt64) -> TrainingBase {
        TrainingBase(
            parameters: InitialParameters.network(ResNet50Layout(baseWidth: 64, outputs: 1), seed: seed),
            description: "new weights, seed \(seed)", parent: nil)
    }

    /// - Parameter name: a weight file, a model's id, a unique beginning of one, `champion`, or a model's folder.
    static func named(_ name: String, _ settings: Settings, seed: UInt64) throws -> TrainingBase {
        do throws(ModelFailure) {
            if let file = try weightFile(name) {
                let archive = try WeightArchive(file)
                let layout = try archive.layout()
                guard layout.outputs != 1 else { throw judge(file) }
                return TrainingBase(
                    try archive.parameters(layout), head: .disease, "weights \(try file.sha256())", parent: nil, seed)
            }
            let folder = try ModelStore(root: settings.state).resolve(name)
            let record = try folder.record()
            return TrainingBase(
                try folder.parameters(record), head: record.positiveClass, "model \(record.sha256)", parent: record.id,
                seed)
        } catch {
            throw Refusal(error.code == .missing ? .noInput : .dataError, "--base: \(error)")
        }
    }

    private init(
        _ base: ResNet50Parameters, head: ModelRecord.PositiveClass, _ description: String, parent: String?,
        _ seed: UInt64
    ) {
        if base.layout.outputs == 1 {
            parameters = head == .disease ? base : base.negatingHead()
        } else {
            parameters = InitialParameters.replacingHead(of: base, outputs: 1, seed: seed)
        }
        self.description = description
        self.parent = parent
    }

    private init(parameters: ResNet50Parameters, description: String, parent: String?) {
        self.parameters = parameters
        self.description = description
        self.parent = parent
    }

    private static func judge(_ file: ByteSource) -> ModelFailure {
        ModelFailure(
            .ambiguous, file.path, "has one output, and does not say for which class it speaks",
            remedy: "import it with `fundusd model import --positive-class …`, and name the model")
    }

    /// Nil where the name is no regular file's: it may be a model's then.
    private static func weightFile(_ name: String) throws(ModelFailure) -> ByteSource? {
        guard let file = try? Descriptor.open(FilePath(name), 0), (try? file.status())?.kind == .regular else {
            return nil
        }
        return try ByteSource(opening: FilePath(name))
    }
}

extension ResNet50Parameters {
    /// The head for the other class: σ(−z) = 1 − σ(z).
    fileprivate func negatingHead() -> ResNet50Parameters {
        var negated = self
        for name in ["fc.weight", "fc.bias"] { negated[name] = ArraySlice(self[name].map { -$0 }) }
        return negated
    }
}
