internal import Foundation
internal import Screening
internal import Settings

/// How the last retraining ended: `state/last-retraining.json`, for `fundusd status`.
struct LastRetraining: Codable, Equatable {
    enum Outcome: String, Codable { case waited, refused, promoted, kept }

    let outcome: Outcome
    /// The challenger.
    let model: String?
    let summary: String
    /// ISO 8601, UTC.
    let at: String

    var json: [UInt8] { SortedJSON.bytes(self) }

    /// Nil where nothing was retrained yet, or the file is damaged.
    init?(_ settings: Settings) {
        guard let content = try? NamedImageReader(maximumBytes: 1 << 20).read(settings.lastRetrainingPath),
            let last = try? JSONDecoder().decode(Self.self, from: Data(content.bytes ?? []))
        else { return nil }
        self = last
    }

    init(outcome: Outcome, model: String?, summary: String, at: String) {
        self.outcome = outcome
        self.model = model
        self.summary = summary
        self.at = at
    }
}
