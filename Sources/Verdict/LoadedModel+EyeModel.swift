// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
package import FundusImage
package import ModelStore
internal import TensorMath

extension LoadedModel: EyeModel {
    package var identity: ModelIdentity {
        ModelIdentity(
            id: record.id, sha256: record.sha256, trainedAt: record.trainedAt?.timestamp,
            precision: precision.rawValue)
    }

    package var preprocessing: Preprocessing { record.preprocessing }

    package var gradabilityThreshold: Double? { record.gradability?.threshold }
}

extension ModelRecord {
    /// The threshold that the model brings along.
    var ownOperatingPoint: OperatingPoint { OperatingPoint(threshold, source: .model) }

    /// The highest threshold that reached a sensitivity on the model's hold-out, nil when none did.
    func operatingPoint(reaching sensitivity: Double) -> OperatingPoint? {
        (operatingPoints ?? [])
            .filter { ($0.sensitivity ?? 0) >= sensitivity }
            .max { $0.value < $1.value }
            .map { OperatingPoint($0, source: .targetSensitivity) }
    }
}

extension OperatingPoint {
    fileprivate init(_ point: ModelRecord.MeasuredThreshold, source: Source) {
        self.init(
            value: point.value, source: source, sensitivity: point.sensitivity, specificity: point.specificity)
    }
}
