// SPDX-License-Identifier: Apache-2.0
// What comes in: files that appear in the inbox.
// What goes out: one verdict file in the outbox for each (name, content), and events for the journal.
// Called by the verbs `watch`, `screen` and `classify`.

internal import LinuxIO
package import SystemPackage

/// An image's path below the inbox: the name that its verdict and its ledger row go by.
///
/// Names are bytes, as the kernel has them: not every camera writes UTF-8.
package struct ImageName: Hashable, Sendable, CustomStringConvertible {
    package let path: FilePath

    /// - Parameter path: below the inbox.
    package init(_ path: FilePath) { self.path = path }

    /// A name as the kernel has it: any bytes but 0 and, between folders, `/`.
    package init(bytes: [UInt8]) { path = FilePath(bytes: bytes) }

    package var bytes: [UInt8] { path.bytes }

    /// The name for people and JSON: bytes that are no UTF-8 become U+FFFD.
    package var description: String { String(decoding: bytes, as: UTF8.self) }

    /// True when `description` loses nothing.
    package var isUTF8: Bool { Array(description.utf8) == bytes }

    /// True for `.jpg` and `.jpeg` in any case: such a name promises a JPEG, so other content is an error of the sender.
    package var promisesJPEG: Bool {
        let name = String(decoding: bytes, as: UTF8.self).lowercased()
        return name.hasSuffix(".jpg") || name.hasSuffix(".jpeg")
    }

    /// True for names that writers, desktops and synchronization tools use for what is not yet, or never, an image.
    package var isSkipped: Bool {
        path.components.contains { Self.isSkipped($0.string) }
    }

    /// True when a folder of this name holds no images.
    package static func isSkippedFolder(_ name: FilePath.Component) -> Bool { isSkipped(name.string) }

    private static let skippedNames: Set<String> = ["thumbs.db", "desktop.ini", "@eadir", ".stfolder"]
    private static let skippedEndings = [".tmp", ".part", ".partial", ".filepart", ".crdownload", ".download"]

    private static func isSkipped(_ component: String) -> Bool {
        let name = component.lowercased()
        return component.utf8.first == UInt8(ascii: ".") || name.hasPrefix("~$") || skippedNames.contains(name)
            || skippedEndings.contains(where: name.hasSuffix) || name.contains(".sync-conflict-")
    }
}
