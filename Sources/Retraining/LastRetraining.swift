// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import LinuxIO
package import Settings
internal import Verdict
internal import WrittenText

/// How the last retraining ended: `state/last-retraining.json`, for `fundusd status`.
package struct LastRetraining: Codable, Equatable {
    /// What came of it.
    package enum Outcome: String, Codable { case waited, refused, promoted, kept }

    package let outcome: Outcome
    /// The challenger.
    let model: String?
    /// For a person.
    package let summary: String
    /// ISO 8601, UTC.
    package let at: String

    func json() throws -> [UInt8] { try SortedJSON.bytes(self) }

    /// Nil where nothing was retrained yet.
    ///
    /// - Throws: a `Refusal` where the file can't be read, or is damaged.
    package static func read(_ settings: Settings) throws -> LastRetraining? {
        let path = settings.lastRetrainingPath
        do {
            let content = try NamedImageReader(maximumBytes: 1 << 20).read(path)
            return try JSONDecoder().decode(Self.self, from: Data(content.bytes ?? []))
        } catch let failure as SystemFailure {
            if failure.isAbsence { return nil }
            throw Refusal(.inputOutput, failure.description)
        } catch {
            throw Refusal(
                .dataError, "\(path) does not say how a retraining ended; remove it: the next one writes it anew")
        }
    }

    /// The same; nil where it can't be told, for who has nobody to tell it to.
    package init?(_ settings: Settings) {
        guard let last = try? Self.read(settings) else { return nil }
        self = last
    }

    package init(outcome: Outcome, model: String?, summary: String, at: String) {
        self.outcome = outcome
        self.model = model
        self.summary = summary
        self.at = at
    }
}
