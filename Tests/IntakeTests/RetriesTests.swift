// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Intake
import Testing
import Verdict

@Suite struct RetriesTests {
    @Test(arguments: [(1, 1000), (2, 2000), (3, 4000), (6, 32_000), (7, 60_000), (100, 60_000)])
    func `the delay doubles up to a minute`(attempts: Int, milliseconds: Int) {
        #expect(Retries.delay(attempts: attempts, jitter: 0) == .milliseconds(milliseconds))
        #expect(Retries.delay(attempts: attempts, jitter: 1) == .milliseconds(milliseconds * 3 / 2))
    }

    @Test func `a file is held back until its time has come, and its attempts go on counting`() {
        let retries = Retries()
        let name: ImageName = "a.jpg"
        let arrival = ArrivalQueue.Arrival(name: name, receivedAt: Date(timeIntervalSince1970: 0), evidence: .closed)
        let start = ContinuousClock.now
        #expect(retries.postpone(arrival, at: start, jitter: 0).attempts == 1)
        #expect(retries.isHeldBack(name, at: start))
        #expect(retries.takeDue(at: start) == [])
        #expect(retries.takeDue(at: start + .seconds(1)) == [arrival])
        #expect(!retries.isHeldBack(name, at: start + .seconds(1)))
        #expect(retries.postpone(arrival, at: start, jitter: 0).attempts == 2)
        retries.forget(name)
        #expect(retries.count == 0)
        #expect(retries.postpone(arrival, at: start, jitter: 0).attempts == 1)
    }
}
