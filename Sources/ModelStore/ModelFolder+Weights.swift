package import ResNet
internal import SystemPackage

extension ModelFolder {
    /// The weights, their hash and shapes checked against the record, every value finite.
    package func parameters(_ record: ModelRecord) throws(ModelFailure) -> ResNet50Parameters {
        let source = try open(weightsPath)
        let hash = try source.sha256()
        guard hash == record.sha256 else {
            throw ModelFailure(
                .damaged, weightsPath.string,
                "has the SHA-256 \(hash.prefix(12))… and not \(record.sha256.prefix(12))… as model.json says",
                remedy: "it was truncated or changed: import or train the model again, or `fundusd model rollback`")
        }
        return try WeightArchive(source).parameters(record.layout)
    }

    /// Everything that loading checks, on model.safetensors itself, for a base network as well.
    package func verify() throws(ModelFailure) -> ModelRecord {
        let record = try record()
        if record.role == .judge { _ = try judgeRecord() }
        _ = try tested(record.form().network(try parameters(record), path: weightsPath.string), record)
        return record
    }
}
