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

    /// The pooled map's range with the least error, and parts of it: the logits change by less with a part, for nearly all of their
    /// change is rounding, and what is cut off hardly matters until it suddenly does. See `docs/numerics.md`.
    static let pooledParts: [Float] = [1, 0.8, 0.65, 0.5, 0.4]

    /// Ranges that int8 may get, and what it makes of the photographs then.
    private struct Candidate {
        let ranges: ActivationRanges
        let network: ResNet50Inference
        /// Of disease.
        var logits: [Double] = []

        /// The mean over all photographs; infinite where a logit is no number.
        func squaredChange(from exact: [Double]) -> Double {
            let sum = zip(logits, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            return sum.isNaN ? .infinity : sum / Double(exact.count)
        }
    }

    /// How large the values of each map get, and what int8 then makes of the same photographs.
    ///
    /// - Returns: without the weights' hash.
    func measured(
        on photographs: Photographs
    ) throws(ModelFailure) -> (quantization: Quantization, outcomes: [Outcome]) {
        let (histogram, exact) = try exact(photographs)
        let (best, areDisease) = try leastChanging(from: exact, histogram.ranges(.calibrated), photographs)
        let golden = GoldenCheck.record(best.network)
        guard (best.logits + golden.logits.map(Double.init)).allSatisfy(\.isFinite) else {
            throw useless("gives a logit in int8 that is not finite")
        }
        let outcomes = areDisease.indices.map {
            Outcome(
                isDisease: areDisease[$0], float32: Self.probability(exact[$0]), int8: Self.probability(best.logits[$0])
            )
        }
        let quantization = Quantization(sha256: "", images: histogram.images, ranges: best.ranges, golden: golden)
        return (quantization, outcomes)
    }

    private static func probability(_ logit: Double) -> Double {
        Probability.ofDisease(logit: logit, positiveClass: .disease)
    }

    /// - Returns: with whether each photograph shows disease.
    private func leastChanging(
        from exact: [Double], _ ranges: ActivationRanges, _ photographs: Photographs
    ) throws(ModelFailure) -> (Candidate, areDisease: [Bool]) {
        if let fault = ranges.fault(for: parameters.layout) { throw useless(fault) }
        var candidates: [Candidate] = []
        for part in Self.pooledParts {
            let ranges = ranges.withPooled(times: part)
            let network = try preprocessing.form(parameters.layout, .int8, ranges: ranges)
                .network(parameters, path: path)
            candidates.append(Candidate(ranges: ranges, network: network))
        }
        var areDisease: [Bool] = []
        while let (tensor, isDisease) = try photographs(preprocessing), areDisease.count < exact.count {
            areDisease.append(isDisease)
            for index in candidates.indices {
                candidates[index].logits.append(diseaseLogit.value(candidates[index].network.logits(of: tensor)))
            }
        }
        let best = candidates.min { $0.squaredChange(from: exact) < $1.squaredChange(from: exact) }
        guard let best, areDisease.count == exact.count else {
            throw ModelFailure(.damaged, path, "saw other photographs the second time", remedy: "try again")
        }
        return (best, areDisease)
    }

    /// All maps' values, and the logit of disease of each photograph.
    private func exact(_ photographs: Photographs) throws(ModelFailure) -> (ActivationHistogram, [Double]) {
        // By the kernels, which are what computes in int8.
        let network = try preprocessing.form(parameters.layout, engineKind: .kernels).network(parameters, path: path)
        var histogram = ActivationHistogram(parameters.layout)
        var logits: [Double] = []
        while let (tensor, _) = try photographs(preprocessing) {
            histogram.add(tensor, through: network)
            logits.append(diseaseLogit.value(network.logits(of: tensor)))
        }
        guard !logits.isEmpty, logits.allSatisfy(\.isFinite) else {
            throw ModelFailure(
                .refused, path, "can't be calibrated: there is no photograph that it could judge",
                remedy: "name a folder with gradable photographs in disease/ and normal/")
        }
        return (histogram, logits)
    }

    private func useless(_ fault: String) -> ModelFailure {
        ModelFailure(.notFinite, path, fault, remedy: "judge in float32: int8 is of no use to these weights")
    }
}
