// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import Glibc
package import Ledger
internal import LinuxIO
internal import Review
package import SystemPackage
internal import Verdict

/// Sees what people answered by moving pictures, and keeps it: looked for now and then, since the folders are the truth.
///
/// A label is given while its picture lies in the folder of the class, and is taken back when it lies in another or in the
/// review folder again. A picture that is gone altogether keeps its label: what was said of it was said.
/// The order that loses nothing: the label first, on the disk; then the picture's second copy is removed, never the last.
package struct LabelSweep: ~Copyable {
    private let ledger: Ledger
    private let labelled: FilePath
    private let review: FilePath
    private let now: @Sendable () -> Date
    private var finder = PictureFinder()
    private var toldFaults: Set<String> = []

    package init(
        _ ledger: Ledger, labelled: FilePath, review: FilePath, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.ledger = ledger
        self.labelled = labelled
        self.review = review
        self.now = now
    }

    /// What came of one look.
    package struct Outcome: Sendable, Equatable {
        package var given: [StandingLabel] = []
        package var withdrawn: [StandingLabel] = []
        /// Files that can't be read, each told once.
        package var faults: [String] = []

        package init() {}
    }

    package mutating func run() throws -> Outcome {
        var outcome = Outcome()
        let contents = try ledger.reviewed()
        if contents.isEmpty { return outcome }
        var sightings = try finder.look(for: contents, labelled: labelled, review: review)
        if try finishFiling(contents.filter(sightings.contains)) {
            sightings = try finder.look(for: contents, labelled: labelled, review: review)
        }
        let standing = try ledger.standingLabels()
        for content in contents {
            try settle(content, sightings, standing[content.sha256] ?? [], &outcome)
        }
        outcome.faults = sightings.faults.filter { toldFaults.insert($0).inserted }
        return outcome
    }

    /// Puts pictures into their folders whose labels were given by command, and whose command was killed in between.
    ///
    /// - Returns: whether any was moved.
    private func finishFiling(_ contents: [Ledger.Reviewed]) throws -> Bool {
        let filing = LabelFiling(labelled: labelled, review: review)
        let standing = try ledger.standingLabels()
        var isAnyFiled = false
        for content in contents {
            let labels = standing[content.sha256] ?? []
            for label in labels where !label.isFiled {
                let others = labels.filter { $0.label != label.label }.map(\.label)
                if try filing.file(content, as: label.label, besides: others, inbox: nil) {
                    try ledger.recordFiled(content.sha256, label.label)
                    isAnyFiled = true
                }
            }
        }
        return isAnyFiled
    }

    private func settle(
        _ content: Ledger.Reviewed, _ sightings: PictureSightings, _ standing: [StandingLabel], _ outcome: inout Outcome
    ) throws {
        // Its picture is on its way by command: where it lies now says nothing.
        if standing.contains(where: { !$0.isFiled }) { return }
        let here = sightings.labelled[content.sha256] ?? [:]
        let waiting = sightings.waiting[content.sha256] ?? []
        let given = GivenLabel.allCases.filter { label in here[label] != nil && !standing.contains { $0.label == label }
        }
        let withdrawn = here.isEmpty && waiting.isEmpty ? [] : standing.filter { here[$0.label] == nil }
        let time = now()
        try ledger.record(
            withdrawn.map { LabelAct(.withdrawn, $0.label, of: content.sha256, by: nil, at: time, isFiled: true) }
                + given.map { label in
                    LabelAct(
                        .given, label, of: content.sha256, by: here[label].flatMap { who(put: $0, content) }, at: time,
                        isFiled: true)
                })
        outcome.withdrawn += withdrawn
        outcome.given += given.map { label in
            StandingLabel(
                sha256: content.sha256, label: label, by: here[label].flatMap { who(put: $0, content) },
                at: time.timestamp, isFiled: true)
        }
        try tidyUp(content, here, waiting)
    }

    /// Removes the file that people were given once its picture lies safely in a class's folder.
    private func tidyUp(
        _ content: Ledger.Reviewed, _ here: [GivenLabel: PictureSightings.Sighting],
        _ waiting: [PictureSightings.Sighting]
    ) throws {
        if let answer = here.values.first {
            for spare in waiting where isOurs(spare, content) {
                let folder = try Folder(labelled)
                try folder.openFile(answer.path).synchronize()
                try folder.subfolder(answer.path.removingLastComponent()).synchronize()
                // Moved a moment ago, it is the answer itself.
                let there = try Folder(review)
                if try there.statusIfThere(spare.path)?.signature == spare.signature { try there.remove(spare.path) }
            }
            if content.inode != nil { try ledger.forgetPutFile(content.sha256) }
        } else if let back = waiting.first, !waiting.contains(where: { content.isPutFile($0.signature) }) {
            // Moved back as a copy, or by another's hand: that file is the one that waits from now on.
            try ledger.recordPutForReview(content.sha256, as: back.path, back.signature)
        }
    }

    /// The file that people were given, or one that a kill left before it was noted: whoever answers then by copying it ends
    /// the putting, which would have noted it.
    private func isOurs(_ waiting: PictureSightings.Sighting, _ content: Ledger.Reviewed) -> Bool {
        content.isPutFile(waiting.signature) || content.file == nil && waiting.owner == geteuid()
    }

    /// Who put a file there, as far as it tells: a file that was moved is still the daemon's.
    private func who(put sighting: PictureSightings.Sighting, _ content: Ledger.Reviewed) -> String? {
        content.isPutFile(sighting.signature) ? nil : UserName.of(sighting.owner)
    }
}
