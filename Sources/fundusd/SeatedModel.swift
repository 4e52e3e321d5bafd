// SPDX-License-Identifier: Apache-2.0
internal import Foundation
package import FundusImage
package import ModelStore
package import Screening
internal import Settings
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
    var ownOperatingPoint: Screening.OperatingPoint { Screening.OperatingPoint(threshold, source: .model) }

    /// The highest threshold that reached a sensitivity on the model's hold-out, nil when none did.
    func operatingPoint(reaching sensitivity: Double) -> Screening.OperatingPoint? {
        (operatingPoints ?? [])
            .filter { ($0.sensitivity ?? 0) >= sensitivity }
            .max { $0.value < $1.value }
            .map { Screening.OperatingPoint($0, source: .targetSensitivity) }
    }
}

extension OperatingPoint {
    fileprivate init(_ point: ModelRecord.OperatingPoint, source: Source) {
        self.init(
            value: point.value, source: source, sensitivity: point.sensitivity, specificity: point.specificity)
    }
}

extension Settings {
    /// What a model is to compute in, at the threshold that these settings choose.
    private func precision(of folder: ModelFolder) throws -> PrecisionChoice {
        let record = try folder.record()
        guard let asked = precision.precision else {
            return try folder.fastestPrecision(
                record, at: try operatingPoint(of: record).value, try .chosen(), on: .shared)
        }
        guard try EngineKind.chosen().computes(in: asked) else {
            throw Refusal(
                .configuration,
                """
                precision is \(asked.rawValue), and OpenBLAS, which computes here, knows float32 only; set precision to auto \
                or float32, or \(EngineKind.variable) to \(EngineKind.kernels.rawValue)
                """)
        }
        return PrecisionChoice(asked, because: "precision is set to \(precision.rawValue)")
    }

    /// Whether a model that computes in a precision may go on with it under these settings.
    func allows(_ computed: Precision, for record: ModelRecord) throws -> Bool {
        if computed == .float32 { return true }
        guard precision == .auto else { return precision.precision == computed }
        let point = try operatingPoint(of: record).value
        return try record.candidates(at: point, .chosen(), .chosen()).precisions.contains(computed)
    }

    /// Sets up the compute threads, the engine and its instruction set, before the first network is made.
    ///
    /// - Throws: a `Refusal` where `FUNDUSD_SIMD` or `FUNDUSD_ENGINE` names nothing that is known, or OpenBLAS is asked for
    ///   and can't be used.
    func prepareComputing() throws {
        ComputeEngine.setSharedThreadCount(threadCount)
        do {
            _ = try InstructionSet.chosen()
            _ = try EngineKind.chosen()
        } catch let unknown as UnknownInstructionSet {
            throw Refusal(.configuration, unknown.description)
        } catch let failure as EngineFailure {
            throw Refusal(.configuration, failure.description)
        }
    }

    /// Loads and self-tests a model.
    ///
    /// - Parameters:
    ///   - name: an id, the beginning of one, or a folder; nil is the champion.
    ///   - engine: the threads that compute; those of all models, if no other is given.
    /// - Throws: a `Refusal`: no eye is judged by a machine that computes wrongly or a model that does not verify.
    func loadModel(named name: String?, batchSize: Int = 1, engine: ComputeEngine? = nil) throws -> LoadedModel {
        try prepareComputing()
        do {
            let folder = try ModelStore(root: state).judge(named: name)
            return try LoadedModel(
                folder, try precision(of: folder), batchSize: batchSize, engine: engine ?? .shared)
        } catch let failure as ModelFailure {
            throw Refusal(failure.code == .inputOutput ? .inputOutput : .configuration, failure.description)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(.software, told(error))
        }
    }
}

extension PrecisionSetting {
    /// Nil where the machine and the model decide.
    fileprivate var precision: Precision? {
        switch self {
        case .float32: .float32
        case .bf16: .bfloat16
        case .auto: nil
        }
    }
}

extension EngineKind {
    /// Who computes, by which of its kernels, such as “own kernels at avx2” or “OpenBLAS (Haswell)”.
    var sentence: String {
        switch self {
        case .kernels: "own kernels at \(ComputeEngine.shared.instructionSet.rawValue)"
        case .openBLAS: "OpenBLAS (\(MatrixProduct.coreName))"
        }
    }
}

extension LoadedModel {
    /// How it computes, and why so.
    var computing: String {
        "\(precision.rawValue) by \(engineKind.sentence), \(ComputeEngine.shared.team.threadCount) threads: \(reason)"
    }
}
