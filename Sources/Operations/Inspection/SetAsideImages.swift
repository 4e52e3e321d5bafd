// SPDX-License-Identifier: Apache-2.0
internal import Intake
internal import Ledger
internal import LinuxIO
package import Settings
internal import Supervision
internal import Verdict

/// Images that were set aside because they crashed the program.
package enum SetAsideImages {
    /// Their names, fit for a terminal.
    ///
    /// - Throws: a `Refusal`.
    package static func names(_ settings: Settings) throws -> [String] {
        try ledger(settings).setAside().map { TerminalText.escaped($0.description) }
    }

    /// Has one tried again, or all; says when, one sentence each.
    ///
    /// - Parameter image: as it lies in the inbox; nil for all.
    /// - Throws: a `Refusal`: 66 where none is set aside.
    package static func retry(_ image: String?, _ settings: Settings) throws -> [String] {
        _ = try ledger(settings)
        let names = try retried(image, settings)
        guard !names.isEmpty else {
            let which = image.map { TerminalText.escaped($0) + " is not set aside" } ?? "no image is set aside"
            throw Refusal(.noInput, "\(which); `fundusd explain` tells what became of an image")
        }
        return try names.map { try sentence($0, settings) }
    }

    private static func ledger(_ settings: Settings) throws -> LedgerReader {
        if let ledger = try settings.ledgerReader() { return ledger }
        throw Refusal(.noInput, "\(settings.ledgerPath): there is none; nothing was ever screened here")
    }

    private static func retried(_ image: String?, _ settings: Settings) throws -> [ImageName] {
        do {
            return try Ledger.retry(image.map { ImageName(settings.nameBelowInbox($0)) }, at: settings.ledgerPath)
        } catch let fault as LedgerFault {
            throw Refusal(.configuration, "\(settings.ledgerPath): \(fault)")
        } catch {
            throw Refusal(.inputOutput, "\(settings.ledgerPath): the ledger can't be written: \(error)")
        }
    }

    private static func sentence(_ name: ImageName, _ settings: Settings) throws -> String {
        let shown = TerminalText.escaped(name.description)
        if try settings.presence(of: name) == nil {
            return "\(shown) is no longer in the inbox; it is judged when it comes again."
        }
        let isRunning = try settings.daemonProcess() != nil
        let time = isRunning ? "within \(InboxLoop.checkInterval.components.seconds) s" : "when the daemon starts"
        return "\(shown) is tried again \(time)."
    }
}
