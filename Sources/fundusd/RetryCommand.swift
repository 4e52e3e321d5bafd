// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import LinuxIO
internal import Screening
internal import Settings
internal import Supervision
internal import SystemPackage

struct RetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Tries an image again that was set aside because it crashed the program.",
        discussion: """
            Without a name, tries all that are set aside; `fundusd status` counts them, and `fundusd retry --list` names \
            them. A running daemon looks at them within 5 seconds, alone and after others; one more crash \
            sets an image aside again. What waits because of a full disk or the like is tried again by itself.
            """)

    @Argument(
        help: ArgumentHelp(
            "The image, as it lies in the inbox; all that are set aside, if none is named.", valueName: "file"))
    var image: String?
    @Flag(help: "Only name what is set aside.")
    var list = false
    @OptionGroup(title: "Folders") var folders: FolderOptions

    func run() throws {
        let settings = try Settings.resolved(folders)
        guard let ledger = try settings.ledgerReader() else {
            throw Refusal(.noInput, "\(settings.ledgerPath): there is none; nothing was ever screened here")
        }
        if list {
            for name in try ledger.setAside() { try StandardOutput.say(TerminalText.escaped(name.description)) }
            return
        }
        let names = try retried(settings)
        guard !names.isEmpty else {
            let which = image.map { TerminalText.escaped($0) + " is not set aside" } ?? "no image is set aside"
            throw Refusal(.noInput, "\(which); `fundusd explain` tells what became of an image")
        }
        for name in names { try StandardOutput.say(try sentence(name, settings)) }
    }

    private func retried(_ settings: Settings) throws -> [ImageName] {
        do {
            return try Ledger.retry(image.map { ImageName(settings.nameBelowInbox($0)) }, at: settings.ledgerPath)
        } catch let fault as LedgerFault {
            throw Refusal(.configuration, "\(settings.ledgerPath): \(fault)")
        } catch {
            throw Refusal(.inputOutput, "\(settings.ledgerPath): the ledger can't be written: \(error)")
        }
    }

    private func sentence(_ name: ImageName, _ settings: Settings) throws -> String {
        let shown = TerminalText.escaped(name.description)
        if try settings.presence(of: name) == nil {
            return "\(shown) is no longer in the inbox; it is judged when it comes again."
        }
        let isRunning = try settings.daemonProcess() != nil
        let time = isRunning ? "within \(InboxLoop.checkInterval.components.seconds) s" : "when the daemon starts"
        return "\(shown) is tried again \(time)."
    }
}
