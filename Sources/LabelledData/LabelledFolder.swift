// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import FundusImage
package import LinuxIO
package import SystemPackage
package import Verdict

/// A folder of images that people have labelled: `disease/` and `normal/`, with any folders below them; for training perhaps
/// `ungradable/` and `gradable/` too.
///
/// In the service's own folder, who may put pictures may put links as well: there (`links: .refused`) it is held open, and all
/// below it is reached from there without following any. A folder that somebody named on the command line is his own, and
/// links to pictures elsewhere are an ordinary way to make one.
package final class LabelledFolder: Sendable {
    /// One image, as the folder lists it; its content is not looked at.
    package struct Entry: Sendable {
        /// Below the labelled folder, such as `disease/camera 2/a.jpg`.
        package let path: FilePath
        package let label: ImageLabel
        /// The folders between the class and the file, nil where there are none.
        let subfolder: String?
    }

    package let root: FilePath
    /// By label, disease first, then by path.
    package let entries: [Entry]
    /// Files that are no photographs and do not claim to be, heatmaps among them.
    let unread: UnreadFiles
    private let folders: ClassFolders
    private let access: LabelledFolderAccess

    /// Lists the images.
    ///
    /// - Parameter labels: the folders to list; only `disease` and `normal` must be there.
    /// - Throws: a `Refusal`: 66 where a folder is missing.
    package init(
        _ root: FilePath, labels: [ImageLabel] = [.disease, .normal], links: LabelledFolderAccess.Links = .followed
    ) throws {
        self.root = root
        var listing = Listing()
        do throws(SystemFailure) {
            access = try LabelledFolderAccess(root, links)
            let around = try access.entries()
            folders = try ClassFolders(around, in: access, root)
            listing.note(around)
        } catch {
            throw Self.refusal(error, root, missing: .disease, remedy: "name another folder with --labelled")
        }
        for label in labels {
            do throws(SystemFailure) {
                try listing.add(label, through: access, root)
            } catch {
                throw Self.refusal(error, root, missing: label, remedy: folders.remedy(for: label))
            }
        }
        entries = listing.entries
        unread = listing.unread
    }

    private static func refusal(
        _ failure: SystemFailure, _ root: FilePath, missing label: ImageLabel, remedy: String
    ) -> Refusal {
        guard failure.isAbsence else { return Refusal(.inputOutput, failure.description) }
        let fault =
            failure.code == .notDirectory
            ? "is no folder (links are not followed below the service's labelled folder)" : "is not there"
        let folder = failure.path == root.string ? root.appending(label.rawValue).string : failure.path
        return Refusal(
            .noInput,
            """
            \(folder) \(fault): images with disease belong into \(root)/disease, healthy ones into \
            \(root)/normal; \(remedy)
            """)
    }

    /// What of the folder is passed over, and what to do: for whoever put it there.
    package var remarks: [String] { [folders.remark, unread.sentence].compactMap(\.self) }

    /// - Throws: a `Refusal`, 65, where a class has no image.
    func requireBothClasses() throws {
        for label in [ImageLabel.disease, .normal] where !entries.contains(where: { $0.label == label }) {
            throw emptyClass(label.rawValue, skipped: 0)
        }
    }

    func emptyClass(_ name: String, skipped: Int) -> Refusal {
        let because = skipped > 0 ? " that can be decoded (\(skipped) skipped, see above)" : ""
        return Refusal(
            .dataError,
            """
            \(root.appending(name)) holds no JPEG or PNG picture\(because): nothing can be told apart with one class; put \
            images there\(remarks.map { ". \($0)" }.joined())
            """)
    }
}

extension LabelledFolder {
    /// What one of its files holds.
    package enum Content: Sendable {
        case image(ImageContent)
        /// The file's own fault: nothing else is told by it.
        case unusable(reason: String)
    }

    /// Reads an image.
    ///
    /// - Throws: a fault of the machine, which says nothing about the picture.
    package func read(_ entry: Entry, by reader: NamedImageReader) throws(SystemFailure) -> Content {
        do throws(SystemFailure) {
            let file = try access.openFile(entry.path)
            guard try file.status().kind == .regular else {
                return .unusable(reason: "no-file: It is no regular file.")
            }
            return .image(try reader.read(file))
        } catch let error {
            guard let reason = error.ownFault else { throw error }
            return .unusable(reason: reason)
        }
    }
}

