// SPDX-License-Identifier: Apache-2.0
package import FundusImage
internal import LinuxIO
package import ModelStore
package import SystemPackage
internal import Verdict

/// The gradable images of a labelled folder as network inputs, one after the other.
package final class HoldoutTensors {
    private let folder: LabelledFolder
    private let reader = NamedImageReader(maximumBytes: 64 << 20)
    private var place = 0

    /// - Parameter root: a labelled folder.
    /// - Throws: a `Refusal`: 65 where a class has no image, 66 where a folder is missing.
    package init(_ root: FilePath) throws {
        folder = try LabelledFolder(root)
        try folder.requireBothClasses()
    }

    /// Nil after the last; what gets no verdict by its own fault is passed over.
    ///
    /// - Parameter preprocessing: of the model that is checked.
    /// - Throws: a fault of the machine.
    package func next(as preprocessing: Preprocessing) throws(ModelFailure) -> [Float]? {
        try nextLabelled(as: preprocessing)?.tensor
    }

    /// The same with its class; after the last they begin anew.
    package func nextLabelled(
        as preprocessing: Preprocessing
    ) throws(ModelFailure) -> (tensor: [Float], isDisease: Bool)? {
        while place < folder.entries.count {
            let entry = folder.entries[place]
            place += 1
            if let tensor = try tensor(entry, preprocessing) { return (tensor, entry.label == .disease) }
        }
        place = 0
        return nil
    }

    private func tensor(
        _ entry: LabelledFolder.Entry, _ preprocessing: Preprocessing
    ) throws(ModelFailure) -> [Float]? {
        guard let bytes = try bytes(entry), let image = try image(bytes, entry, preprocessing),
            QualityGrader.grade(image).gradable
        else { return nil }
        var tensor = [Float](repeating: 0, count: preprocessing.elementCount)
        preprocessing.fill(&tensor, from: image.picture)
        return tensor
    }

    private func bytes(_ entry: LabelledFolder.Entry) throws(ModelFailure) -> [UInt8]? {
        do throws(SystemFailure) {
            guard case .image(let content) = try folder.read(entry, by: reader) else { return nil }
            return content.bytes
        } catch {
            throw ModelFailure(error)
        }
    }

    private func image(
        _ bytes: [UInt8], _ entry: LabelledFolder.Entry, _ preprocessing: Preprocessing
    ) throws(ModelFailure) -> DecodedImage? {
        do throws(DecodeFailure) {
            return try PhotographDecoder(.jpegAndPNG, maximumPixels: 100_000_000).decode(bytes, as: preprocessing)
        } catch {
            guard error.isMachineFault else { return nil }
            throw ModelFailure(
                .inputOutput, folder.root.pushing(entry.path).string,
                "can't be decoded: the machine has no memory left",
                remedy: "free memory, or give the program more")
        }
    }
}
