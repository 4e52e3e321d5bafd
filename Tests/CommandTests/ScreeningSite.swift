// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import LinuxIO
import SystemPackage

/// Runs of the real executable in a site's working folder.
extension ScreeningSite {
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
        let daemon = try start(["watch"] + options)
        try daemon.waitForLine("fundusd is ready")
        return daemon
    }

    /// Starts a verb and leaves it running.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> WatchingDaemon {
        let errors = try newLog()
        return WatchingDaemon(
            try ChildProcess(
                Fundusd.start(
                    arguments + ["--config", "config.yaml"], environment: environment, in: work, errors: errors)),
            log: errors)
    }

    private func newLog() throws -> FilePath {
        logs.appending("run-\(try FileManager.default.contentsOfDirectory(atPath: logs.string).count + 1)")
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
