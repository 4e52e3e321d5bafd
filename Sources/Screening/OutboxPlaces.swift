// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Intake
internal import Ledger
internal import LinuxIO
internal import Synchronization
internal import SystemPackage
internal import Verdict

/// Finds for each verdict the names that its files can have in the outbox, by what the file system there can do.
///
/// That is tried before the first verdict, whenever another file system lies there, and after each trouble. Where names that
/// differ in case are one file, whoever comes first has it, and the files themselves say who that was: a verdict holds its
/// image's name. No table of letters does, as each file system has its own.
final class OutboxPlaces: Sendable {
    private let outbox: Outbox
    private let tell: @Sendable (ScreeningEvent) -> Void
    private let probed = ProbedFolder()
    /// What the journal has.
    private let told = Mutex(FileSystemAbilities.ordinary)
    private let turn = Mutex(())

    init(_ outbox: Outbox, tell: @escaping @Sendable (ScreeningEvent) -> Void) {
        self.outbox = outbox
        self.tell = tell
    }

    /// Tries it anew if another file system lies there, and tells what it can't do, once.
    @discardableResult
    func abilities() throws(SystemFailure) -> FileSystemAbilities {
        let abilities =
            if let known = outbox.abilities { known } else { try probed.abilities(of: Folder(outbox.root)) }
        let isNews = told.withLock { told in
            defer { told = abilities }
            return told != abilities
        }
        if isNews { tell(.outboxAbilities(abilities)) }
        return abilities
    }

    /// Publishes, by one worker after the other where names are not kept apart: or the second would not see whose file the first
    /// is about to make.
    func publish(_ body: () throws -> Void) throws {
        do {
            guard try !abilities().distinguishesCase else { return try body() }
            try turn.withLock { _ in try body() }
        } catch {
            // Perhaps because another file system lies there now.
            probed.forget()
            throw error
        }
    }

    /// The spelling of an image's name for a verdict's files; nil for the name as it is. It stays what it once was, as long as the
    /// file system takes it.
    ///
    /// - Parameter older: the verdict that has the name now.
    func spelling(
        for name: ImageName, _ publication: Publication, after older: Publication?
    ) throws(SystemFailure) -> FilePath? {
        let abilities = try abilities()
        var spelling = publication.spelling ?? older?.spelling
        if !Outbox.takes(spelling, for: name, on: abilities) { spelling = Outbox.spelling(of: name, on: abilities) }
        if abilities.distinguishesCase { return spelling }
        let files = ImageFiles(name: name, spelling: spelling, publication: publication, older: older)
        guard try files.areAnothers(in: Folder(outbox.root)) else { return spelling }
        return Outbox.spelling(of: name, on: abilities, isTaken: true)
    }
}

/// The files of an image's verdict under a spelling, and what is known of them.
private struct ImageFiles {
    let name: ImageName
    let spelling: FilePath?
    let publication: Publication
    let older: Publication?

    /// Whether they are the files of an image whose name differs in case only.
    func areAnothers(in outbox: borrowing Folder) throws(SystemFailure) -> Bool {
        guard let present = try outbox.contents(of: Outbox.verdictPath(for: name, spelled: spelling)) else {
            return try isAnothersHeatmap(in: outbox)
        }
        if present == publication.document || present == older?.document { return false }
        do {
            return try !Verdict(document: present).image.isNamed(name)
        } catch {
            // No verdict any more: whose it was, only the ledger knows.
            return older == nil
        }
    }

    /// A verdict's reader may have taken it away, and left its heatmap.
    private func isAnothersHeatmap(in outbox: borrowing Folder) throws(SystemFailure) -> Bool {
        guard older == nil,
            let present = try outbox.contents(of: Outbox.heatmapPath(for: name, spelled: spelling))
        else { return false }
        return present != publication.heatmap
    }
}

extension Verdict.Image {
    /// By their bytes: strings are equal too where an accented letter is spelled otherwise.
    fileprivate func isNamed(_ name: ImageName) -> Bool {
        if let nameBase64 { return nameBase64 == Data(name.bytes).base64EncodedString() }
        return name.isUTF8 && Array(self.name.utf8) == name.bytes
    }
}
