// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO
internal import SystemPackage
internal import Verdict

/// Watches the inbox until told to stop: the body of a thread of its own.
///
/// The directory is the truth and events are hints (`man 7 inotify`, "Limitations and caveats"): the folder is read
/// whole at the start, after an overflow, when it comes back, and every `rescanInterval`.
package struct InboxLoop {
    private var scanner: InboxScanner
    private let control: InboxControl
    private let rescanInterval: Duration
    private let tell: @Sendable (ScreeningEvent) -> Void
    private let heartbeat: Heartbeat

    private var watch: InboxWatch?
    private var isLost = false
    private var nextScan = ContinuousClock.now
    private var nextCheck = ContinuousClock.now

    /// How often to ask for what raises no event: a mount over the inbox, images that are to be tried again.
    package static let checkInterval = Duration.seconds(5)
    /// How often to look for an inbox that is not there.
    private static let searchInterval = Duration.seconds(1)

    /// - Parameter rescanInterval: the time between looks at the whole inbox, whatever the events said.
    package init(
        scanner: InboxScanner, control: InboxControl, rescanInterval: Duration,
        tell: @escaping @Sendable (ScreeningEvent) -> Void, heartbeat: Heartbeat
    ) {
        self.scanner = scanner
        self.control = control
        self.rescanInterval = rescanInterval
        self.tell = tell
        self.heartbeat = heartbeat
    }

    /// Runs until `control` says stop.
    ///
    /// - Parameter afterFirstScan: called once everything that was there is queued.
    package mutating func run(afterFirstScan: () -> Void) {
        var hasScanned = false
        while !control.shouldStop {
            heartbeat.working()
            turn()
            if !hasScanned, watch != nil {
                hasScanned = true
                afterFirstScan()
            }
            heartbeat.idle()
            control.wakeUp.sleep(orUntilReadable: watch?.readableDescriptor, atMost: timeToSleep)
        }
    }

    private mutating func turn() {
        do {
            try watchIfNeeded()
            try readEvents()
            try checkIfDue()
            try scanIfDue()
        } catch {
            lose(because: "\(error)")
        }
        for (arrival, signature) in control.takePostponed() {
            scanner.arrivals.postpone(arrival.name, signature, arrival.evidence, at: .now)
        }
        scanner.inspectDue()
        scanner.requeueDue()
    }

    private mutating func watchIfNeeded() throws {
        if watch != nil { return }
        let started = try InboxWatch(root: scanner.root)
        scanner.trustsFileTimes = !started.isNetwork
        scanner.arrivals.eventsWereLost()
        if let reason = started.pollingReason { tell(.polling(reason: reason)) }
        watch = started
        nextScan = .now
        if isLost { tell(.inboxBack) }
        isLost = false
    }

    private mutating func readEvents() throws {
        guard let events = try watch?.events() else { return }
        if events.isEmpty { scanner.arrivals.queueIsEmpty() }
        for event in events { try apply(event) }
    }

    private mutating func apply(_ event: InotifyEvent) throws {
        if event.mask.contains(.queueOverflowed) {
            tell(.overflow)
            scanner.arrivals.eventsWereLost()
            nextScan = .now
            return
        }
        guard let folder = watch?.folder(of: event.watch) else { return }
        if event.mask.contains(.watchRemoved) { watch?.forget(event.watch) }
        if !event.mask.isDisjoint(with: [.folderDeleted, .folderMoved, .unmounted]), folder.isEmpty {
            throw SystemFailure("inotify", scanner.root.string, .noSuchFileOrDirectory)
        }
        guard let name = event.name else { return }
        let path = folder.appending(name)
        if event.mask.contains(.isFolder) {
            folderChanged(path, event.mask)
        } else {
            scanner.apply(event, to: ImageName(path))
        }
    }

    private mutating func folderChanged(_ path: FilePath, _ mask: InotifyEvent.Mask) {
        if !mask.isDisjoint(with: [.movedFrom, .deleted]) {
            watch?.forget(below: path)
            scanner.arrivals.forget(below: path)
        }
        guard scanner.isRecursive, !ImageName(path).isSkipped,
            !mask.isDisjoint(with: [.created, .movedTo])
        else { return }
        do throws(SystemFailure) {
            try scanner.scan(folder: path, watchedBy: watch)
        } catch let error where !error.isGone {
            // The whole scan tells of a folder that can't be read, and goes on with the others.
            nextScan = .now
        } catch {
            return
        }
    }

    /// After a remount the path leads to another folder than the one that is watched.
    private mutating func checkIfDue() throws {
        guard nextCheck <= .now else { return }
        nextCheck = .now + Self.checkInterval
        do {
            if try scanner.noticeRetries() { nextScan = .now }
        } catch {
            // Told by the next scan, which asks again: every five seconds would be too often.
        }
        if try watch?.isStill(at: scanner.root) == false { watch = nil }
        try watchIfNeeded()
    }

    private mutating func scanIfDue() throws {
        guard nextScan <= .now else { return }
        nextScan = .now + rescanInterval
        try scanner.scan(watchedBy: watch)
        if let reason = watch?.newPollingReason() { tell(.polling(reason: reason)) }
    }

    private mutating func lose(because fault: String) {
        watch = nil
        scanner.arrivals.eventsWereLost()
        if !isLost { tell(.inboxLost(fault: fault)) }
        isLost = true
    }

    private var timeToSleep: Duration {
        if watch == nil { return Self.searchInterval }
        let next = [nextScan, nextCheck, scanner.nextDeadline].compactMap(\.self).min()!
        return next - .now
    }
}
