// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import SystemPackage

extension ModelFolder {
    var quantizationPath: String { path.appending(Quantization.fileName).string }

    /// What was measured for int8; nil where nothing was.
    ///
    /// - Throws: where it is damaged, or was measured of other weights.
    package func quantization(of record: ModelRecord) throws(ModelFailure) -> Quantization? {
        guard let bytes = try attachment(Quantization.fileName) else { return nil }
        return try Quantization.parse(bytes, for: record, path: quantizationPath)
    }

    /// The same for who can do without: what is damaged proves nothing.
    package func soundQuantization(of record: ModelRecord) throws(ModelFailure) -> Quantization? {
        do throws(ModelFailure) {
            return try quantization(of: record)
        } catch  where error.code == .damaged {
            return nil
        }
    }

    /// The same for int8, which can't.
    func requiredQuantization(of record: ModelRecord) throws(ModelFailure) -> Quantization {
        if let quantization = try quantization(of: record) { return quantization }
        throw ModelFailure(
            .unsaid, path.string, "can't compute in int8: how large its maps' values get was never measured",
            remedy:
                "measure it on labelled photographs: `fundusd model calibrate --holdout DIR`, or set precision: auto")
    }

    /// Replaces what was measured for int8.
    package func keep(_ quantization: Quantization) throws(ModelFailure) {
        let place = path.appending(Quantization.fileName)
        try Self.calling { () throws(SystemFailure) in try AtomicFile.write(quantization.json(), to: place) }
    }

    /// Measures what int8 needs to know of a judge, and what it makes of the same photographs.
    ///
    /// - Parameter photographs: as `CalibratedJudge` takes them.
    package func calibrate(
        _ photographs: CalibratedJudge.Photographs
    ) throws(ModelFailure) -> (quantization: Quantization, outcomes: [CalibratedJudge.Outcome]) {
        let record = try judgeRecord()
        let judge = CalibratedJudge(
            parameters: try parameters(record), preprocessing: record.preprocessing,
            diseaseLogit: record.diseaseLogit, path: path.string)
        var measured = try judge.measured(on: photographs)
        measured.quantization.sha256 = record.sha256
        return measured
    }
}

extension NewModel {
    /// The same of a model that is not written yet; it is the writing that says whose weights they are.
    package func calibrate(
        _ photographs: CalibratedJudge.Photographs
    ) throws(ModelFailure) -> (quantization: Quantization, outcomes: [CalibratedJudge.Outcome]) {
        let judge = CalibratedJudge(
            parameters: parameters, preprocessing: preprocessing,
            diseaseLogit: DiseaseLogit(positiveClass: positiveClass, normalClass: normalClass),
            path: source?.file ?? "the model")
        return try judge.measured(on: photographs)
    }
}
