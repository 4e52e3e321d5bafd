// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
package import Settings

extension Settings {
    /// The process that screens here; nil where none does.
    ///
    /// - Throws: a `Refusal` where that can't be told, as to a user who may not look into the state folder.
    package func daemonProcess() throws -> Int32? {
        do {
            return try InstanceLock.holder(at: lockPath)
        } catch {
            throw Refusal(.inputOutput, "\(error); or run this as that user (`sudo -u fundusd fundusd …`)")
        }
    }

    /// The ledger to read, or nil when nothing was ever screened here.
    package func ledgerReader() throws -> LedgerReader? {
        do {
            guard try FileStatus.at(ledgerPath) != nil else { return nil }
            return try LedgerReader(at: ledgerPath)
        } catch {
            throw Refusal(.inputOutput, "\(ledgerPath): the ledger can't be read: \(error)")
        }
    }
}
