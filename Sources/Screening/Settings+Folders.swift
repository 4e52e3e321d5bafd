// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import Settings

extension Settings {
    /// Refuses folders that can't work together, and makes the outbox and the state folder if only they are missing.
    func prepareFolders() throws {
        let check = FolderCheck(self)
        guard check.faults.isEmpty else {
            throw Refusal(.configuration, check.faults.map(\.description).joined(separator: "\n"))
        }
        for folder in check.missing {
            do throws(SystemFailure) {
                try AtomicFile.makeFolder(folder)
            } catch {
                throw Refusal(.cannotCreate, error.description)
            }
        }
    }
}
