// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
import LinuxIO
import SystemPackage
import Testing

/// A place to run fundusd in: a working folder with inbox, outbox, state and a configuration file of its own.
final class ScreeningSite {
    private let folder = TemporaryFolder()
    /// The working folder: what fundusd finds, and what it may change.
    let work: FilePath
    /// What the runs said on standard error; outside the working folder, so that this stays as fundusd leaves it.
    private let logs: FilePath
    private var runs = 0

    /// What the state folder holds at the start.
    enum Model {
        /// A seeded narrow network, shared by all sites that only read it.
        case shared
        /// The same network in a copy, to be changed or damaged.
        case copied
        case none
    }

    /// - Parameter configuration: lines for `config.yaml`, besides those that keep the tests quick.
    init(model: Model = .shared, configuration: String = "") throws {
        work = folder.path.appending("work")
        logs = folder.path.appending("logs")
        for path in [logs, work.appending("inbox"), work.appending("outbox"), work.appending("state")] {
            try AtomicFile.makeFolder(path)
        }
        try configure(configuration)
        let models = work.pushing("state/models")
        switch model {
        case .none: break
        case .shared: #expect(symlink(SeededModel.state.appending("models").string, models.string) == 0)
        case .copied:
            try FileManager.default.copyItem(
                atPath: SeededModel.state.appending("models").string, toPath: models.string)
        }
    }

    /// Writes the configuration file; what was in it before is gone.
    func configure(_ lines: String) throws {
        let text = "threads: 1\nsettle-seconds: 0.1\n\(lines)\n"
        try AtomicFile.write(Array(text.utf8), to: work.appending("config.yaml"))
    }

    // Files, by their paths below the working folder.

    func path(_ name: String) -> FilePath { work.pushing(FilePath(name)) }

    func write(_ bytes: [UInt8], to name: String) throws { try AtomicFile.write(bytes, to: path(name)) }

    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(name).string)))
    }

    /// Makes a folder and those above it.
    func makeFolder(_ name: String) throws { try AtomicFile.makeFolder(path(name)) }

    /// Removes a file, or a folder with all in it.
    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name).string) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name).string) }

    /// The names in a folder, sorted.
    func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder).string).sorted()
    }

    /// Every file and folder below the working folder, with what shows that it was changed.
    func snapshot(of folder: String = ".") throws -> [String: FileSignature] {
        var found = [".": try Folder(path(folder)).descriptor.status().signature]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path(folder).string) {
            found[name] = try Folder(path(folder)).status(of: FilePath(name)).signature
        }
        return found
    }

    // Runs.

    /// Runs a verb to its end with this site's configuration file.
    @discardableResult
    func run(
        _ arguments: String..., environment: [String: String] = [:], input: String? = nil
    ) throws -> Fundusd.Outcome {
        try Fundusd.run(
            arguments + ["--config", "config.yaml"], environment: environment, in: work, logs: newLog(),
            input: input.map(path))
    }

    /// Runs with exactly these arguments.
    func runBare(_ arguments: [String], environment: [String: String] = [:]) throws -> Fundusd.Outcome {
        try Fundusd.run(arguments, environment: environment, in: work, logs: newLog())
    }

    /// Starts `fundusd watch` and waits until it is ready.
    func watch(_ options: String...) throws -> WatchingDaemon {
        let errors = newLog()
        let daemon = WatchingDaemon(
            try ChildProcess(
                Fundusd.start(
                    ["watch"] + options + ["--config", "config.yaml"], environment: [:], in: work, errors: errors)),
            log: errors)
        try daemon.waitForLine("fundusd is ready")
        return daemon
    }

    /// Starts a verb and leaves it running.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> WatchingDaemon {
        let errors = newLog()
        return WatchingDaemon(
            try ChildProcess(
                Fundusd.start(
                    arguments + ["--config", "config.yaml"], environment: environment, in: work, errors: errors)),
            log: errors)
    }

    private func newLog() -> FilePath {
        runs += 1
        return logs.appending("run-\(runs)")
    }
}

extension ScreeningSite {
    /// Waits for a verdict file and reads it.
    func verdict(of name: String) throws -> VerdictDocument {
        try FolderWait.until("the verdict of \(name)", in: path("outbox")) { exists("outbox/\(name).json") }
        return try publishedVerdict(of: name)
    }

    /// Reads a verdict that is there already.
    func publishedVerdict(of name: String) throws -> VerdictDocument {
        try VerdictDocument(checking: try read("outbox/\(name).json"))
    }

    /// Waits until so many verdict files are there.
    func waitForVerdicts(_ count: Int) throws {
        try FolderWait.until("\(count) verdicts", in: path("outbox")) { try verdictNames().count >= count }
    }

    /// The names of all verdict files; unfinished ones begin with a dot and are none.
    func verdictNames() throws -> [String] {
        try names(in: "outbox").filter { !$0.hasPrefix(".") }
    }
}
