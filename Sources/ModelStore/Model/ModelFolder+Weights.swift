// SPDX-License-Identifier: Apache-2.0
package import ResNet
internal import SystemPackage

extension ModelFolder {
    /// The weights, their hash and shapes checked against the record, every value finite.
    package func parameters(_ record: ModelRecord) throws(ModelFailure) -> ResNet50Parameters {
        let source = try open(weightsPath)
        try check(source, record)
        return try WeightArchive(source).parameters(record.layout)
    }

    /// Reads and hashes all of model.safetensors.
    func check(_ source: ByteSource, _ record: ModelRecord) throws(ModelFailure) {
        let hash = try source.sha256()
        guard hash == record.sha256 else {
            throw ModelFailure(
                .damaged, weightsPath.string,
                "has the SHA-256 \(hash.prefix(12))… and not \(record.sha256.prefix(12))… as model.json says",
                remedy: "it was truncated or changed: import or train the model again, or `fundusd model rollback`")
        }
    }

    /// Everything that loading checks, on model.safetensors itself, for a base network as well.
    ///
    /// - Returns: a judge's packed weights, too, are whole afterwards, or it says why not.
    @discardableResult
    package func verify() throws(ModelFailure) -> (record: ModelRecord, packed: PackedWeightsKeeping?) {
        let record = try record()
        if record.role == .judge {
            return (record, try LoadedModel(repacking: self).keepPackedWeights())
        }
        _ = try record.form().network(try parameters(record), path: weightsPath.string)
        return (record, nil)
    }
}
