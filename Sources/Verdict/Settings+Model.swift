// SPDX-License-Identifier: Apache-2.0
package import FundusImage
internal import LinuxIO
package import ModelStore
internal import Settings
package import TensorMath

extension Settings {
    /// What a model is to compute in, at the threshold that these settings choose.
    package func precision(for record: ModelRecord) throws -> Precision {
        switch precision {
        case .float32: return .float32
        case .bf16: return .bfloat16
        case .auto:
            let isFaster = try InstructionSet.chosen() == .avx512BFloat16
            let isShown = record.precisionCheck?.allows(.bfloat16, at: try operatingPoint(of: record).value) ?? false
            return isFaster && isShown ? .bfloat16 : .float32
        }
    }

    /// Sets up the compute threads and the instruction set, before the first network is made.
    ///
    /// - Throws: a `Refusal` where `FUNDUSD_SIMD` names no instruction set.
    package func prepareComputing() throws {
        ComputeEngine.setSharedThreadCount(threadCount)
        do throws(UnknownInstructionSet) {
            _ = try InstructionSet.chosen()
        } catch {
            throw Refusal(.configuration, error.description)
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
        do {
            let folder = try ModelStore(root: state).judge(named: name)
            return try LoadedModel(
                folder, precision: try precision(for: try folder.record()), batchSize: batchSize,
                engine: engine ?? .shared)
        } catch let failure as ModelFailure {
            throw Refusal(failure.code == .inputOutput ? .inputOutput : .configuration, failure.description)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(.software, explanation(of: error))
        }
    }

    /// What judges by these settings.
    ///
    /// - Parameter formats: what files may be; the inbox takes JPEG only.
    /// - Throws: a `Refusal` where the model can't give the sensitivity that is asked for.
    package func judge(
        with model: LoadedModel, drawingHeatmaps: Bool, accepting formats: PhotographFormats = .jpeg
    ) throws -> Judge {
        Judge(
            model: model, operatingPoint: try operatingPoint(of: model.record), maximumPixels: maxPixels,
            maximumBytes: maxBytes, fidelity: fidelity, drawsHeatmaps: drawingHeatmaps, accepting: formats)
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
