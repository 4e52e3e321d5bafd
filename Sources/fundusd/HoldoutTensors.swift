internal import FundusImage
internal import ModelStore
internal import Screening
internal import SystemPackage

/// The gradable images of a labelled folder as network inputs, one after the other.
final class HoldoutTensors {
    private let folder: LabelledFolder
    private let reader = NamedImageReader(maximumBytes: 64 << 20)
    private var place = 0

    init(_ root: FilePath) throws {
        folder = try LabelledFolder(root)
        try folder.requireBothClasses()
    }

    /// Nil after the last; what can't be read, decoded or graded gets no verdict and is passed over.
    ///
    /// - Parameter preprocessing: of the model that is checked.
    func next(as preprocessing: Preprocessing) -> [Float]? {
        while place < folder.entries.count {
            let path = folder.root.pushing(folder.entries[place].path)
            place += 1
            if let tensor = tensor(path, preprocessing) { return tensor }
        }
        return nil
    }

    private func tensor(_ path: FilePath, _ preprocessing: Preprocessing) -> [Float]? {
        guard let bytes = try? reader.read(path).bytes,
            let image = try? JPEGDecoder.decode(bytes, as: preprocessing, maximumPixels: 100_000_000),
            QualityGrader.grade(image).gradable
        else { return nil }
        var tensor = [Float](repeating: 0, count: preprocessing.elementCount)
        preprocessing.fill(&tensor, from: image.picture)
        return tensor
    }
}

extension PrecisionCheck {
    var summary: String {
        let change = (largestChange * 1e4).rounded() / 1e4
        let verdicts = changedVerdicts == 0 ? "no verdict changes" : "\(changedVerdicts) verdicts change"
        let few = images < Self.fewestImages ? "; at least \(Self.fewestImages) images are needed to rely on that" : ""
        return "in bf16 \(verdicts) on \(images) images (P(disease) moves by \(change) at most)\(few)"
    }
}
