// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
package import LinuxIO
internal import Synchronization

/// Mounts whose files get another inode number, or another change time, at each look, though nobody writes: some FUSE file
/// systems have none of their own and make them up.
///
/// Where that is known of a mount, its files' signatures are taken without what can't be believed. What is left (size, time and,
/// mostly, one of the two) and a second reading of the content then say whether a file is still being written.
package final class UnsteadyMounts: Sendable {
    /// What of a signature changes by itself.
    package struct Parts: OptionSet, Sendable {
        package let rawValue: Int
        package static let inode = Parts(rawValue: 1)
        package static let changeTime = Parts(rawValue: 2)

        package init(rawValue: Int) { self.rawValue = rawValue }

        /// What differs between two looks at a file whose size and time are the same; nil where these, or nothing, differ.
        package init?(from one: FileSignature, to other: FileSignature) {
            guard one != other, one.device == other.device, one.bytes == other.bytes, one.modified == other.modified
            else { return nil }
            self = one.inode == other.inode ? [] : .inode
            if one.changed != other.changed { insert(.changeTime) }
        }
    }

    private let parts = Mutex<[UInt64: Parts]>([:])

    package init() {}

    /// From now on these are not believed.
    ///
    /// - Returns: false where that was known of the device.
    package func distrust(_ parts: Parts, on device: UInt64) -> Bool {
        self.parts.withLock { known in
            let before = known[device] ?? []
            known[device] = before.union(parts)
            return before.isEmpty
        }
    }

    /// Whether something of the signatures there is not believed.
    package func isUnsteady(_ signature: FileSignature) -> Bool { distrusted(signature.device) != [] }

    /// A signature without what is not believed.
    package func steady(_ signature: FileSignature) -> FileSignature { signature.without(distrusted(signature.device)) }

    private func distrusted(_ device: UInt64) -> Parts { parts.withLock { $0[device] ?? [] } }
}

extension FileSignature {
    fileprivate func without(_ parts: UnsteadyMounts.Parts) -> FileSignature {
        if parts.isEmpty { return self }
        return FileSignature(
            device: device, inode: parts.contains(.inode) ? 0 : inode, bytes: bytes, modified: modified,
            changed: parts.contains(.changeTime) ? 0 : changed)
    }

    /// Equal, where zeros of a signature that was taken without what changes by itself say nothing.
    func isKnown(as known: FileSignature) -> Bool {
        var ignored: UnsteadyMounts.Parts = []
        if known.inode == 0 { ignored.insert(.inode) }
        if known.changed == 0 { ignored.insert(.changeTime) }
        return without(ignored) == known
    }
}
