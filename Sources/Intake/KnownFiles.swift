// SPDX-License-Identifier: Apache-2.0
package import Ledger
package import LinuxIO
internal import Synchronization
package import Verdict

/// The ledger's table of dealt-with files, in memory: a rescan asks it once a file.
package final class KnownFiles: Sendable {
    private let ledger: Ledger
    private let signatures: Mutex<[ImageName: FileSignature]>
    /// Where files seem to change by themselves.
    package let mounts = UnsteadyMounts()

    /// Reads the table.
    ///
    /// - Throws: where the ledger can't be read.
    package init(_ ledger: Ledger) throws {
        self.ledger = ledger
        signatures = Mutex(try ledger.knownFiles())
    }

    /// Reads the table again if another process has written to the ledger: `fundusd retry` does.
    ///
    /// - Returns: what is under suspicion then, as an image that is tried again may end the process again; nil where nobody
    ///   wrote.
    package func refreshIfOthersWrote() throws -> [ImageName]? {
        try ledger.ifWrittenByOthers {
            let known = try ledger.knownFiles()
            let suspects = try ledger.suspects()
            signatures.withLock { $0 = known }
            return suspects
        }
    }

    /// Whether the file was dealt with as it is now.
    package func contains(_ name: ImageName, _ signature: FileSignature) -> Bool {
        signatures.withLock { $0[name] == signature }
    }

    /// Notes in the ledger that a file was dealt with.
    ///
    /// - Parameter isLeftAlone: it got no verdict, for being no photograph.
    /// - Throws: where the ledger can't be written.
    package func remember(_ name: ImageName, _ signature: FileSignature, isLeftAlone: Bool) throws {
        try ledger.remember(name, signature, isLeftAlone: isLeftAlone)
        signatures.withLock { $0[name] = signature }
    }

    /// After a whole scan of a device: forgets what lay on it and was not seen.
    ///
    /// Files of another device stay known: that device may be unmounted for now.
    package func forgetUnseen(seen: Set<ImageName>, device: UInt64) throws {
        let unseen = signatures.withLock { signatures in
            signatures.filter { $0.value.device == device && !seen.contains($0.key) }.map(\.key)
        }
        try ledger.forget(unseen)
        signatures.withLock { signatures in
            for name in unseen { signatures[name] = nil }
        }
    }
}
