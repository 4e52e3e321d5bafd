// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SystemPackage

/// An inotify queue. See `man 7 inotify`.
package struct Inotify: ~Copyable, Sendable {
    package let descriptor: Descriptor

    /// - Throws: where this user has no instance left (`man 7 inotify`, max_user_instances).
    package init() throws(SystemFailure) {
        let raw = inotify_init1(CInt(O_NONBLOCK | O_CLOEXEC))
        guard raw >= 0 else { throw .current("inotify_init1", "inotify") }
        descriptor = Descriptor(raw: raw, path: "inotify")
    }

    /// Watches a folder that is already open, so that folder and watch can't differ, and returns the watch's number.
    package func watch(_ folder: borrowing Folder) throws(SystemFailure) -> CInt {
        let mask =
            IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF
            | IN_MOVE_SELF | Int32(bitPattern: UInt32(IN_ONLYDIR)) | Int32(bitPattern: UInt32(IN_EXCL_UNLINK))
        let opened = "/proc/self/fd/\(folder.descriptor.raw)"
        let watch = unsafe inotify_add_watch(descriptor.raw, opened, UInt32(bitPattern: mask))
        guard watch >= 0 else { throw .current("inotify_add_watch", folder.path) }
        return watch
    }

    /// Stops a watch; one that the kernel has already removed is no error.
    package func unwatch(_ watch: CInt) {
        _ = inotify_rm_watch(descriptor.raw, watch)
    }

    /// The events that wait now, none if none.
    package func events() throws(SystemFailure) -> [InotifyEvent] {
        do throws(SystemFailure) {
            return InotifyEvent.parse(try descriptor.read(upTo: 64 * 1024))
        } catch let error where error.code == .resourceTemporarilyUnavailable {
            return []
        }
    }
}
