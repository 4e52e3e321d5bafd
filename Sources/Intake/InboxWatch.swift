// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import SystemPackage

/// The inotify watches on the inbox and its folders, or the reason why it must be polled.
///
/// Owned by the inbox's thread.
package final class InboxWatch {
    private let inotify: Inotify?
    private var folders: [CInt: FilePath] = [:]
    private let identity: FileSignature
    let isNetwork: Bool
    private(set) var pollingReason: String?
    private var toldReason: String?

    /// Opens the inbox and asks what it lies on. Watches are set by `enter`, before each folder is read.
    init(root: FilePath) throws(SystemFailure) {
        let folder = try Folder(root)
        let identity = try folder.descriptor.status().signature
        let kind = try FileSystemKind.of(folder)
        self.identity = identity
        var noQueue: SystemFailure?
        do throws(SystemFailure) {
            let queue = try Inotify()
            let raw = queue.descriptor.raw
            readableDescriptor = if case .local = kind { raw } else { nil }
            inotify = consume queue
        } catch {
            inotify = nil
            readableDescriptor = nil
            noQueue = error
        }
        if case .network(let name) = kind {
            isNetwork = true
            pollingReason =
                "\(root) lies on a network file system (\(name)), where writes of other machines raise no event"
        } else {
            isNetwork = false
            if let noQueue { pollingReason = "\(noQueue); `sysctl fs.inotify.max_user_instances` is the limit" }
        }
        toldReason = pollingReason
    }

    /// What to wait on for events; nil where there are none to be had.
    let readableDescriptor: CInt?

    func events() throws(SystemFailure) -> [InotifyEvent] { try inotify?.events() ?? [] }

    func folder(of watch: CInt) -> FilePath? { folders[watch] }

    func forget(_ watch: CInt) { folders[watch] = nil }

    /// A folder was moved away or deleted: its watches, and those below it, would tell of files at paths that are no more.
    func forget(below path: FilePath) {
        for (watch, folder) in folders where folder.starts(with: path) {
            inotify?.unwatch(watch)
            folders[watch] = nil
        }
    }

    /// Watches a folder; doing so again is harmless. Without room for another watch, the inbox is polled from now on.
    func enter(_ path: FilePath, _ folder: borrowing Folder) throws(SystemFailure) {
        guard !isNetwork, inotify != nil else { return }
        do throws(SystemFailure) {
            if let watch = try inotify?.watch(folder) { folders[watch] = path }
        } catch let error where error.code == .noSpace {
            pollingReason = """
                the limit of inotify watches is reached at \(folder.path); raise it with \
                `sysctl fs.inotify.max_user_watches=…`
                """
        }
    }

    /// A reason for polling that has not been told yet.
    func newPollingReason() -> String? {
        defer { toldReason = pollingReason }
        return toldReason == pollingReason ? nil : pollingReason
    }

    /// Whether a path still leads to the folder that was opened here. On a network file system its number proves nothing, as it
    /// may be made up; there each look goes by the path anyway.
    func isStill(at root: FilePath) throws(SystemFailure) -> Bool {
        let now = try Folder(root).descriptor.status().signature
        return now.device == identity.device && (isNetwork || now.inode == identity.inode)
    }
}