extension SystemFailure {
    /// What is wrong with a labelled file itself; nil where the machine is at fault.
    fileprivate var ownFault: String? {
        switch code {
        case .tooManySymbolicLinkLevels: "link: Links are not followed. Put the picture itself there."
        case .noSuchFileOrDirectory, .notDirectory: "gone: It was removed while the folder was read."
        // Another process holds a lease on it, such as a file server for its client (man 2 open, O_NONBLOCK).
        case .resourceTemporarilyUnavailable: "busy: Another program is at work on it."
        default: nil
        }
    }
}

/// What was found so far.
private struct Listing {
    var entries: [LabelledFolder.Entry] = []
    var unread = UnreadFiles()

    /// Notes the pictures that lie beside the classes' folders.
    mutating func note(_ around: [(name: FilePath.Component, status: FileStatus)]) {
        for (name, status) in around.sorted(by: { $0.name.string < $1.name.string }) where status.kind == .regular {
            let image = ImageName(FilePath(root: nil, components: name))
            if image.promisesPhotograph && !image.isSkipped { unread.note(UnreadFiles.beside, image.path) }
        }
    }

    /// Lists the folder of a class; only `disease` and `normal` must be there.
    mutating func add(
        _ label: ImageLabel, through access: borrowing LabelledFolderAccess, _ root: FilePath
    ) throws(SystemFailure) {
        guard let status = try access.status(of: FilePath(label.rawValue)) else {
            if label.isDisease == nil { return }
            throw SystemFailure("open", root.appending(label.rawValue).string, .noSuchFileOrDirectory)
        }
        guard status.kind == .folder else {
            throw SystemFailure("open", root.appending(label.rawValue).string, .notDirectory)
        }
        try add(FilePath(label.rawValue), label, through: access)
    }

    mutating func add(_ relative: FilePath, _ label: ImageLabel, through access: borrowing LabelledFolderAccess)
        throws(SystemFailure)
    {
        let found = try access.subfolder(relative).entries().sorted { $0.name.string < $1.name.string }
        for (name, status) in found where !ImageName(FilePath(root: nil, components: name)).isSkipped {
            let path = relative.appending(name)
            switch status.kind {
            case .folder: try addFolder(path, label, through: access)
            case .regular, .link: try add(path, ImageName(path), label, through: access)
            case .other: unread.note("no regular file", path)
            }
        }
    }

    /// One that is gone by now, or is a link, had nothing in it.
    private mutating func addFolder(
        _ path: FilePath, _ label: ImageLabel, through access: borrowing LabelledFolderAccess
    ) throws(SystemFailure) {
        do throws(SystemFailure) {
            try add(path, label, through: access)
        } catch let error where error.isGone {
            return
        }
    }

    private mutating func add(
        _ path: FilePath, _ name: ImageName, _ label: ImageLabel, through access: borrowing LabelledFolderAccess
    ) throws(SystemFailure) {
        if name.isHeatmap { return unread.note("a heatmap of fundusd's", path) }
        if !name.promisesPhotograph, case .other(let appearance) = try kind(of: path, through: access) {
            return unread.note(appearance, path)
        }
        var subfolder = path.removingLastComponent()
        subfolder.components.removeFirst()
        entries.append(
            LabelledFolder.Entry(
                path: path, label: label, subfolder: subfolder.isEmpty ? nil : ImageName(subfolder).description)
        )
    }

    /// By the first bytes: few who rename pictures think of the end of the name.
    private func kind(of path: FilePath, through access: borrowing LabelledFolderAccess) throws(SystemFailure)
        -> FileKind
    {
        do throws(SystemFailure) {
            let file = try access.openFile(path)
            guard try file.status().kind == .regular else { return .other("no regular file") }
            return FileKind(try file.read(upTo: FileKind.bytesThatTell, at: 0))
        } catch let error where error.ownFault != nil {
            return .other(error.code == .tooManySymbolicLinkLevels ? "a link" : "a file that is gone or in use")
        }
    }
}

extension ImageName {
    /// A heatmap of ours, which lies beside images after `classify --heatmap`.
    fileprivate var isHeatmap: Bool { description.lowercased().hasSuffix(".heatmap.jpg") }

    /// Such a name promises what is read here, so other content is worth a word of its own.
    fileprivate var promisesPhotograph: Bool { promisesJPEG || description.lowercased().hasSuffix(".png") }
}
