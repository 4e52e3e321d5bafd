// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import Glibc
internal import LinuxIO
internal import ResNet
package import SystemPackage

extension ModelStore {
    /// Makes a folder at `path` with the same model in half precision: half the size, to be given away.
    ///
    /// The weights are rounded, so it is another model: it has an id and a golden logit of its own. What was measured is
    /// the whole model's; P(disease) differs from it by a few thousandths at most (docs/numerics.md).
    ///
    /// - Parameter private: names of files in the folder that stay behind.
    @discardableResult
    package func halve(
        _ folder: ModelFolder, at path: FilePath, leavingOut private: Set<String>, date: Date
    ) throws(ModelFailure) -> ModelRecord {
        let (record, _) = try folder.verify()
        var half = NewModel(parameters: try folder.parameters(record), positiveClass: record.positiveClass)
        half.normalClass = record.normalClass
        half.weightType = .f16
        half.threshold = record.threshold
        half.operatingPoints = record.operatingPoints
        half.gradability = record.gradability
        half.preprocessing = record.preprocessing
        half.trainedAt = record.trainedAt
        half.parent = record.parent
        half.recipe = record.recipe
        half.training = record.training
        half.source = record.source
        half.attachments = try attachments(of: folder).filter { !`private`.contains($0.name) }
        let made = try ModelFolder.create(half, at: path, date: date)
        try removePackedWeights(of: ModelFolder(path))
        return made
    }

    /// They fit one machine's place and times only; whoever takes the model in gets new ones.
    private func removePackedWeights(of folder: ModelFolder) throws(ModelFailure) {
        try ModelFolder.calling { () throws(SystemFailure) in
            for name in try Folder(folder.path).names() where PackedWeightsFile.isName(name.string) {
                try AtomicFile.remove(folder.path.appending(name))
            }
        }
    }

    private func attachments(of folder: ModelFolder) throws(ModelFailure) -> [ModelAttachment] {
        let own: Set = [ModelFolder.weightsName, ModelFolder.recordName, ModelFolder.cardName, Quantization.fileName]
        do throws(SystemFailure) {
            var attachments: [ModelAttachment] = []
            for (name, status) in try Folder(folder.path).entries() where status.kind == .regular {
                if own.contains(name.string) || PackedWeightsFile.isName(name.string) { continue }
                let bytes = try Descriptor.open(folder.path.appending(name), O_RDONLY)
                    .read(upTo: min(status.signature.bytes, ModelAttachment.largestFile))
                attachments.append(ModelAttachment(name: name.string, bytes: bytes))
            }
            return attachments
        } catch {
            throw ModelFailure(error)
        }
    }
}
