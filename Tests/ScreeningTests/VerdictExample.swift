// SPDX-License-Identifier: Apache-2.0
import Foundation
import FundusImage
import ModelStore
import Screening

/// A model that gives the same probability for every eye, at once.
struct ConstantModel: EyeModel {
    var probability: Double = 0.25
    var identity = ModelIdentity(id: "20260101-abcdef", sha256: String(repeating: "0", count: 64), trainedAt: nil)
    var preprocessing = Preprocessing.torchvision224
    /// P(gradable), of a network that has learned to tell.
    var gradable: Double?
    var gradabilityThreshold: Double?

    func assessment(of tensor: [Float]) throws -> EyeAssessment {
        EyeAssessment(probabilityOfDisease: probability, probabilityOfGradable: gradable)
    }

    /// Disease in the middle, and nothing of it elsewhere.
    func diseaseMap(of tensor: [Float]) throws -> (assessment: EyeAssessment, map: DiseaseMap) {
        let logits = (0..<49).map { $0 == 24 ? Float(6) : -1 }
        return (
            try assessment(of: tensor),
            DiseaseMap(width: 7, height: 7, logits: logits, inputWidth: 224, inputHeight: 224, pixelsPerPlace: 32)
        )
    }
}

extension Judge {
    static func constant(
        _ probability: Double = 0.25, threshold: Double = 0.5, drawsHeatmaps: Bool = false
    ) -> Judge {
        Judge(
            model: ConstantModel(probability: probability),
            operatingPoint: OperatingPoint(value: threshold, source: .model), drawsHeatmaps: drawsHeatmaps)
    }
}

extension Verdict {
    static func example(of content: ImageContent, named name: ImageName) -> Verdict {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return Verdict(
            of: content, named: name, Judgement(outcome: .normal, probability: 0.25, reasons: []), by: .constant(),
            receivedAt: time, startedAt: time, completedAt: time)
    }
}
