// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import SystemPackage
internal import Verdict

/// The folders of a labelled folder, as far as they are no class's: what people call the classes otherwise, and how to help them.
struct ClassFolders {
    private let root: FilePath
    /// Names that no class has, in order.
    private let strays: [String]
    /// Folders below which the classes lie, such as `train`.
    private let holders: [String]

    private static let names = ImageLabel.allCases.map(\.rawValue)

    /// - Parameter entries: of the labelled folder.
    init(
        _ entries: [(name: FilePath.Component, status: FileStatus)], in access: borrowing LabelledFolderAccess,
        _ root: FilePath
    ) throws(SystemFailure) {
        self.root = root
        let folders = entries.filter { $0.status.kind == .folder && !ImageName.isSkippedFolder($0.name) }
        strays = folders.map(\.name.string).filter { !Self.names.contains($0) }.sorted()
        var holders: [String] = []
        for name in strays where try access.status(of: FilePath(name).appending(Self.names[0]))?.kind == .folder {
            holders.append(name)
        }
        self.holders = holders
    }

    /// What to do where the folder of a class is missing.
    func remedy(for missing: ImageLabel) -> String {
        let name = missing.rawValue
        if let alike = strays.first(where: { Self.resembles($0, name) }) {
            return "\(root) holds a folder “\(alike)”; rename it to “\(name)”, in small letters and without spaces"
        }
        if let holder = holders.first {
            return "they lie below \(root)/\(holder): name that folder with --labelled"
        }
        if !strays.isEmpty {
            return
                "\(list) in \(root) \(strays.count == 1 ? "is" : "are") not read; rename what holds eyes with disease "
                + "to “disease”, and what holds healthy ones to “normal”"
        }
        return "name another folder with --labelled"
    }

    /// What is passed over beside the classes; nil where nothing is.
    var remark: String? {
        guard !strays.isEmpty else { return nil }
        return """
            \(list) in \(root) \(strays.count == 1 ? "is" : "are") not read: the classes' folders are called disease and \
            normal, for training perhaps ungradable and gradable.
            """
    }

    private static let foldersShown = 5

    private var list: String {
        let shown = strays.prefix(Self.foldersShown).map { "“\($0)”" }.joined(separator: ", ")
        return strays.count > Self.foldersShown ? "\(shown) and \(strays.count - Self.foldersShown) more" : shown
    }

    /// But for letters' case and spaces around.
    private static func resembles(_ found: String, _ name: String) -> Bool {
        var letters = found.lowercased()[...]
        while letters.first?.isWhitespace == true { letters.removeFirst() }
        while letters.last?.isWhitespace == true { letters.removeLast() }
        return letters == name
    }
}
