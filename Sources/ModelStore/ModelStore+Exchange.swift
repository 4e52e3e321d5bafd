package import FoundationEssentials
package import FundusImage
internal import LinuxIO
internal import ResNet
package import SystemPackage

extension ModelStore {
    /// Takes in a `.pth` state dictionary or a `.safetensors` file, told apart by content.
    ///
    /// One output makes a judge; any other number, or no head, a base network.
    ///
    /// - Parameter holdout: inputs of the preprocessing that it is asked for, until nil comes; the record then says whether a
    ///   judge gives the same verdicts on them in bfloat16.
    @discardableResult
    package func importModel(
        from path: FilePath, positiveClass: ModelRecord.PositiveClass, date: Date,
        holdout: ((Preprocessing) throws(ModelFailure) -> [Float]?)? = nil
    ) throws(ModelFailure) -> ModelRecord {
        let source = try ByteSource(opening: path)
        let archive = try WeightArchive(source)
        let parameters = try archive.parameters(try archive.layout())
        var model = NewModel(parameters: parameters, positiveClass: positiveClass)
        model.source = ModelRecord.Source(
            file: path.lastComponent?.string ?? path.string, sha256: try source.sha256())
        if let holdout, parameters.layout.outputs == 1 {
            let preprocessing = model.preprocessing
            model.precisionCheck = try PrecisionCheck.bfloat16(of: model) {
                () throws(ModelFailure) in try holdout(preprocessing)
            }
        }
        return try publish(model, date: date)
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
        let metadata = [
            "format": "pt", "model": record.id, "positive_class": record.positiveClass.rawValue,
            "preprocessing": record.preprocessing.name,
        ]
        let bytes = try SafetensorsWriter.bytes(tensors, metadata: metadata, path: path.string)
        do throws(SystemFailure) {
            try AtomicFile.write(bytes, to: path)
        } catch {
            throw ModelFailure(error)
        }
    }
}
