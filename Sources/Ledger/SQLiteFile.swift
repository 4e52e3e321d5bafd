// SPDX-License-Identifier: Apache-2.0
internal import GRDB
internal import SystemPackage

/// How this program opens its databases.
enum SQLiteFile {
    /// Seconds that one process waits for another's transaction.
    private static let patience = 5.0

    /// For the one process that writes; the file is made if it is not there.
    static func writing(_ path: FilePath, label: String) throws -> DatabasePool {
        var configuration = GRDB.Configuration()
        configuration.label = label
        configuration.busyMode = .timeout(patience)
        return try DatabasePool(path: path.string, configuration: configuration)
    }

    /// To read while another process writes; the file must be there.
    static func reading(_ path: FilePath) throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(patience)
        return try DatabaseQueue(path: path.string, configuration: configuration)
    }
}
