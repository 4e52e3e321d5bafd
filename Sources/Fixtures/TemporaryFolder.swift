// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import LinuxIO
package import SystemPackage

/// A folder that is removed, with all in it, when its owner is done.
package final class TemporaryFolder: Sendable {
    package let path: FilePath

    package init(below parent: FilePath = "/tmp") {
        let path = parent.appending("fundusd-test-\(UInt64.random(in: 0 ... .max))")
        guard (try? AtomicFile.makeFolder(path)) != nil else { fatalError("\(path) can't be made") }
        self.path = path
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }
}
