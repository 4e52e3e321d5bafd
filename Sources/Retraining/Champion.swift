// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import LabelledData
internal import LinuxIO
internal import ModelStore
internal import ResNet
internal import Settings
internal import SystemPackage

/// The model in service, as retraining needs to know it.
struct Champion {
    let record: ModelRecord
    let parameters: ResNet50Parameters
    /// What it learned from and was measured with; nil for a model that came from elsewhere.
    let manifest: ImageManifest?

    /// Nil where no model is in service yet.
    init?(_ settings: Settings) throws {
        let store = ModelStore(root: settings.state)
        let folder: ModelFolder
        do throws(ModelFailure) {
            guard let id = try store.championID else { return nil }
            folder = store.folder(id)
            record = try folder.record()
            parameters = try folder.parameters(record)
        } catch {
            throw Refusal(
                error.code == .inputOutput ? .inputOutput : .configuration,
                "the champion can't be read: \(error.description)")
        }
        manifest = try Self.manifest(folder)
    }

    /// Nil where the folder has none.
    ///
    /// - Throws: a `Refusal` where it has one that can't be read: a held-out image might train, and better no training than
    ///   a leak.
    private static func manifest(_ folder: ModelFolder) throws -> ImageManifest? {
        func refusal(_ status: ExitStatus, _ reason: String) -> Refusal {
            Refusal(status, "who was held out is not known, so nobody trains: \(reason)")
        }
        do {
            return try folder.attachment(ImageManifest.fileName).map { try ImageManifest(parsing: $0) }
        } catch let failure as ModelFailure {
            throw refusal(failure.code == .inputOutput ? .inputOutput : .dataError, failure.description)
        } catch let fault as ImageManifest.Fault {
            throw refusal(.dataError, "\(folder.path.appending(ImageManifest.fileName)): \(fault.description)")
        }
    }
}
