// SPDX-License-Identifier: Apache-2.0
internal import FundusImage
internal import ResNet
package import TensorMath

/// What a model's verdicts became in bfloat16, on the images that it was taken in with.
package struct PrecisionCheck: Codable, Sendable, Equatable {
    package var precision: Precision
    package var images: Int
    /// Images whose P(disease) went over to the other side of the threshold.
    package var changedVerdicts: Int
    /// Of P(disease), over all images.
    package var largestChange: Double
    /// P(disease) at or above it was called disease.
    package var threshold: Double

    /// Fewer images than this prove nothing.
    package static let fewestImages = 100

    /// Whether it was shown that no verdict changes at a threshold.
    package func allows(_ precision: Precision, at threshold: Double) -> Bool {
        self.precision == precision && self.threshold == threshold && images >= Self.fewestImages
            && changedVerdicts == 0
    }

    /// Judges every image in either precision.
    ///
    /// - Parameter tensors: inputs of the model's preprocessing, NCHW, until nil comes.
    package static func bfloat16(
        of model: NewModel, tensors: () throws(ModelFailure) -> [Float]?
    ) throws(ModelFailure) -> PrecisionCheck {
        let (layout, parameters) = (model.parameters.layout, model.parameters)
        let path = model.source?.file ?? "the model"
        let exact = try model.preprocessing.form(layout).network(parameters, path: path)
        let rounded = try model.preprocessing.form(layout, .bfloat16).network(parameters, path: path)
        let threshold = model.threshold.value
        var check = PrecisionCheck(
            precision: .bfloat16, images: 0, changedVerdicts: 0, largestChange: 0, threshold: threshold)
        while let tensor = try tensors() {
            let (before, after) = (model.probability(exact, tensor), model.probability(rounded, tensor))
            guard before.isFinite && after.isFinite else {
                throw ModelFailure(
                    .notFinite, path,
                    "gives a probability that is no number for image \(check.images + 1) of the hold-out",
                    remedy: "its weights are useless: import another file")
            }
            check.images += 1
            check.changedVerdicts += (before >= threshold) == (after >= threshold) ? 0 : 1
            check.largestChange = max(check.largestChange, abs(after - before))
        }
        return check
    }
}

extension NewModel {
    fileprivate func probability(_ network: ResNet50Inference, _ tensor: [Float]) -> Double {
        DiseaseLogit(positiveClass: positiveClass, normalClass: normalClass).probability(network.logits(of: tensor))
    }
}

extension PrecisionCheck {
    /// For the person who asked for the check.
    package var summary: String {
        let change = (largestChange * 1e4).rounded() / 1e4
        let verdicts = changedVerdicts == 0 ? "no verdict changes" : "\(changedVerdicts) verdicts change"
        let few = images < Self.fewestImages ? "; at least \(Self.fewestImages) images are needed to rely on that" : ""
        return "in bf16 \(verdicts) on \(images) images (P(disease) moves by \(change) at most)\(few)"
    }
}
