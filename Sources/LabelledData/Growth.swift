// SPDX-License-Identifier: Apache-2.0
/// How the images whose class is known, disease or normal, have changed since a model was made of them.
package struct Growth: Sendable, Equatable {
    /// Images whose content the model's manifest does not have, and that look like none that it has.
    package let newDisease: Int
    package let newNormal: Int
    /// New contents that look like a photograph that was there before: saved again, they teach nothing.
    package let savedAgain: Int
    /// Images that are now in the other class, by their present path.
    package let reclassified: [String]
    /// Images of the manifest that are no longer there, by their path then.
    package let removed: [String]
    package let disease: Int
    package let normal: Int

    /// - Parameter manifest: of the model that judges; nil where it is not known what that one learned from.
    package init(_ images: [LabelledImage], since manifest: ImageManifest?) {
        let images = images.filter { $0.label.isDisease != nil }
        let known = (manifest?.rows ?? []).filter { $0.label.isDisease != nil }
        let rows = Dictionary(known.map { ($0.sha256, $0) }) { first, _ in first }
        let (old, fresh) = (
            images.filter { rows[$0.sha256] != nil }, images.filter { rows[$0.sha256] == nil }
        )
        let again = fresh.filter { image in old.contains { $0.look.isNearlyIdentical(to: image.look) } }
        let repeated = Set(again.map(\.sha256))
        let new = fresh.filter { !repeated.contains($0.sha256) }
        newDisease = new.count { $0.label == .disease }
        newNormal = new.count - newDisease
        savedAgain = again.count
        reclassified = old.filter { rows[$0.sha256]?.label != $0.label }.map(\.path)
        let present = Set(images.map(\.sha256))
        removed = known.filter { !present.contains($0.sha256) }.map(\.path)
        disease = images.count { $0.label == .disease }
        normal = images.count - disease
    }

    package var newImages: Int { newDisease + newNormal }

    /// Why nothing needs to be trained yet; nil where it does.
    ///
    /// An image that was moved to the other class counts as new: it teaches something else now.
    package func reasonToWait(minimumNewImages: Int, minimumPerClass: Int) -> String? {
        if min(disease, normal) < minimumPerClass {
            return "there are \(disease) usable images of disease and \(normal) of normal eyes, and each class needs "
                + "\(minimumPerClass) (retrain.min-per-class)"
        }
        guard newImages + reclassified.count < minimumNewImages else { return nil }
        let count = newImages + reclassified.count
        return "\(count) new images are fewer than \(minimumNewImages) (retrain.min-new-images)"
    }

    /// What has changed, in one sentence.
    package var sentence: String {
        var parts = ["\(newImages) new images (\(newDisease) disease, \(newNormal) normal)"]
        if savedAgain > 0 { parts.append("\(savedAgain) old ones saved again") }
        if !reclassified.isEmpty { parts.append("\(Self.named(reclassified)) moved to the other class") }
        if !removed.isEmpty { parts.append("\(Self.named(removed)) removed") }
        return parts.joined(separator: "; ") + "."
    }

    /// `12 (disease/a.jpg, disease/b.jpg, disease/c.jpg …)`
    private static func named(_ paths: [String]) -> String {
        "\(paths.count) (\(paths.sorted().prefix(3).joined(separator: ", "))\(paths.count > 3 ? " …" : ""))"
    }
}
