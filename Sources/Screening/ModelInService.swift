// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import ModelStore
package import Settings
internal import Synchronization
internal import TensorMath
internal import Verdict

/// Who judges, and under which settings: either may change while images come.
///
/// A worker takes the pipeline's rules when it begins an image, so one model judges it from its first byte to its verdict. The
/// old model goes when the last worker that began with it is done.
package final class ModelInService: Sendable {
    private struct State {
        var model: LoadedModel
        var settings: Settings
        /// How often the settings were replaced.
        var settingsNumber = 0
    }

    private let state: Mutex<State>
    private let pipeline: ScreeningPipeline
    /// What the daemon was started with; its folders can't change while it runs.
    private let running: Settings
    private let store: ModelStore

    init(_ model: LoadedModel, _ settings: Settings, pipeline: ScreeningPipeline) {
        state = Mutex(State(model: model, settings: settings))
        self.pipeline = pipeline
        running = settings
        store = ModelStore(root: settings.state)
        note(model)
    }

    /// The id of the model that judges the next image.
    package var id: String { state.withLock { $0.model.record.id } }

    /// How the model computes, and why so.
    package var computing: String { state.withLock { $0.model.computing } }

    /// The settings in force.
    package var settings: Settings { state.withLock { $0.settings } }

    /// Another number, other settings: a model that they refused may suit them now.
    package var settingsNumber: Int { state.withLock { $0.settingsNumber } }

    /// Other settings for the model that judges.
    ///
    /// - Throws: a `Refusal`; the old settings stay in force.
    package func adopt(_ new: Settings) throws {
        try state.withLock { state in
            pipeline.adopt(try rules(new, state.model))
            state.settings = new
            state.settingsNumber += 1
        }
    }

    /// Loads a model beside the one that judges, which goes on meanwhile, and lets it take over between two images.
    ///
    /// - Returns: false where the champion became another while this one was loaded; the old model stays then.
    /// - Throws: a `Refusal`; the old model stays.
    package func exchange(for id: String) throws -> Bool {
        // Loading takes a while: no one waits for the state in that time.
        let settings = state.withLock { $0.settings }
        let model = try settings.loadModel(named: id)
        guard try store.championID == id else { return false }
        try state.withLock { state in
            pipeline.adopt(try rules(state.settings, model))
            state.model = model
        }
        // Where they can't be kept, everything works, and each start takes longer; `model verify` says why.
        model.keepPackedWeights()
        note(model)
        return true
    }

    private func rules(_ settings: Settings, _ model: LoadedModel) throws -> ScreeningRules {
        guard try settings.allows(model.precision, for: model.record, in: store.folder(model.record.id)) else {
            throw Refusal(
                .configuration,
                """
                the model computes in \(model.precision.rawValue), which was shown to be as good at the threshold \
                \(pipeline.currentRules.judge.operatingPoint.value) only; restart the service for the new settings
                """)
        }
        return try settings.rules(for: model, foldersOf: running)
    }

    /// For `fundusd status`; where it can't be written, only that does not know.
    private func note(_ model: LoadedModel) { try? store.noteInService(model.record.id) }
}
