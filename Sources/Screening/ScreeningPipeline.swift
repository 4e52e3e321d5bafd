// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import FundusImage
package import Intake
package import Ledger
package import LinuxIO
internal import Synchronization
internal import SystemPackage
package import Verdict

/// What may change while the daemon runs, by a reload or a new model.
package struct ScreeningRules: Sendable {
    package var reader: InboxReader
    package var judge: Judge
    package var disposition: SourceDisposition
    /// Nil where no person is asked to look at pictures.
    package var review: ReviewRules?
    /// Whether each person's eyes are told of together.
    package var exams: Bool

    package init(
        reader: InboxReader, judge: Judge, disposition: SourceDisposition, review: ReviewRules? = nil,
        exams: Bool = false
    ) {
        self.reader = reader
        self.judge = judge
        self.disposition = disposition
        self.review = review
        self.exams = exams
    }
}

/// Carries one image from the inbox to its verdict in the outbox. Several workers may call it, each with another name.
package final class ScreeningPipeline: Sendable {
    /// What is to be done with an arrival after `screen`.
    package enum Disposition: Equatable, Sendable {
        /// It has its verdict, or needs none.
        case done
        /// Somebody still writes: look again later.
        case incomplete(FileSignature)
        /// A picture without its end, whose writer may have paused: look again after that time.
        case unfinished(UnfinishedImages.Pause)
        /// A fault of the machine: try again later.
        case heldBack(fault: String)
    }

    private let outbox: Outbox
    private let places: OutboxPlaces
    private let exams: ExamFiling
    /// Held while a picture is put where people find it.
    private let putting = Mutex(())
    private let ledger: Ledger
    private let known: KnownFiles
    private let unfinished: UnfinishedImages
    /// For files.
    private let memory: MemoryAllowance
    private let clearing: InboxClearing
    private let rules: Mutex<ScreeningRules>
    private let now: @Sendable () -> Date
    private let tell: @Sendable (ScreeningEvent) -> Void
    private let show: @Sendable (JudgedPicture) -> Void

    /// - Parameter show: gets each picture that the network judged, once its verdict is in the outbox.
    package init(
        outbox: Outbox, ledger: Ledger, known: KnownFiles, rules: ScreeningRules, patience: UnfinishedImages.Patience,
        now: @escaping @Sendable () -> Date, tell: @escaping @Sendable (ScreeningEvent) -> Void,
        show: @escaping @Sendable (JudgedPicture) -> Void = { _ in }
    ) {
        self.outbox = outbox
        places = OutboxPlaces(outbox, tell: tell)
        self.ledger = ledger
        exams = ExamFiling(outbox, places, ledger)
        self.known = known
        unfinished = UnfinishedImages(patience)
        memory = MemoryAllowance(bytes: 4 * rules.reader.maximumBytes)
        clearing = InboxClearing(ledger: ledger, mounts: known.mounts, tell: tell)
        self.rules = Mutex(rules)
        self.now = now
        self.tell = tell
        self.show = show
    }

    /// Other rules from the next image on.
    package func adopt(_ rules: ScreeningRules) { self.rules.withLock { $0 = rules } }

    package var currentRules: ScreeningRules { rules.withLock { $0 } }

    /// What an interruption kept from the outbox: screening these names publishes it, whether their files are still there
    /// or not.
    package func namesToRecover() throws -> [ImageName] {
        let names = try ledger.namesToBePublished()
        if !names.isEmpty { tell(.recovering(count: names.count)) }
        return names
    }

    /// Tries what the outbox's file system can do, and tells what it can't; a trouble is told by the first verdict that meets it.
    package func tryOutbox() {
        do {
            try places.abilities()
        } catch {
            return
        }
    }

    /// Gives back their names to images that the process before was clearing away.
    package func putBackInterrupted() {
        let rules = currentRules
        clearing.putBackInterrupted(in: rules.reader.root)
        if case .archive(let root) = rules.disposition { clearing.tidyUp(root) }
    }

    /// Looks at what the process before had in hand when it ended.
    ///
    /// - Parameter suspect: SHA-256 of the content that it may have crashed on.
    /// - Returns: images that are to be judged alone, after others.
    package func suspects(afterCrashOn suspect: String?) throws -> [ImageName] {
        let interruption = try ledger.accountForInterruption(suspect: suspect, now: now())
        for name in interruption.setAside { tell(.setAside(name)) }
        return interruption.suspects
    }

    /// Screens one file.
    ///
    /// - Parameters:
    ///   - progress: called as the work goes on.
    ///   - isStopping: asked while a file is read; a yes leaves the file for the next start.
    package func screen(
        _ arrival: ArrivalQueue.Arrival, progress: () -> Void = {}, isStopping: () -> Bool = { false }
    ) -> Disposition {
        let rules = currentRules
        var reader = rules.reader
        reader.mounts = known.mounts
        do {
            // Judged before, and kept from the outbox: the same bytes, even when the file is gone by now.
            for publication in try ledger.unpublished(arrival.name) { try publish(publication, for: arrival.name) }
            let size = try reader.size(of: arrival.name)
            return try memory.borrow(min(size, reader.maximumBytes), progress: progress) {
                let reading = try reader.read(arrival.name, ofAtMost: size, now: now()) {
                    progress()
                    return !isStopping()
                }
                return try settle(arrival, reading, rules, progress)
            }
        } catch {
            return .heldBack(fault: "\(error)")
        }
    }

    private func settle(
        _ arrival: ArrivalQueue.Arrival, _ reading: InboxReader.Reading, _ rules: ScreeningRules, _ progress: () -> Void
    ) throws -> Disposition {
        switch reading {
        case .gone:
            unfinished.forget(arrival.name)
            try ledger.forget([arrival.name])
        case .incomplete(let signature):
            return .incomplete(signature)
        case .leftAlone(let signature):
            try known.remember(arrival.name, signature, isLeftAlone: true)
        case .image(let content, let signature):
            let pause = unfinished.pause(
                for: arrival.name, content, signature, arrival.evidence, now: now(), at: .now)
            if let pause { return .unfinished(pause) }
            try settle(arrival, content, signature, rules, progress)
        }
        return .done
    }

    /// Notes in the ledger that a file is held back, as far as the ledger can be written at all.
    package func recordWait(_ name: ImageName, fault: String, attempts: Int, delay: Duration) {
        let time = now()
        tell(.waiting(name, fault: fault, attempts: attempts, delay: delay))
        do {
            try ledger.recordWait(
                name, fault: fault, attempts: attempts,
                next: time.addingTimeInterval(delay.milliseconds / 1000), now: time)
        } catch {
            // Each attempt of a long outage would fill the journal.
            if attempts == 1 { tell(.fault("`status` and `explain` do not know that \(name) waits: \(error)")) }
        }
    }

    private func settle(
        _ arrival: ArrivalQueue.Arrival, _ content: ImageContent, _ signature: FileSignature, _ rules: ScreeningRules,
        _ progress: () -> Void
    ) throws {
        let name = arrival.name
        switch try ledger.claim(name, content, receivedAt: arrival.receivedAt, now: now()) {
        case .toBeJudged: try judgeAndPublish(arrival, content, rules, progress)
        case .judged: try removeDouble(name, content.sha256)
        case .superseded: try restore(name, content.sha256)
        case .setAside:
            // The picture stays, whatever is done with others: it has no verdict.
            try known.remember(name, signature, isLeftAlone: false)
            return tell(.setAside(name))
        }
        try writeExams()
        // Before the file may be cleared away.
        try putForReview(content, rules)
        try clearAway(name, content.sha256, signature, rules)
    }

    private func judgeAndPublish(
        _ arrival: ArrivalQueue.Arrival, _ content: ImageContent, _ rules: ScreeningRules, _ progress: () -> Void
    ) throws {
        let startedAt = now()
        let judgement = try rules.judge.judge(content, progress: progress)
        let verdict = Verdict(
            of: content, named: arrival.name, judgement, by: rules.judge,
            receivedAt: arrival.receivedAt, startedAt: startedAt, completedAt: now())
        let publication = Publication(
            sha256: content.sha256, document: try verdict.document(), heatmap: judgement.heatmap)
        try ledger.recordJudgement(arrival.name, verdict, publication, now: now())
        progress()
        try publish(publication, for: arrival.name)
        if let picture = judgement.picture, let probability = judgement.probability {
            show(
                JudgedPicture(
                    name: arrival.name, sha256: content.sha256, model: rules.judge.model.identity.id,
                    probability: probability, picture: picture,
                    geometry: rules.judge.model.preprocessing.geometry))
        }
    }

    /// The files first, then the row: a crash between the two publishes the same bytes once more.
    private func publish(_ publication: Publication, for name: ImageName) throws {
        let verdict = try Verdict(document: publication.document)
        let eye = currentRules.exams ? EyeName(name) : nil
        let question = currentRules.review.flatMap { ReviewQuestion($0.plan, about: verdict) }
        try places.publish {
            let newest = try ledger.newestPublished(name)
            let isRepeated = newest?.sha256 == publication.sha256
            var placed = publication
            placed.spelling = try places.spelling(for: name, publication, after: newest)
            if placed.spelling != publication.spelling {
                try ledger.recordSpelling(name, sha256: publication.sha256, placed.spelling)
            }
            try outbox.publish(placed, for: name, replacing: isRepeated ? nil : newest)
            try ledger.recordPublication(name, publication, asking: question, of: eye, now: now())
        }
        tell(.verdict(name, verdict))
    }

    /// Writes the exams that are not in the outbox as they should be.
    package func writeExams() throws {
        do {
            try exams.writeDue()
        } catch {
            throw ExamFault(cause: "\(error)")
        }
    }

    /// Drawn in the transaction that noted the publication; the picture is put there now, or by whoever comes by again.
    private func putForReview(_ content: ImageContent, _ rules: ScreeningRules) throws {
        guard let review = rules.review, let bytes = content.bytes else { return }
        // One after the other: the same content may have two names, and two workers at once would each put it there.
        try putting.withLock { _ in
            guard let drawn = try ledger.nameToBePutForReview(content.sha256) else { return }
            do {
                let put = try ReviewFolder(root: review.folder).put(bytes, of: drawn, sha256: content.sha256)
                try ledger.recordPutForReview(content.sha256, as: put.file, put.signature)
            } catch {
                throw ReviewFault(cause: "\(error)")
            }
        }
    }

    /// A challenger says otherwise of a picture that has its verdict: a person may be asked.
    ///
    /// - Returns: whether the picture, if it still lies in the inbox, is to be screened again to be put there.
    package func disagrees(_ sha256: String) throws -> Bool {
        guard let review = currentRules.review else { return false }
        return try ledger.recordDisagreement(sha256, review.plan, now: now())
    }

    /// The same content is back after another: its verdict has the name again.
    private func restore(_ name: ImageName, _ sha256: String) throws {
        guard let (publication, heatmap) = try ledger.published(name, sha256: sha256),
            let newer = try ledger.newestPublished(name)
        else { return }
        try places.publish {
            let spelling = try places.spelling(for: name, publication, after: newer)
            try outbox.restore(publication, withHeatmap: heatmap, for: name, spelled: spelling, replacing: newer)
            try ledger.makeNewest(name, sha256: sha256, spelled: spelling)
            try outbox.removeKept(publication, for: name)
        }
    }

    /// A kill in the middle of `restore` leaves the verdict under two names.
    private func removeDouble(_ name: ImageName, _ sha256: String) throws {
        guard let (publication, _) = try ledger.published(name, sha256: sha256) else { return }
        try outbox.removeKept(publication, for: name)
    }

    private func clearAway(
        _ name: ImageName, _ sha256: String, _ signature: FileSignature, _ rules: ScreeningRules
    ) throws {
        do {
            if try clearing.apply(
                rules.disposition, to: name, sha256: sha256, signature, in: rules.reader.root, on: now())
            {
                return try ledger.forgetCleared(name)
            }
        } catch {
            throw ClearingFault(cause: "\(error)")
        }
        try known.remember(name, signature, isLeftAlone: false)
    }
}

/// The verdict stands, and its person's exam could not be written.
private struct ExamFault: Error, CustomStringConvertible {
    let cause: String
    var description: String { "it has its verdict, but the exam of its person can't be written: \(cause)" }
}

/// The verdict stands, and its image could not be given to people.
private struct ReviewFault: Error, CustomStringConvertible {
    let cause: String
    var description: String { "it has its verdict, but can't be put into the review folder: \(cause)" }
}

/// The verdict stands, and its image could not be cleared away.
private struct ClearingFault: Error, CustomStringConvertible {
    let cause: String
    var description: String { "it has its verdict, but can't be cleared away: \(cause)" }
}
