// SPDX-License-Identifier: Apache-2.0
// What comes in: the command line, the configuration, signals.
// What goes out: one of the verbs, run to its end, and an exit status from sysexits.h.
// Called by the service manager, by cron, by people.

internal import ArgumentParser
internal import Glibc
internal import LinuxIO
internal import ModelStore
internal import Verdict

let softwareVersion = Verdict.Software.current.version

struct Fundusd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fundusd",
        abstract: "Judges new fundus photographs in a folder, and writes verdicts to another.",
        discussion: """
            Drop JPEGs into the inbox, read NAME.jpg.json in the outbox. `fundusd watch` is the daemon; the other verbs \
            look at images, models and the ledger. `fundusd help VERB` explains each.

            Research use only. Not a medical device.
            """,
        version: "fundusd \(softwareVersion)",
        subcommands: [
            WatchCommand.self, ScreenCommand.self, ClassifyCommand.self, ExportCommand.self, UnpackCommand.self,
            TrainCommand.self, RetrainCommand.self,
            EvaluateCommand.self,
            ModelCommand.self, LabelCommand.self, PerformanceCommand.self, ReportCommand.self, ExplainCommand.self,
            RetryCommand.self,
            AuditCommand.self, StatusCommand.self,
            CheckConfigCommand.self,
            DoctorCommand.self, BackupCommand.self, RestoreCommand.self, BenchCommand.self,
        ])
}

@main
enum Main {
    static func main() async {
        requireOwnCommandLine()
        var command = parsed()
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let refusal as Refusal {
            refusal.exit()
        } catch let status as ExitCode {
            Glibc.exit(status.rawValue)
        } catch let error where Fundusd.exitCode(for: error) != .failure {
            // The parser's own: help that was asked for (0), wrong usage (64). To it, all other errors are failures.
            Fundusd.exit(withError: error)
        } catch let failure as SystemFailure {
            Refusal(.inputOutput, failure.description).exit()
        } catch let failure as ModelFailure {
            Refusal(failure.exitStatus, failure.description).exit()
        } catch {
            Refusal(.software, explanation(of: error)).exit()
        }
    }

    /// Swift reads the command line from /proc/self/cmdline: without /proc every call would look like a call for help.
    private static func requireOwnCommandLine() {
        if CommandLine.arguments.isEmpty {
            Refusal(.inputOutput, "/proc is not mounted, and the command line can't be read without it; mount it")
                .exit()
        }
    }

    /// The verb with its options; help and wrong usage end the process here, with status 0 and 64.
    private static func parsed() -> any ParsableCommand {
        do {
            try refuseHelpForUnknownVerbs()
            return try Fundusd.parseAsRoot()
        } catch {
            Fundusd.exit(withError: error)
        }
    }

    /// The parser shows the whole program's help, with status 0, for a verb that is not there; scripts must be able to
    /// ask whether this version has a verb.
    private static func refuseHelpForUnknownVerbs() throws {
        let words = CommandLine.arguments.dropFirst()
        guard words.first == "help" else { return }
        var subcommands: [any ParsableCommand.Type] = Fundusd.configuration.subcommands
        for word in words.dropFirst() where !word.hasPrefix("-") && word != "help" {
            guard let verb = subcommands.first(where: { $0.configuration.commandName == word }) else {
                throw ValidationError("There is no verb '\(word)'. 'fundusd help' names them all.")
            }
            subcommands = verb.configuration.subcommands
        }
    }
}
