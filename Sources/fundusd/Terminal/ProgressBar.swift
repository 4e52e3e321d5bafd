// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Logging
internal import Retraining
internal import Supervision

/// One line on a terminal that shows how far many files have come; silent where nobody watches.
struct ProgressBar: ProgressDisplay {
    private let total: Int
    private var done: Int
    /// Before this process began; they tell nothing of the rate.
    private let doneBefore: Int
    private let start = ContinuousClock.now
    private var lastDrawn: ContinuousClock.Instant?
    let isShown: Bool

    /// - Parameter isShown: standard error is a terminal and results do not go to the same one.
    init(total: Int, done: Int = 0, isShown: Bool) {
        self.total = total
        self.done = done
        doneBefore = done
        self.isShown = isShown && total > 1
    }

    mutating func advance(by count: Int = 1, remark: String = "") {
        done += count
        let now = ContinuousClock.now
        guard isShown, done == total || lastDrawn.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
        lastDrawn = now
        let line = Self.line(
            done: done, before: doneBefore, of: total, in: now - start, remark: remark, columns: Self.columns)
        StandardError.write("\r\u{1B}[K\(line)")
        if done == total { StandardError.write("\n") }
    }

    /// Makes room for a line of text; the bar comes back below it.
    mutating func interrupt() {
        guard isShown, lastDrawn != nil, done < total else { return }
        StandardError.write("\r\u{1B}[K")
        lastDrawn = nil
    }

    /// `[#####     ] 123/585  7.4 images/s  1:02 left  loss 0.612`, cut to the terminal's width.
    static func line(
        done: Int, before: Int = 0, of total: Int, in duration: Duration, remark: String = "", columns: Int
    ) -> String {
        let pace = Pace(done: done, before: before, of: total, in: duration)
        let text = " \(done)/\(total)  \(pace.text("  "))\(remark.isEmpty ? "" : "  \(remark)")"
        let width = max(0, min(40, columns - text.count - 3))
        let filled = total > 0 ? width * done / total : width
        let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: width - filled)
        return String("[\(bar)]\(text)".prefix(columns))
    }

    private static var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
    }
}

extension TrainingReporter {
    /// Tells by the log, and by a bar where standard error is a terminal.
    init(logger: Logger) {
        self.init(logger: logger) { total, done in
            ProgressBar(total: total, done: done, isShown: StandardError.isTerminal)
        }
    }
}
