// SPDX-License-Identifier: Apache-2.0
import Supervision
import Testing

/// Who looks into a log learns every minute how far the work is.
@Suite struct ProgressLinesTests {
    private let start = ContinuousClock.now

    @Test func `a line comes once a minute, with the rate and the time left`() {
        var lines = ProgressLines(total: 1000, at: start)
        #expect(lines.advance(by: 8, at: start + .seconds(1)) == nil)
        #expect(lines.advance(by: 112, at: start + .seconds(59.9)) == nil)
        #expect(
            lines.advance(by: 30, remark: "loss 0.612", at: start + .seconds(60))
                == "150 of 1000 images, 2.5 images/s, 5:40 left, loss 0.612.")
        #expect(lines.advance(by: 1, at: start + .seconds(119)) == nil)
        #expect(lines.advance(by: 149, at: start + .seconds(125)) == "300 of 1000 images, 2.4 images/s, 4:52 left.")
    }

    @Test func `what was done before tells nothing of the rate`() {
        var lines = ProgressLines(total: 1000, done: 500, at: start)
        #expect(lines.advance(by: 60, at: start + .seconds(60)) == "560 of 1000 images, 1.0 images/s, 7:20 left.")
    }

    @Test func `the end is told by others, and nothing done is no rate`() {
        var lines = ProgressLines(total: 10, at: start)
        #expect(lines.advance(by: 0, at: start + .seconds(60)) == "0 of 10 images, 0.0 images/s, 0:00 left.")
        #expect(lines.advance(by: 10, at: start + .seconds(200)) == nil)
    }
}
