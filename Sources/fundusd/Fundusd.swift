// What comes in: the command line, the configuration, signals.
// What goes out: one of the verbs, run to its end, and an exit status from sysexits.h.
// Called by the service manager, by cron, by people.

internal import ArgumentParser
internal import Glibc
internal import Screening

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
            WatchCommand.self, ScreenCommand.self, ClassifyCommand.self, ModelCommand.self, ExplainCommand.self,
            StatusCommand.self, CheckConfigCommand.self, BenchCommand.self,
        ])
}

@main
enum Main {
    static func main() async {
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
        } catch is CleanExit {
            Glibc.exit(0)
        } catch let fault as ValidationError {
            Fundusd.exit(withError: fault)
        } catch {
            Refusal(.software, "\(error)").exit()
        }
    }

    /// The verb with its options; help and wrong usage end the process here, with status 0 and 64.
    private static func parsed() -> any ParsableCommand {
        do {
            return try Fundusd.parseAsRoot()
        } catch {
            Fundusd.exit(withError: error)
        }
    }
}
