// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import FundusImage
internal import LinuxIO
internal import ResNet
package import SystemPackage

extension ModelStore {
    /// Takes in a `.pth` state dictionary or a `.safetensors` file, told apart by content.
    ///
    /// One output makes a judge, as several do where it is said which of them means normal; 1000 or no head a base network.
    ///
    /// - Parameters:
    ///   - holdout: inputs of the preprocessing that it is asked for, until nil comes; the record then says whether a judge
    ///     gives the same verdicts on them in bfloat16.
    ///   - tell: given what was made of the file's names.
    @discardableResult
    package func importModel(
        from path: FilePath, meaning: OutputMeaning, date: Date,
        holdout: ((Preprocessing) throws(ModelFailure) -> [Float]?)? = nil, tell: (String) -> Void = { _ in }
    ) throws(ModelFailure) -> ModelRecord {
        let source = try ByteSource(opening: path)
        let archive = try WeightArchive(source)
        let layout = try archive.layout()
        try refuseGradability(archive, layout)
        archive.remarks.forEach(tell)
        var model = try ClassFolding.model(try archive.parameters(layout), meaning, path: path.string)
        model.source = ModelRecord.Source(
            file: path.lastComponent?.string ?? path.string, sha256: try source.sha256())
        if layout.outputs == 2, case .normalClass(let normal) = meaning { model.source?.foldedNormalClass = normal }
        if let holdout, model.role == .judge {
            let preprocessing = model.preprocessing
            model.precisionCheck = try PrecisionCheck.bfloat16(of: model) {
                () throws(ModelFailure) in try holdout(preprocessing)
            }
        }
        return try publish(model, date: date)
    }

    /// A file that says of itself that its second output is P(gradable) is no softmax.
    private func refuseGradability(_ archive: WeightArchive, _ layout: ResNet50Layout) throws(ModelFailure) {
        guard archive.knownOutputs(of: layout) == 2 else { return }
        throw ModelFailure(
            .unsaid, archive.path, "has the outputs disease and gradable, and not what tells them apart",
            remedy: "import the model's folder, which holds the threshold of P(gradable)")
    }

    /// Takes in a copy of a whole model's folder, under its own id; it becomes the champion if it can judge and there is none.
    ///
    /// The copy is verified, not the original: what is checked is what is kept. A model that is here already stays as it
    /// is.
    @discardableResult
    package func adopt(_ folder: ModelFolder) throws(ModelFailure) -> ModelRecord {
        let record = try folder.record()
        let place = self.folder(record.id)
        if let present = try place.recordIfThere() {
            guard present == record else {
                throw ModelFailure(
                    .ambiguous, place.path.string, "is there already, and its model.json differs from \(folder.path)",
                    remedy: "judge by the one that is there: `fundusd model promote \(record.id)`")
            }
            return record
        }
        return try take(record, as: record.role == .judge ? .champion : nil, ifChampionIs: nil) {
            half throws(ModelFailure) in
            try ModelFolder.calling { () throws(SystemFailure) in try half.copyFiles(of: folder) }
            guard try half.verify().record == record else {
                throw ModelFailure(
                    .damaged, folder.path.string, "changed while it was copied", remedy: "try again")
            }
        }.record
    }

    /// Writes a model's weights to a file of their own.
    ///
    /// - Parameter weightType: F32 or F16; what batch norm holds stays F32.
    package func export(_ folder: ModelFolder, to path: FilePath, weightType: ElementType) throws(ModelFailure) {
        let record = try folder.record()
        let tensors = SafetensorsWriter.tensors(try folder.parameters(record), weightType: weightType)
        var metadata = [
            "format": "pt", "model": record.id, "positive_class": record.positiveClass.rawValue,
            "preprocessing": record.preprocessing.name,
        ]
        metadata["normal_class"] = record.normalClass.map(String.init)
        if record.gradability != nil { metadata["outputs"] = "disease gradable" }
        let bytes = try SafetensorsWriter.bytes(tensors, metadata: metadata, path: path.string)
        do throws(SystemFailure) {
            try AtomicFile.write(bytes, to: path)
        } catch {
            throw ModelFailure(error)
        }
    }
}
