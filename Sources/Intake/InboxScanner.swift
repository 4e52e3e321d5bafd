// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import LinuxIO
package import SystemPackage
package import Verdict

/// Looks at what lies in the inbox and hands on what is complete and new. Owned by one thread.
package struct InboxScanner: Sendable {
    package var arrivals: Arrivals
    /// Set where another machine's clock stamps the files: then their times prove nothing.
    package var trustsFileTimes = true
    package let root: FilePath
    package let isRecursive: Bool
    /// How long a file must be unchanged where nothing tells that it was closed.
    package let settlingTime: Duration
    private let known: KnownFiles
    private let retries: Retries
    private let queue: ArrivalQueue
    private let now: @Sendable () -> Date
    private let tell: @Sendable (ScreeningEvent) -> Void
    private let progress: @Sendable () -> Void
    /// Folders that could not be read, each told of once.
    private var unreadable: Set<FilePath> = []

    /// - Parameters:
    ///   - now: the wall clock, for when a file is received.
    ///   - progress: called between files, so that a watchdog can tell long from stuck.
    package init(
        root: FilePath, isRecursive: Bool, settlingTime: Duration, known: KnownFiles, retries: Retries,
        queue: ArrivalQueue, now: @escaping @Sendable () -> Date, tell: @escaping @Sendable (ScreeningEvent) -> Void,
        progress: @escaping @Sendable () -> Void
    ) {
        arrivals = Arrivals(settlingTime: settlingTime)
        self.root = root
        self.isRecursive = isRecursive
        self.settlingTime = settlingTime
        self.known = known
        self.retries = retries
        self.queue = queue
        self.now = now
        self.tell = tell
        self.progress = progress
    }

    /// Reads the whole inbox.
    ///
    /// - Parameter watch: told of each open folder before it is read, so that its watch stands first.
    package mutating func scan(watchedBy watch: InboxWatch?) throws {
        do {
            _ = try noticeRetries()
        } catch {
            tell(.fault("it can't be seen which images are to be tried again: \(error)"))
        }
        let folder = try Folder(root)
        let device = try folder.descriptor.status().signature.device
        var seen: Set<ImageName> = []
        try scan(folder, at: FilePath(), &seen, watchedBy: watch)
        do {
            try known.forgetUnseen(seen: seen, device: device)
        } catch {
            tell(.fault("files that are gone can't be struck from the ledger yet: \(error)"))
        }
    }

    /// Whether another process has had images tried again (`fundusd retry`): the next scan finds them, and the queue keeps
    /// them apart.
    func noticeRetries() throws -> Bool {
        guard let suspects = try known.refreshIfOthersWrote() else { return false }
        queue.suspect(suspects)
        return true
    }

    /// Reads one folder of the inbox, such as one that has just come.
    mutating func scan(folder relative: FilePath, watchedBy watch: InboxWatch?) throws(SystemFailure) {
        var seen: Set<ImageName> = []
        let folder = try Folder(root).subfolder(relative)
        try scan(folder, at: relative, &seen, watchedBy: watch)
    }

    private mutating func scan(
        _ folder: borrowing Folder, at relative: FilePath, _ seen: inout Set<ImageName>, watchedBy watch: InboxWatch?
    ) throws(SystemFailure) {
        try watch?.enter(relative, folder)
        for (name, status) in try folder.entries() {
            progress()
            let path = relative.appending(name)
            switch status.kind {
            case .regular:
                seen.insert(ImageName(path))
                consider(ImageName(path), status.signature)
            case .folder where isRecursive && !ImageName.isSkippedFolder(name):
                scanSubfolder(name, of: folder, at: path, &seen, watchedBy: watch)
            default: continue
            }
        }
    }

    /// One folder that can't be read must not keep the others from being screened.
    private mutating func scanSubfolder(
        _ name: FilePath.Component, of folder: borrowing Folder, at path: FilePath, _ seen: inout Set<ImageName>,
        watchedBy watch: InboxWatch?
    ) {
        do throws(SystemFailure) {
            let subfolder = try folder.subfolder(FilePath(root: nil, components: name))
            try scan(subfolder, at: path, &seen, watchedBy: watch)
            unreadable.remove(path)
        } catch {
            if error.isGone || !unreadable.insert(path).inserted { return }
            tell(.fault("a folder of the inbox can't be read, and its images wait: \(error)"))
        }
    }

    private mutating func consider(_ name: ImageName, _ shown: FileSignature) {
        let signature = known.mounts.steady(shown)
        guard needsScreening(name, signature) else { return }
        let isOldEnough = trustsFileTimes && signature.isSettled(for: settlingTime, at: now())
        // Not every change ends in a close event: truncate(2), mknod(2) and a link to an empty file have none.
        if isOldEnough, arrivals.isBeingWritten(name), isUnwritten(name, signature) { arrivals.forget(name) }
        let action = arrivals.observe(
            name, signature, isOldEnough: isOldEnough, isPolled: !trustsFileTimes, at: .now)
        guard case .distrust(_, let parts, let device) = action else { return carryOut(action) }
        if known.mounts.distrust(parts, on: device) { tell(.unsteady(name)) }
        // It settles once more, by what can be believed.
        consider(name, shown)
    }

    private func needsScreening(_ name: ImageName, _ signature: FileSignature) -> Bool {
        !name.isSkipped && !known.contains(name, signature) && !retries.isHeldBack(name, at: .now)
    }

    /// Whether nobody writes to a file any more: so the kernel says, or, where it would not tell, nobody has for long.
    private func isUnwritten(_ name: ImageName, _ signature: FileSignature) -> Bool {
        do throws(SystemFailure) {
            return switch WriterCheck.of(try Folder(root).openFile(name.path)) {
            case .noWriter: true
            case .openForWriting: false
            case .unknown: signature.isSettled(for: UnfinishedImages.Patience.longest, at: now())
            }
        } catch {
            // Not proven, then. Whoever takes the file meets the fault again, and tells it.
            return false
        }
    }

    /// Takes in one event.
    package mutating func apply(_ event: InotifyEvent, to name: ImageName) {
        carryOut(arrivals.apply(event, to: name, at: .now))
    }

    /// Looks again at the files whose settling time is over.
    package mutating func inspectDue() {
        for case .inspect(let name) in arrivals.due(at: .now) {
            do throws(SystemFailure) {
                let status = try Folder(root).status(of: name.path)
                let isNeeded = needsScreening(name, known.mounts.steady(status.signature))
                guard status.kind == .regular, isNeeded else {
                    // Left in place, its deadline would stay in the past, and the loop would never sleep again.
                    arrivals.forget(name)
                    continue
                }
                consider(name, status.signature)
            } catch {
                arrivals.forget(name)
            }
        }
    }

    /// Brings back what a fault had held back.
    package func requeueDue() {
        // What is written again comes when it is closed; to take it now would be to believe the old close.
        for arrival in retries.takeDue(at: .now) where !arrivals.isBeingWritten(arrival.name) { queue.add(arrival) }
    }

    /// When `inspectDue` or `requeueDue` next has something to do.
    package var nextDeadline: ContinuousClock.Instant? {
        [arrivals.nextDeadline, retries.nextDeadline].compactMap(\.self).min()
    }

    private func carryOut(_ action: Arrivals.Action?) {
        guard case .take(let name, let seen) = action, !name.isSkipped else { return }
        let evidence = trustsFileTimes || seen == .closed ? seen : .polled
        queue.add(ArrivalQueue.Arrival(name: name, receivedAt: now(), evidence: evidence))
    }
}
