// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Intake
import LinuxIO
import SystemPackage
import Testing
import Verdict

/// A script of what the kernel and the scans say, with the expected answer to each; times in seconds from the start.
private enum Step: Sendable {
    case event(InotifyEvent.Mask, String, cookie: UInt32 = 0)
    case seen(String, bytes: Int, isOld: Bool = false)
    case lost
}

private struct Script: Sendable, CustomTestStringConvertible {
    let title: String
    let steps: [(at: Double, step: Step, taken: String?)]
    var testDescription: String { title }
}

@Suite struct ArrivalsTests {
    private static let scripts: [Script] = [
        Script(
            title: "cp: created, written, closed",
            steps: [
                (0, .event(.created, "a"), nil), (0, .event(.modified, "a"), nil),
                (1, .event(.closedAfterWriting, "a"), "a"),
            ]),
        Script(title: "mv from outside", steps: [(0, .event(.movedTo, "a", cookie: 7), "a")]),
        Script(
            title: "a slow writer with a pause longer than the settling time is not taken by a rescan",
            steps: [
                (0, .event(.created, "a"), nil), (0, .event(.modified, "a"), nil), (60, .seen("a", bytes: 5), nil),
                (120, .seen("a", bytes: 5, isOld: true), nil), (130, .event(.closedAfterWriting, "a"), "a"),
            ]),
        Script(
            title: "a writer that has not begun yet: an empty file waits for its close",
            steps: [
                (0, .event(.created, "a"), nil), (60, .seen("a", bytes: 0), nil),
                (120, .seen("a", bytes: 0, isOld: true), nil), (130, .event(.closedAfterWriting, "a"), "a"),
            ]),
        Script(
            title: "a hard link is complete from the start and raises only a create",
            steps: [
                (0, .event(.created, "a"), nil), (1, .seen("a", bytes: 9), nil), (2, .seen("a", bytes: 9), "a"),
            ]),
        Script(
            title: "there before the watch, old: taken at once", steps: [(0, .seen("a", bytes: 9, isOld: true), "a")]),
        Script(
            title: "there before the watch, fresh: taken when unchanged for the settling time",
            steps: [
                (0, .seen("a", bytes: 5), nil), (1.9, .seen("a", bytes: 5), nil), (2, .seen("a", bytes: 5), "a"),
            ]),
        Script(
            title: "there before the watch and growing: the settling time begins anew",
            steps: [
                (0, .seen("a", bytes: 5), nil), (2, .seen("a", bytes: 6), nil), (3, .seen("a", bytes: 6), nil),
                (4, .seen("a", bytes: 6), "a"),
            ]),
        Script(
            title: "settling, then written: the close decides",
            steps: [
                (0, .seen("a", bytes: 5), nil), (1, .event(.modified, "a"), nil),
                (9, .seen("a", bytes: 5, isOld: true), nil), (10, .event(.closedAfterWriting, "a"), "a"),
            ]),
        Script(
            title: "renamed while it is written: still being written under the new name",
            steps: [
                (0, .event(.modified, "a"), nil), (1, .event(.movedFrom, "a", cookie: 3), nil),
                (1, .event(.movedTo, "b", cookie: 3), nil), (60, .seen("b", bytes: 5, isOld: true), nil),
                (61, .event(.closedAfterWriting, "b"), "b"),
            ]),
        Script(
            title: "renamed before its writer has begun: not complete under the new name either",
            steps: [
                (0, .event(.created, "a.tmp"), nil), (1, .event(.movedFrom, "a.tmp", cookie: 3), nil),
                (1, .event(.movedTo, "a", cookie: 3), nil), (9, .seen("a", bytes: 0, isOld: true), nil),
                (10, .event(.closedAfterWriting, "a"), "a"),
            ]),
        Script(
            title: "renamed after it was closed",
            steps: [
                (0, .event(.created, "a.part"), nil), (0, .event(.closedAfterWriting, "a.part"), "a.part"),
                (1, .event(.movedFrom, "a.part", cookie: 3), nil), (1, .event(.movedTo, "a", cookie: 3), "a"),
            ]),
        Script(
            title: "deleted while it is written, then made anew",
            steps: [
                (0, .event(.modified, "a"), nil), (1, .event(.deleted, "a"), nil),
                (2, .seen("a", bytes: 5, isOld: true), "a"),
            ]),
        Script(
            title: "events were lost: what was being written settles instead",
            steps: [
                (0, .event(.modified, "a"), nil), (1, .lost, nil), (1, .seen("a", bytes: 5), nil),
                (3, .seen("a", bytes: 5), "a"),
            ]),
    ]

