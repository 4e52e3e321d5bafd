internal import Evaluation
internal import LabelledData
internal import LinuxIO
internal import ModelStore
internal import ResNet
internal import Retraining
internal import Screening
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
        guard let id = store.championID else { return nil }
        let folder = store.folder(id)
        do {
            record = try folder.record()
            parameters = try folder.parameters(record)
        } catch {
            throw Refusal(.configuration, "the champion can't be read: \(error)")
        }
        let path = folder.path.appending(ImageManifest.fileName)
        guard (try? Descriptor.open(path, 0)) != nil else {
            manifest = nil
            return
        }
        do {
            let content = try NamedImageReader(maximumBytes: 1 << 30).read(path)
            manifest = try ImageManifest(parsing: content.bytes ?? [])
        } catch {
            // Without it a held-out image might train: better no training than a leak.
            throw Refusal(.dataError, "\(path) can't be read, so who was held out is not known: \(error)")
        }
    }
}
