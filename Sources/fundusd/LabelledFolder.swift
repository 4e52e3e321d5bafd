internal import Evaluation
internal import LabelledData
internal import LinuxIO
internal import Screening
internal import SystemPackage

/// A folder of images that people have labelled: `disease/` and `normal/`, with any folders below them; for training perhaps
/// `ungradable/` and `gradable/` too.
struct LabelledFolder {
    struct Entry: Sendable {
        /// Below the labelled folder, such as `disease/camera 2/a.jpg`.
        let path: FilePath
        let label: ImageLabel
        /// The folders between the class and the file, nil where there are none.
        let subfolder: String?
    }

    let root: FilePath
    /// By label, disease first, then by path.
    let entries: [Entry]
    /// Files that are no images and do not claim to be, heatmaps among them.
    let otherFileCount: Int

    /// Lists the images.
    ///
    /// - Parameter labels: the folders to list; only `disease` and `normal` must be there.
    /// - Throws: a `Refusal`: 66 where a folder is missing.
    init(_ root: FilePath, labels: [ImageLabel] = [.disease, .normal]) throws {
        self.root = root
        var listing = Listing(root: root)
        for label in labels {
            let name = label.rawValue
            do throws(SystemFailure) {
                try listing.add(FilePath(name), label)
            } catch let error where error.isGone {
                guard label.isDisease != nil else { continue }
                throw Refusal(
                    .noInput,
                    """
                    \(root.appending(name)) is not there: images with disease belong into \(root)/disease, healthy \
                    ones into \(root)/normal; name another folder with --labelled
                    """)
            } catch {
                throw Refusal(.inputOutput, "\(error)")
            }
        }
        entries = listing.entries
        otherFileCount = listing.otherFileCount
    }

    /// - Throws: a `Refusal`, 65, where a class has no image.
    func requireBothClasses() throws {
        for label in [ImageLabel.disease, .normal] where !entries.contains(where: { $0.label == label }) {
            throw Self.emptyClass(label.rawValue, root, skipped: 0)
        }
    }

    static func emptyClass(_ name: String, _ root: FilePath, skipped: Int) -> Refusal {
        let because = skipped > 0 ? " that can be decoded (\(skipped) skipped, see above)" : ""
        return Refusal(
            .dataError,
            "\(root.appending(name)) holds no JPEG\(because): nothing can be told apart with one class; put images there"
        )
    }
}

/// What was found so far.
private struct Listing {
    let root: FilePath
    var entries: [LabelledFolder.Entry] = []
    var otherFileCount = 0

    /// Folders that links lead to are not entered: they could lead around in a circle.
    mutating func add(_ relative: FilePath, _ label: ImageLabel) throws(SystemFailure) {
        let folder = try Folder(root.pushing(relative))
        let found = try folder.entries().sorted { $0.name.string < $1.name.string }
        for (name, status) in found where !ImageName(FilePath(root: nil, components: name)).isSkipped {
            let path = relative.appending(name)
            switch status.kind {
            case .folder: try add(path, label)
            case .regular, .link: add(path, ImageName(path), label)
            case .other: otherFileCount += 1
            }
        }
    }

    private mutating func add(_ path: FilePath, _ name: ImageName, _ label: ImageLabel) {
        guard !name.isHeatmap, name.promisesJPEG || beginsLikeJPEG(path) else {
            otherFileCount += 1
            return
        }
        var subfolder = path.removingLastComponent()
        subfolder.components.removeFirst()
        entries.append(
            LabelledFolder.Entry(
                path: path, label: label, subfolder: subfolder.isEmpty ? nil : ImageName(subfolder).description)
        )
    }

    private func beginsLikeJPEG(_ path: FilePath) -> Bool {
        guard let file = try? Descriptor.open(root.pushing(path), 0),
            let status = try? file.status(), status.kind == .regular
        else { return false }
        return (try? file.read(upTo: 3)) == [0xFF, 0xD8, 0xFF]
    }
}

extension ImageName {
    /// A heatmap of ours, which lies beside images after `classify --heatmap`.
    fileprivate var isHeatmap: Bool { description.lowercased().hasSuffix(".heatmap.jpg") }
}