    @Test(arguments: scripts)
    private func `a file is taken when it is complete`(script: Script) {
        let start = ContinuousClock.now
        var arrivals = Arrivals(settlingTime: .seconds(2))
        for (index, (time, step, taken)) in script.steps.enumerated() {
            let now = start + .milliseconds(Int(time * 1000))
            let action: Arrivals.Action? =
                switch step {
                case .event(let mask, let name, let cookie):
                    arrivals.apply(
                        InotifyEvent(watch: 1, mask: mask, cookie: cookie), to: ImageName(FilePath(name)), at: now)
                case .seen(let name, let bytes, let isOld):
                    arrivals.observe(
                        ImageName(FilePath(name)),
                        FileSignature(device: 1, inode: 1, bytes: bytes, modified: 0, changed: Int64(bytes)),
                        isOldEnough: isOld, at: now)
                case .lost:
                    {
                        arrivals.eventsWereLost()
                        return nil
                    }()
                }
            // A name that was taken is closed or moved in by an event, and settled where it was seen.
            let evidence: UnfinishedImages.Evidence = if case .event = step { .closed } else { .settled }
            #expect(action == taken.map { .take(ImageName(FilePath($0)), evidence) }, "step \(index) at \(time) s")
        }
    }

    @Test(arguments: [UnfinishedImages.Evidence.closed, .settled])
    func `a file that is looked at again is as complete as before`(evidence: UnfinishedImages.Evidence) {
        let start = ContinuousClock.now
        var arrivals = Arrivals(settlingTime: .seconds(2))
        arrivals.postpone("a", signature, evidence, at: start)
        #expect(arrivals.observe("a", signature, isOldEnough: true, at: start + .seconds(1)) == nil)
        let later = start + .seconds(2)
        #expect(arrivals.observe("a", signature, isOldEnough: true, at: later) == .take("a", evidence))
    }

    @Test func `a settling file is due when its time is over, and a written one never`() {
        let start = ContinuousClock.now
        var arrivals = Arrivals(settlingTime: .seconds(2))
        #expect(arrivals.nextDeadline == nil)
        _ = arrivals.observe("a", signature, isOldEnough: false, at: start)
        _ = arrivals.apply(InotifyEvent(watch: 1, mask: .modified), to: "b", at: start)
        #expect(arrivals.nextDeadline == start + .seconds(2))
        #expect(arrivals.due(at: start + .seconds(1)) == [])
        #expect(arrivals.due(at: start + .seconds(2)) == [.inspect("a")])
    }

    /// Looks every two seconds, as the loop does: at a file that another machine has written, or that only seems to change.
    @Test(arguments: [
        UnsteadyMounts.Parts.inode, .changeTime, [.inode, .changeTime],
    ])
    func `a file that seems to change by itself is told after a minute`(parts: UnsteadyMounts.Parts) {
        let start = ContinuousClock.now
        var arrivals = Arrivals(settlingTime: .seconds(2))
        for look in 0..<60 {
            let signature = FileSignature(
                device: 7, inode: parts.contains(.inode) ? UInt64(look) : 1, bytes: 5, modified: 9,
                changed: parts.contains(.changeTime) ? Int64(look) : 1)
            let seconds = look * 2
            let action = arrivals.observe(
                "a", signature, isOldEnough: false, isPolled: true, at: start + .seconds(seconds))
            #expect(action == (seconds == 60 ? .distrust("a", parts, device: 7) : nil), "\(seconds) s")
            if action != nil { return }
        }
        #expect(Bool(false), "never told")
    }

    @Test(arguments: [true, false])
    func `a file that grows, or lies on a local disk, is never believed to change by itself`(isPolled: Bool) {
        let start = ContinuousClock.now
        var arrivals = Arrivals(settlingTime: .seconds(2))
        for look in 0..<90 {
            let signature = FileSignature(
                device: 7, inode: UInt64(look), bytes: isPolled ? 5 + look / 20 : 5, modified: 9, changed: 1)
            let action = arrivals.observe(
                "a", signature, isOldEnough: false, isPolled: isPolled, at: start + .seconds(look * 2))
            #expect(action == nil, "\(look)")
        }
    }

    private let signature = FileSignature(device: 1, inode: 1, bytes: 5, modified: 0, changed: 0)
}
