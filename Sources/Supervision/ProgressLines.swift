// SPDX-License-Identifier: Apache-2.0
/// A line every minute where no terminal shows a bar: how many images are done, how fast, and how long the rest will take.
package struct ProgressLines {
    private let total: Int
    private var done: Int
    /// Before this process began; they tell nothing of the rate.
    private let doneBefore: Int
    private let start: ContinuousClock.Instant
    private var lastSaid: ContinuousClock.Instant

    /// Between two lines.
    package static let interval = Duration.seconds(60)

    /// - Parameter done: so many before this process.
    package init(total: Int, done: Int = 0, at now: ContinuousClock.Instant = .now) {
        self.total = total
        self.done = done
        doneBefore = done
        start = now
        lastSaid = now
    }

    /// Counts images; nil where no line is due, as at the end, of which others tell.
    package mutating func advance(
        by count: Int = 1, remark: String = "", at now: ContinuousClock.Instant = .now
    ) -> String? {
        done += count
        guard done < total, now - lastSaid >= Self.interval else { return nil }
        lastSaid = now
        let pace = Pace(done: done, before: doneBefore, of: total, in: now - start)
        return "\(done) of \(total) images, \(pace.text(", "))\(remark.isEmpty ? "" : ", \(remark)")."
    }
}

/// How fast work goes, and how long the rest of it will take at that.
package struct Pace {
    /// Images a second.
    private let rate: Double
    private let secondsLeft: Int

    /// - Parameters:
    ///   - before: so many before this process.
    ///   - duration: that this process has taken so far.
    package init(done: Int, before: Int, of total: Int, in duration: Duration) {
        let seconds = duration / .seconds(1)
        rate = seconds > 0 ? Double(done - before) / seconds : 0
        secondsLeft = rate > 0 ? Int((Double(total - done) / rate).rounded(.up)) : 0
    }

    /// `7.4 images/s  1:02 left`, with a separator between.
    package func text(_ separator: String) -> String {
        let tenths = Int((rate * 10).rounded())
        let seconds = String(secondsLeft % 60)
        let clock = "\(secondsLeft / 60):\(seconds.count == 1 ? "0" : "")\(seconds)"
        return "\(tenths / 10).\(tenths % 10) images/s\(separator)\(clock) left"
    }
}
