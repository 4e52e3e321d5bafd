// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import SQLite
internal import Verdict

extension LedgerReader {
    /// What was published in a period.
    package struct Period: Equatable, Sendable {
        /// How many verdicts of an outcome were published on a day.
        package struct DayCount: Equatable, Sendable {
            /// `2026-11-28`, UTC.
            package let day: String
            package let outcome: String
            package let count: Int
        }

        /// In the order of the days.
        package let days: [DayCount]
        /// Codes of what kept pictures from being judged, such as `too-dark`, the most frequent first; a picture may have several.
        package let reasons: [(code: String, count: Int)]
        /// Seconds from when a picture was seen to when its verdict was in the outbox, the shortest first.
        package let latencies: [Double]

        package static func == (one: Period, other: Period) -> Bool {
            one.days == other.days && one.latencies == other.latencies
                && one.reasons.elementsEqual(other.reasons) { $0 == $1 }
        }
    }

    /// - Parameters:
    ///   - from: the first moment that counts.
    ///   - to: the first moment after it.
    package func period(from: Date, to: Date) throws -> Period {
        let range: SQLiteArguments = [from.timestamp, to.timestamp]
        return try database.read { db in
            let days = try db.rows(
                """
                SELECT substr(published_at, 1, 10) AS day, outcome, count(*) AS n FROM image
                    WHERE published_at >= ? AND published_at < ? GROUP BY day, outcome ORDER BY day, outcome
                """, range
            ).map { try Period.DayCount(day: $0.value("day"), outcome: $0.value("outcome"), count: $0.value("n")) }
            let latencies: [Double] = try db.values(
                """
                SELECT (julianday(published_at) - julianday(seen_at)) * 86400 AS seconds FROM image
                    WHERE published_at >= ? AND published_at < ? AND seconds >= 0 ORDER BY seconds
                """, range)
            return Period(days: days, reasons: try Self.reasons(db, range), latencies: latencies)
        }
    }

    private static func reasons(
        _ db: SQLiteConnection, _ range: SQLiteArguments
    ) throws -> [(code: String, count: Int)] {
        let rows = try db.rows(
            """
            SELECT reasons, count(*) AS n FROM image WHERE published_at >= ? AND published_at < ?
                AND outcome IN ('ungradable', 'rejected') GROUP BY reasons
            """, range)
        var counts: [String: Int] = [:]
        for row in rows {
            let (codes, count): (String?, Int) = try (row.value("reasons"), row.value("n"))
            for code in (codes ?? "").split(separator: " ") { counts[String(code), default: 0] += count }
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (code: $0.key, count: $0.value) }
    }
}
