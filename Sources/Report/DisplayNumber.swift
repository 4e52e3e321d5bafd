// SPDX-License-Identifier: Apache-2.0
internal import Evaluation

/// Numbers as people read them. Files for programs have every digit; these are for the eye.
enum DisplayNumber {
    /// `0.70`: always so many places, rounded half away from zero.
    static func fixed(_ value: Double, _ places: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "–" }
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "−" : ""
        if places == 0 { return "\(sign)\(scaled)" }
        let fraction = "\(scaled % scale)"
        return "\(sign)\(scaled / scale).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
    }

    /// `0.712`
    static func share(_ value: Double?) -> String { value.map { fixed($0, 3) } ?? "–" }

    /// `0.712`, and never 0 or 1, which no network is sure of.
    static func probability(_ value: Double) -> String {
        value < 0.001 ? "< 0.001" : value > 0.999 ? "> 0.999" : fixed(value, 3)
    }

    /// `71.2 %`, with a space that does not break.
    static func percent(_ value: Double?, places: Int = 1) -> String {
        value.map { "\(fixed(100 * $0, places))\u{A0}%" } ?? "–"
    }

    /// `0.671 to 0.754`
    static func interval(_ interval: Interval?) -> String {
        interval.map { "\(fixed($0.lower, 3)) to \(fixed($0.upper, 3))" } ?? "–"
    }

    /// `67.1 to 75.4 %`
    static func percentInterval(_ interval: Interval?) -> String {
        interval.map { "\(fixed(100 * $0.lower, 1)) to \(fixed(100 * $0.upper, 1))\u{A0}%" } ?? "–"
    }

    /// A threshold in a table: enough digits to tell it, few enough to read.
    static func threshold(_ value: Double) -> String {
        value == (value * 100).rounded() / 100 ? fixed(value, 2) : fixed(value, 4)
    }

    /// `1 image`, `2 images`
    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
