// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import FundusImage
package import Intake
internal import LinuxIO
package import Logging
internal import Supervision
internal import Synchronization
internal import Verdict
internal import WrittenText

/// Tells the journal what happens to images, in sentences with fields.
package struct ScreeningJournal: Sendable {
    let logger: Logger
    private let withWriting = PictureCount()

    package init(logger: Logger) { self.logger = logger }

    /// Called from any thread.
    package func tell(_ event: ScreeningEvent) {
        switch event {
        case .verdict(let name, let verdict):
            tell(verdict, of: name)
        case .waiting(let name, let fault, let attempts, let delay):
            // Each attempt of a long outage would fill the journal: told at 1, 2, 4, 8 … attempts.
            guard attempts & (attempts - 1) == 0 else { return }
            logger.record(
                .waiting, "\(name) waits and is tried again in \(delay.inSeconds) s (attempt \(attempts)): \(fault)",
                [.image: name.field, .reason: .string(fault)])
        case .setAside(let name):
            logger.record(
                .setAside, "\(name) is set aside without a verdict: it was in hand each time the program crashed.",
                [.image: name.field])
        case .recovering(let count):
            logger.notice("\(count) verdicts that an interruption kept from the outbox are published now.")
        case .overflow:
            logger.record(
                .overflowRescan, "More happened in the inbox than the kernel's queue holds; it is read again.")
        case .inboxLost(let fault):
            logger.record(
                .fault, "The inbox is not there; it is looked for every second: \(fault)", [.reason: .string(fault)])
        case .inboxBack:
            logger.notice("The inbox is back.")
        case .polling(let reason):
            logger.warning("The inbox is polled: \(reason).")
        case .outboxAbilities(let abilities):
            tell(abilities)
        case .unsteady(let name):
            logger.record(
                .unsteady,
                """
                \(name) seems to change at each look, though its size and time stay: its file system makes up inode numbers or \
                change times. All files there go by size, time and content from now on.
                """, [.image: name.field])
        case .fault(let message):
            logger.record(.fault, "\(message)", [.reason: .string(message)])
        }
    }

    private func tell(_ abilities: FileSystemAbilities) {
        guard let shortcomings = abilities.sentence else {
            return logger.record(.outboxAbilities, "The outbox can have every name again.")
        }
        logger.record(
            .outboxAbilities, "The outbox's file system \(shortcomings). \(abilities.consequence)",
            [.reason: .string(shortcomings)])
    }

    func modelSwapped(to id: String, from old: String) {
        logger.record(
            .modelSwapped, "The model \(id) judges from now on; \(old) did before.", [.model: .string(id)])
    }

    func modelRefused(_ id: String, keeping old: String, reason: String) {
        logger.record(
            .modelRefused, "The champion \(id) can't judge, so \(old) goes on: \(reason)",
            [.model: .string(id), .reason: .string(reason)])
    }

    func shadowBegins(_ id: String) {
        logger.notice(
            "The challenger \(id) looks on from now on, without verdicts; see `fundusd model compare`.",
            metadata: [JournalFieldName.model.rawValue: .string(id)])
    }

    func shadowRefused(_ id: String, reason: String) {
        logger.warning(
            "The challenger \(id) does not look on any longer: \(reason)",
            metadata: [JournalFieldName.model.rawValue: .string(id), JournalFieldName.reason.rawValue: .string(reason)])
    }

    private func tell(_ verdict: Verdict, of name: ImageName) {
        var fields: [JournalFieldName: Logger.MetadataValue] = [
            .image: name.field,
            .sha256: .string(verdict.image.sha256),
            .outcome: .string(verdict.outcome.rawValue),
            .model: .string(verdict.model.id),
            .durationMilliseconds: .stringConvertible(verdict.timing.total),
        ]
        if let probability = verdict.probability.value { fields[.probability] = .stringConvertible(probability) }
        if !verdict.reasons.isEmpty { fields[.reason] = .string(verdict.reasons.map(\.code).joined(separator: " ")) }
        logger.record(verdict.outcome == .rejected ? .rejected : .verdict, "\(sentence(verdict, name))", fields)
        if verdict.quality.value?.findings.contains(QualityFinding.Code.writingOutsideField.rawValue) == true {
            tellWriting(name)
        }
    }

    /// A camera that writes into each picture would fill the journal: told at 1, 2, 4, 8 … pictures.
    private func tellWriting(_ name: ImageName) {
        let count = withWriting.next()
        guard count & (count - 1) == 0 else { return }
        let sum = count == 1 ? "" : " It is the \(count)th such picture since the start."
        logger.record(
            .writingSeen, "\(name) has something written or drawn beside the retina; see that it names nobody.\(sum)",
            [.image: name.field, .reason: .string(QualityFinding.Code.writingOutsideField.rawValue)])
    }

    private func sentence(_ verdict: Verdict, _ name: ImageName) -> String {
        if let probability = verdict.probability.value {
            return "\(name): \(verdict.outcome.rawValue) (P \(probability.rounded3)), \(verdict.action.rawValue)."
        }
        let reasons = verdict.reasons.map(\.message).joined(separator: " ")
        return "\(name): \(verdict.outcome.rawValue), \(verdict.action.rawValue). \(reasons)"
    }
}

/// Pictures of one kind, counted by every worker.
private final class PictureCount: Sendable {
    private let count = Atomic(0)

    /// The number of this one, from 1 on.
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

extension ImageName {
    /// The name's own bytes as a journal field: the journal keeps what is no UTF-8.
    var field: Logger.MetadataValue { .stringConvertible(JournalBytes(bytes)) }
}

extension Duration {
    fileprivate var inSeconds: String { (milliseconds / 1000).rounded1 }
}
