// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

/// What lies in the state folder, and where.
extension Settings {
    package var ledgerPath: FilePath { state.appending("ledger.sqlite") }
    /// What challengers that look on have scored.
    package var shadowPath: FilePath { state.appending("shadow.sqlite") }
    /// Held by the one process that screens.
    package var lockPath: FilePath { state.appending("lock") }
    /// Which image a process that crashed had in hand.
    package var crashNotePath: FilePath { state.appending("crash") }
    /// Where screened images go with `after: archive`.
    package var archivePath: FilePath { state.appending("archive") }
    /// The checkpoint and the decoded pictures of a retraining that is not finished.
    package var retrainingPath: FilePath { state.appending("retraining") }
    package var lastRetrainingPath: FilePath { state.appending(Self.lastRetrainingName) }

    /// Beside the outbox, where people find what they are to look at.
    package var reviewFolder: FilePath { outbox.removingLastComponent().appending("review") }

    package static let lastRetrainingName = "last-retraining.json"
}
