// SPDX-License-Identifier: Apache-2.0
internal import Foundation
package import FundusImage
package import ModelStore
package import Verdict

/// A model that gives the same probability for every eye, at once.
package struct ConstantModel: EyeModel {
    package var probability: Double = 0.25
    package var identity = ModelIdentity(
        id: "20260101-abcdef", sha256: String(repeating: "0", count: 64), trainedAt: nil)
    package var preprocessing = Preprocessing.torchvision224
    /// P(gradable), of a network that has learned to tell.
    package var gradable: Double?
    package var gradabilityThreshold: Double?

    package init(probability: Double = 0.25, gradable: Double? = nil, gradabilityThreshold: Double? = nil) {
        self.probability = probability
        self.gradable = gradable
        self.gradabilityThreshold = gradabilityThreshold
    }

    package func assessment(of tensor: [Float]) throws -> EyeAssessment {
        EyeAssessment(probabilityOfDisease: probability, probabilityOfGradable: gradable)
    }

    /// Disease in the middle, and nothing of it elsewhere.
    package func diseaseMap(of tensor: [Float]) throws -> (assessment: EyeAssessment, map: DiseaseMap) {
        let logits = (0..<49).map { $0 == 24 ? Float(6) : -1 }
        return (
            try assessment(of: tensor),
            DiseaseMap(width: 7, height: 7, logits: logits, inputWidth: 224, inputHeight: 224, pixelsPerPlace: 32)
        )
    }
}

extension Judge {
    package static func constant(
        _ probability: Double = 0.25, threshold: Double = 0.5, drawsHeatmaps: Bool = false
    ) -> Judge {
        Judge(
            model: ConstantModel(probability: probability),
            operatingPoint: OperatingPoint(value: threshold, source: .model), drawsHeatmaps: drawsHeatmaps)
    }
}
