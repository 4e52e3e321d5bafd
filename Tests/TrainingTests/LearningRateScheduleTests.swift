// SPDX-License-Identifier: Apache-2.0
import Testing
import Training

struct LearningRateScheduleTests {
    @Test func `a constant rate stays`() {
        for step in [0, 1, 99, 100] { #expect(LearningRateSchedule.constant.factor(step: step, of: 100) == 1) }
    }

    /// Up over 4 steps, down over the other 8: half-way at step 8, (1 + cos 45°)/2 at step 6.
    @Test(arguments: [
        (0, 0.25), (1, 0.5), (3, 1), (4, 1), (6, 0.853_553_390_593_273_7), (8, 0.5), (10, 0.146_446_609_406_726_27),
        (12, 0), (13, 0),
    ])
    func `a cosine rate goes up in a line and down in a cosine`(step: Int, expected: Double) {
        #expect(abs(LearningRateSchedule.cosine(warmUpSteps: 4).factor(step: step, of: 12) - expected) <= 1e-15)
    }

    @Test func `the warm-up may be absent or all there is`() {
        #expect(LearningRateSchedule.cosine(warmUpSteps: 0).factor(step: 0, of: 10) == 1)
        #expect(LearningRateSchedule.cosine(warmUpSteps: 10).factor(step: 9, of: 10) == 1)
        #expect(LearningRateSchedule.cosine(warmUpSteps: 20).factor(step: 9, of: 10) == 0.5)
    }
}
