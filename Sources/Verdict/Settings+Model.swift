// SPDX-License-Identifier: Apache-2.0
package import FundusImage
internal import LinuxIO
package import ModelStore
internal import Processor
internal import Settings
package import TensorMath

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
    package func allows(_ computed: Precision, for record: ModelRecord, in folder: ModelFolder) throws -> Bool {
        if computed == .float32 { return true }
        guard precision == .auto else { return precision.precision == computed }
        let point = try operatingPoint(of: record).value
        let quantization = try folder.soundQuantization(of: record)
        return try record.candidates(at: point, quantization, .chosen(), .chosen()).precisions.contains(computed)
    }

    /// Sets up the compute threads, the engine and its instruction set, before the first network is made.
    ///
    /// - Throws: a `Refusal` where `FUNDUSD_SIMD` or `FUNDUSD_ENGINE` names nothing that is known, or OpenBLAS is asked for
    ///   and can't be used.
    package func prepareComputing() throws {
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
    package func loadModel(named name: String?, batchSize: Int = 1, engine: ComputeEngine? = nil) throws -> LoadedModel
    {
        try prepareComputing()
        return try loadModel(in: modelFolder(named: name), batchSize: batchSize, engine: engine)
    }

    /// Where the model lies that a name means, as above.
    package func modelFolder(named name: String?) throws -> ModelFolder {
        try refusing { try ModelStore(root: state).judge(named: name) }
    }

    /// Loads and self-tests the model of a folder, once `prepareComputing` has returned; throws as above.
    package func loadModel(
        in folder: ModelFolder, batchSize: Int = 1, engine: ComputeEngine? = nil
    ) throws -> LoadedModel {
        try refusing {
            try LoadedModel(folder, try precision(of: folder), batchSize: batchSize, engine: engine ?? .shared)
        }
    }

    private func refusing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let failure as ModelFailure {
            throw Refusal(failure.code == .inputOutput ? .inputOutput : .configuration, failure.description)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(.software, explanation(of: error))
        }
    }

    /// What brings pictures to the preprocessing of a folder's model, which need not be loaded for it.
    ///
    /// - Parameter formats: what files may be; the inbox takes JPEG only.
    package func examiner(
        for folder: ModelFolder, accepting formats: PhotographFormats = .jpeg
    ) throws -> PictureExaminer {
        examiner(for: try refusing { try folder.record() }.preprocessing, accepting: formats)
    }

    private func examiner(for preprocessing: Preprocessing, accepting formats: PhotographFormats) -> PictureExaminer {
        PictureExaminer(
            for: preprocessing, maximumPixels: maxPixels, maximumBytes: maxBytes, fidelity: fidelity,
            accepting: formats)
    }

    /// What judges by these settings.
    ///
    /// - Parameter formats: what files may be; the inbox takes JPEG only.
    /// - Throws: a `Refusal` where the model can't give the sensitivity that is asked for.
    package func judge(
        with model: LoadedModel, drawingHeatmaps: Bool, accepting formats: PhotographFormats = .jpeg
    ) throws -> Judge {
        try judge(
            with: model, examiner: examiner(for: model.record.preprocessing, accepting: formats),
            drawingHeatmaps: drawingHeatmaps)
    }

    /// The same, of pictures that an examiner of the model's folder prepares.
    package func judge(with model: LoadedModel, examiner: PictureExaminer, drawingHeatmaps: Bool) throws -> Judge {
        guard examiner.preprocessing == model.record.preprocessing else {
            throw Refusal(.configuration, "model \(model.record.id) was changed while it was loaded; try again")
        }
        return Judge(
            model: model, operatingPoint: try operatingPoint(of: model.record), examiner: examiner,
            drawsHeatmaps: drawingHeatmaps)
    }

    package var fidelity: DecodeFidelity {
        switch decode {
        case .full: .full
        case .scaled: .scaled
        }
    }

    /// The threshold that these settings choose.
    ///
    /// - Throws: a `Refusal` where the model can't give the sensitivity that is asked for.
    package func operatingPoint(of model: ModelRecord) throws -> OperatingPoint {
        switch threshold {
        case .model: return model.ownOperatingPoint
        case .fixed(let value): return OperatingPoint(value: value, source: .configuration)
        case .targetSensitivity(let sensitivity):
            if let point = model.operatingPoint(reaching: sensitivity) { return point }
            throw Refusal(
                .configuration,
                """
                target-sensitivity: model \(model.id) carries no hold-out figures that reach \(sensitivity). \
                Give a threshold instead, or leave both out.
                """)
        }
    }
}

extension PrecisionSetting {
    /// Nil where the machine and the model decide.
    fileprivate var precision: Precision? {
        switch self {
        case .float32: .float32
        case .bf16: .bfloat16
        case .int8: .int8
        case .auto: nil
        }
    }
}

extension EngineKind {
    /// Who computes, by which of its kernels, such as “own kernels at avx2” or “OpenBLAS (Haswell)”.
    package var sentence: String {
        switch self {
        case .kernels: "own kernels at \(ComputeEngine.shared.instructionSet.rawValue)"
        case .openBLAS: "OpenBLAS (\(MatrixProduct.coreName))"
        }
    }
}

extension LoadedModel {
    /// How it computes, and why so.
    package var computing: String {
        "\(precision.rawValue) by \(engineKind.sentence), \(ComputeEngine.shared.team.threadCount) threads: \(reason)"
    }
}
