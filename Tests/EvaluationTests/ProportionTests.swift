// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Testing

@Suite struct ProportionTests {
    /// R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3; the last row mirrors the third.
    @Test(arguments: [
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1),
    ])
    func `Wilson's interval`(successes: Int, trials: Int, lower: Double, upper: Double) throws {
        let interval = try #require(Proportion(successes, of: trials).interval)
        #expect(abs(interval.lower - lower) < 5.1e-5 && abs(interval.upper - upper) < 5.1e-5, "\(interval)")
    }

    @Test(arguments: 1...40) func `none and all reach the ends exactly`(trials: Int) {
        #expect(Proportion(0, of: trials).interval?.lower == 0)
        #expect(Proportion(trials, of: trials).interval?.upper == 1)
    }

    @Test func `nothing of nothing is no proportion`() {
        #expect(Proportion(0, of: 0).value == nil && Proportion(0, of: 0).interval == nil)
    }
}
