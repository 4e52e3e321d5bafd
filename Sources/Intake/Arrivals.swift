// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
package import SystemPackage
package import Verdict

/// Decides, from hints and scans, when a file in the inbox is complete; touches nothing itself.
///
/// A file is complete when its writer has closed it or has moved it in, and where no such event can be had, when it has
/// not changed for the settling time. Time is an argument everywhere, so that tests need no clock.
package struct Arrivals: Sendable {
    /// What is known of a file that is not yet complete.
    private enum Phase: Equatable, Sendable {
        /// Made, and not yet written: either its writer is slow, or it is a link that was complete from the start.
        case created(at: ContinuousClock.Instant)
        /// Somebody writes, and a close event will follow.
        case writing
        /// Looks complete; taken when it still looks the same after the settling time.
        case settling(FileSignature, since: ContinuousClock.Instant, UnfinishedImages.Evidence)
    }

    /// What the watcher is to do.
    package enum Action: Equatable, Sendable {
        /// The file is complete: queue it.
        case take(ImageName, UnfinishedImages.Evidence)
        /// Ask for the file's status, and tell it to `observe`.
        case inspect(ImageName)
        /// These parts of signatures change there by themselves: have them left out from now on.
        case distrust(ImageName, UnsteadyMounts.Parts, device: UInt64)
    }

    private let settlingTime: Duration
    /// How long a file may seem to change while its size and time stay.
    package var patienceWithUnsteady = Duration.seconds(60)
    private var phases: [ImageName: Phase] = [:]
    /// Files that do so on a network file system, and since when.
    private var unsteady: [ImageName: ContinuousClock.Instant] = [:]
    /// Files under way from one name to another, by the cookie that joins the two events.
    private var moving: [UInt32: Phase] = [:]

    /// - Parameter settlingTime: how long a file must be seen unchanged where nothing tells that it was closed.
    package init(settlingTime: Duration) { self.settlingTime = settlingTime }

    /// Files known to be incomplete.
    package var pendingCount: Int { phases.count }

    /// Takes in one event about a file.
    package mutating func apply(
        _ event: InotifyEvent, to name: ImageName, at now: ContinuousClock.Instant
    ) -> Action? {
        if event.mask.contains(.closedAfterWriting) {
            phases[name] = nil
            return .take(name, .closed)
        }
        if event.mask.contains(.movedTo) { return arrive(name, cookie: event.cookie) }
        if event.mask.contains(.movedFrom) {
            moving[event.cookie] = phases.removeValue(forKey: name)
        } else if event.mask.contains(.deleted) {
            phases[name] = nil
        } else if event.mask.contains(.modified) {
            phases[name] = .writing
        } else if event.mask.contains(.created) {
            phases[name] = .created(at: now)
        }
        return nil
    }

    /// A file that is renamed while somebody writes to it is still being written.
    private mutating func arrive(_ name: ImageName, cookie: UInt32) -> Action? {
        phases[name] = moving.removeValue(forKey: cookie)
        return phases[name] == nil ? .take(name, .closed) : nil
    }

    /// Takes in what a scan or an inspection saw.
    ///
    /// - Parameters:
    ///   - isOldEnough: the file's own times say that it was last changed longer ago than the settling time. Where the clock
    ///     that set them is another machine's, the caller says false.
    ///   - isPolled: it lies where an inode number may be made up.
    package mutating func observe(
        _ name: ImageName, _ signature: FileSignature, isOldEnough: Bool, isPolled: Bool = false,
        at now: ContinuousClock.Instant
    ) -> Action? {
        if isPolled, let distrust = distrust(name, signature, at: now) { return distrust }
        var evidence = UnfinishedImages.Evidence.settled
        switch phases[name] {
        case .writing: return nil
        case .created(let since):
            // Complete and never written: a hard link, or an unnamed file given its name (man 2 open, O_TMPFILE).
            guard now - since >= settlingTime else { return nil }
            guard signature.bytes > 0 else {
                phases[name] = .writing
                return nil
            }
        case .settling(signature, let since, let before):
            guard now - since >= settlingTime else { return nil }
            evidence = before
        case .settling, nil:
            if isOldEnough { break }
            phases[name] = .settling(signature, since: now, .settled)
            return nil
        }
        phases[name] = nil
        return .take(name, evidence)
    }

    /// Counts how long a file has settled but for what may be made up.
    private mutating func distrust(
        _ name: ImageName, _ signature: FileSignature, at now: ContinuousClock.Instant
    ) -> Action? {
        guard case .settling(let before, let since, _) = phases[name], before != signature else { return nil }
        guard let parts = UnsteadyMounts.Parts(from: before, to: signature) else {
            unsteady[name] = nil
            return nil
        }
        let start = unsteady[name] ?? since
        unsteady[name] = start
        guard now - start >= patienceWithUnsteady else { return nil }
        unsteady[name] = nil
        phases[name] = nil
        return .distrust(name, parts, device: signature.device)
    }

    /// A file that was taken turned out to be still open for writing, or changed while it was read: wait and look again.
    ///
    /// - Parameter evidence: why it was taken; a file that does not change any more is taken again for that.
    package mutating func postpone(
        _ name: ImageName, _ signature: FileSignature, _ evidence: UnfinishedImages.Evidence,
        at now: ContinuousClock.Instant
    ) {
        guard phases[name] == nil else { return }
        phases[name] = .settling(signature, since: now, evidence)
    }

    /// The files whose settling time is over, to be looked at again.
    package func due(at now: ContinuousClock.Instant) -> [Action] {
        phases.compactMap { name, phase in
            guard let deadline = deadline(of: phase), deadline <= now else { return nil }
            return .inspect(name)
        }
    }

    /// When `due` next has something to say; nil when only events can bring news.
    package var nextDeadline: ContinuousClock.Instant? { phases.values.compactMap(deadline).min() }

    private func deadline(of phase: Phase) -> ContinuousClock.Instant? {
        switch phase {
        case .created(let since), .settling(_, let since, _): since + settlingTime
        case .writing: nil
        }
    }

    /// The file is no longer there.
    package mutating func forget(_ name: ImageName) {
        phases[name] = nil
        unsteady[name] = nil
    }

    /// A folder was moved or deleted: what is known of files below it is about names that are no more.
    package mutating func forget(below folder: FilePath) {
        phases = phases.filter { !$0.key.path.starts(with: folder) }
        unsteady = unsteady.filter { !$0.key.path.starts(with: folder) }
    }

    package func isBeingWritten(_ name: ImageName) -> Bool { phases[name] == .writing }

    /// Events were lost, perhaps the one that says "closed": what was being written must settle instead.
    package mutating func eventsWereLost() {
        phases = [:]
        unsteady = [:]
        moving = [:]
    }

    /// Half-seen renames end when the queue is empty: the other half was outside the inbox.
    package mutating func queueIsEmpty() { moving = [:] }
}
