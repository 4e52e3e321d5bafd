// SPDX-License-Identifier: Apache-2.0
package import FundusImage
internal import ResNet
internal import TensorMath

/// A judge in floats as int8 needs to know it: its weights, what it is shown, and what its outputs say.
package struct CalibratedJudge {
    let parameters: ResNet50Parameters
    let preprocessing: Preprocessing
    let diseaseLogit: DiseaseLogit
    /// For whoever reads what went wrong.
    let path: String

    /// Inputs of a preprocessing and whether they show disease, until nil comes; after that they begin anew.
    package typealias Photographs =
        (Preprocessing) throws(ModelFailure) -> (tensor: [Float], isDisease: Bool)?

    /// A photograph in either arithmetic.
    package struct Outcome: Sendable {
        package let isDisease: Bool
        /// P(disease).
        package let float32: Double
        /// P(disease) in int8.
        package let int8: Double
    }

    /// How large the values of each map get, and what int8 then makes of the same photographs.
    ///
    /// - Returns: without the weights' hash.
    func measured(
        on photographs: Photographs
    ) throws(ModelFailure) -> (quantization: Quantization, outcomes: [Outcome]) {
        let (histogram, before) = try exact(photographs)
        let ranges = histogram.ranges(.calibrated)
        if let fault = ranges.fault(for: parameters.layout) { throw useless(fault) }
        let rounded = try preprocessing.form(parameters.layout, .int8, ranges: ranges).network(parameters, path: path)
        var outcomes: [Outcome] = []
        while let (tensor, isDisease) = try photographs(preprocessing) {
            let after = diseaseLogit.probability(rounded.logits(of: tensor))
            guard outcomes.count < before.count, after.isFinite else { break }
            outcomes.append(Outcome(isDisease: isDisease, float32: before[outcomes.count], int8: after))
        }
        guard outcomes.count == before.count else {
            throw ModelFailure(.damaged, path, "saw other photographs the second time", remedy: "try again")
        }
        let golden = GoldenCheck.record(rounded)
        guard golden.logits.allSatisfy(\.isFinite) else { throw useless("gives a logit in int8 that is not finite") }
        let quantization = Quantization(sha256: "", images: histogram.images, ranges: ranges, golden: golden)
        return (quantization, outcomes)
    }

    /// All maps' values, and P(disease) of each photograph.
    private func exact(_ photographs: Photographs) throws(ModelFailure) -> (ActivationHistogram, [Double]) {
        // By the kernels, which are what computes in int8.
        let network = try preprocessing.form(parameters.layout, engineKind: .kernels).network(parameters, path: path)
        var histogram = ActivationHistogram(parameters.layout)
        var probabilities: [Double] = []
        while let (tensor, _) = try photographs(preprocessing) {
            histogram.add(tensor, through: network)
            probabilities.append(diseaseLogit.probability(network.logits(of: tensor)))
        }
        guard !probabilities.isEmpty, probabilities.allSatisfy(\.isFinite) else {
            throw ModelFailure(
                .refused, path, "can't be calibrated: there is no photograph that it could judge",
                remedy: "name a folder with gradable photographs in disease/ and normal/")
        }
        return (histogram, probabilities)
    }

    private func useless(_ fault: String) -> ModelFailure {
        ModelFailure(.notFinite, path, fault, remedy: "judge in float32: int8 is of no use to these weights")
    }
}
