// SPDX-License-Identifier: Apache-2.0
package import FundusImage
internal import LinuxIO
internal import ResNet
internal import SystemPackage
internal import TensorMath

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

    /// A photograph of the hold-out in either arithmetic.
    package struct Outcome: Sendable {
        package let isDisease: Bool
        /// P(disease).
        package let float32: Double
        /// P(disease) in int8.
        package let int8: Double
    }

    /// Measures what int8 needs to know of a judge, and what it makes of the same photographs.
    ///
    /// - Parameter photographs: inputs of a preprocessing and whether they show disease, until nil comes; after that they
    ///   begin anew.
    package func calibrate(
        _ photographs: (Preprocessing) throws(ModelFailure) -> (tensor: [Float], isDisease: Bool)?
    ) throws(ModelFailure) -> (quantization: Quantization, outcomes: [Outcome]) {
        let record = try judgeRecord()
        let parameters = try parameters(record)
        // By the kernels, which are what computes in int8.
        let exact = try record.form(engineKind: .kernels).network(parameters, path: path.string)
        var histogram = ActivationHistogram(record.layout)
        var before: [Double] = []
        while let (tensor, _) = try photographs(record.preprocessing) {
            histogram.add(tensor, through: exact)
            before.append(record.diseaseLogit.probability(exact.logits(of: tensor)))
        }
        guard !before.isEmpty, before.allSatisfy(\.isFinite) else {
            throw ModelFailure(
                .refused, path.string, "can't be calibrated: there is no photograph that it could judge",
                remedy: "name a folder with gradable photographs in disease/ and normal/")
        }
        let ranges = histogram.ranges(.calibrated)
        let rounded = try record.form(.int8, ranges: ranges).network(parameters, path: path.string)
        var outcomes: [Outcome] = []
        while let (tensor, isDisease) = try photographs(record.preprocessing) {
            let after = record.diseaseLogit.probability(rounded.logits(of: tensor))
            guard outcomes.count < before.count, after.isFinite else { break }
            outcomes.append(Outcome(isDisease: isDisease, float32: before[outcomes.count], int8: after))
        }
        guard outcomes.count == before.count else {
            throw ModelFailure(
                .damaged, path.string, "saw other photographs the second time", remedy: "try again")
        }
        let quantization = Quantization(
            sha256: record.sha256, images: histogram.images, ranges: ranges,
            golden: GoldenCheck.record(rounded, tolerance: GoldenCheck.int8Tolerance))
        return (quantization, outcomes)
    }
}
