// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Operations
internal import Settings
internal import SystemPackage

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes what happened in the last days as one page.",
        discussion: """
            Arrivals, outcomes, why pictures were not judged, how long verdicts took, drift, how often the program is right \
            here as far as people have looked, the last retraining, and what waits for a person. The page needs nothing else, \
            names no picture, and goes nowhere by itself. Prints where it is. Exits 66 where nothing was ever screened.

                fundusd report --since 7d --output week.html
                systemctl enable --now fundusd-report.timer    # every Monday, into STATE/reports
            """)
    @Option(help: ArgumentHelp("So many whole days, and today so far: 7d, 4w.", valueName: "days|weeks")) var since =
        "7d"
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The file to write (default: STATE/reports/YYYY-MM-DD.html).", valueName: "file"))
    var output: String?
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func validate() throws {
        guard PeriodReporting.days(in: since) != nil else {
            throw ValidationError("--since takes days or weeks, such as 7d or 4w, not '\(since)'.")
        }
    }

    func run() throws {
        let reporting = PeriodReporting(try Settings.resolved(folders), days: PeriodReporting.days(in: since) ?? 7)
        try StandardOutput.say(try reporting.write(to: output.map { FilePath($0) }).string)
    }
}
