// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
package import LinuxIO
package import Settings
package import SystemPackage

/// A place to screen, evaluate and train in: a working folder with inbox, outbox, state and a configuration file of its own.
package final class ScreeningSite {
    private let folder = TemporaryFolder()
    /// The working folder: what fundusd finds, and what it may change.
    package let work: FilePath
    /// What processes say on standard error; outside the working folder, so that this stays as fundusd leaves it.
    package let logs: FilePath

    /// What the state folder holds at the start.
    package enum Model {
        /// A seeded narrow network, shared by all sites that only read it.
        case shared
        /// The same network in a copy, to be changed or damaged.
        case copied
        case none
    }

    /// - Parameter configuration: lines for `config.yaml`, besides those that keep the tests quick.
    package init(model: Model = .shared, configuration: String = "") throws {
        work = folder.path.appending("work")
        logs = folder.path.appending("logs")
        for path in [logs, work.appending("inbox"), work.appending("outbox"), work.appending("state")] {
            try AtomicFile.makeFolder(path)
        }
        try configure(configuration)
        let (models, shared) = (work.pushing("state/models").string, SeededModel.state.appending("models").string)
        switch model {
        case .none: break
        case .shared: try FileManager.default.createSymbolicLink(atPath: models, withDestinationPath: shared)
        case .copied: try FileManager.default.copyItem(atPath: shared, toPath: models)
        }
    }

    /// Writes the configuration file; what was in it before is gone.
    package func configure(_ lines: String) throws {
        let text = "threads: 1\nsettle-seconds: 0.1\n\(lines)\n"
        try AtomicFile.write(Array(text.utf8), to: work.appending("config.yaml"))
    }

    /// What a verb gets that runs here.
    ///
    /// - Parameter options: as on a command line, by their settings.
    package func settings(_ options: [SettingKey: String] = [:]) throws -> Settings {
        let folders = [SettingKey.inbox, .outbox, .labelled, .state].map { ($0, path($0.name).string) }
        return try Settings.resolve(
            file: path("config.yaml"), environment: [:],
            options: Dictionary(uniqueKeysWithValues: folders).merging(options) { $1 })
    }
}

/// Files, by their paths below the working folder.
extension ScreeningSite {
    package func path(_ name: String) -> FilePath { work.pushing(FilePath(name)) }

    package func write(_ bytes: [UInt8], to name: String) throws { try AtomicFile.write(bytes, to: path(name)) }

    package func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    package func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(name).string)))
    }

    package func text(_ name: String) throws -> String { String(decoding: try read(name), as: UTF8.self) }

    /// Makes a folder and those above it.
    package func makeFolder(_ name: String) throws { try AtomicFile.makeFolder(path(name)) }

    /// Makes a link that says `target`, whether that is there or not.
    package func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path(name).string, withDestinationPath: target)
    }

    /// Renames a file or a folder.
    package func move(_ name: String, to other: String) throws { try AtomicFile.rename(path(name), to: path(other)) }

    /// Removes a file, or a folder with all in it.
    package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name).string) }

    package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name).string) }

    /// The names in a folder, sorted.
    package func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder).string).sorted()
    }

    /// Every file and folder below the working folder, with what shows that it was changed.
    package func snapshot(of folder: String = ".") throws -> [String: FileSignature] {
        var found = [".": try Folder(path(folder)).descriptor.status().signature]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path(folder).string) {
            found[name] = try Folder(path(folder)).status(of: FilePath(name)).signature
        }
        return found
    }
}
