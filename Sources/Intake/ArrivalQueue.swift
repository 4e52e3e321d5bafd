// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import LinuxIO
package import Verdict

/// Complete files that wait for a worker, oldest first; each name at most once, and never two workers on one name.
///
/// Workers are threads of their own and wait here on a condition: nothing of this runs on Swift's cooperative pool.
package final class ArrivalQueue: @unchecked Sendable {
    /// One file to be screened.
    package struct Arrival: Sendable, Equatable {
        package let name: ImageName
        /// When the intake first knew that it was complete.
        package let receivedAt: Date
        package let evidence: UnfinishedImages.Evidence

        package init(name: ImageName, receivedAt: Date, evidence: UnfinishedImages.Evidence) {
            self.name = name
            self.receivedAt = receivedAt
            self.evidence = evidence
        }
    }

    // All state below is touched only with `condition` locked.
    let condition = Condition()
    private var waiting: [Arrival] = []
    private var firstWaiting = 0
    private var queued: Set<ImageName> = []
    private var inHand: Set<ImageName> = []
    private var again: [ImageName: Arrival] = [:]
    private var closed = false
    private var suspects: Set<ImageName> = []
    private var waitingSuspects: [Arrival] = []
    private var isSuspectInHand = false
    /// Files that were taken while a suspect waited.
    private var takenBefore = 0

    /// So many files go before a suspect: where they never end, it would wait forever.
    package static let patience = 100

    package init() {}

    /// Has images judged alone, and after all others or `patience` of them: one of them may have crashed the process,
    /// and would take its neighbor with it.
    package func suspect(_ names: some Sequence<ImageName>) { condition.withLock { suspects.formUnion(names) } }

    /// Adds a file unless it waits already; a file that is in hand comes again after that.
    package func add(_ arrival: Arrival) {
        condition.withLock {
            if inHand.contains(arrival.name) {
                if again[arrival.name] == nil { again[arrival.name] = arrival }
            } else {
                enqueue(arrival)
            }
        }
    }

    private func enqueue(_ arrival: Arrival) {
        guard queued.insert(arrival.name).inserted else { return }
        if suspects.contains(arrival.name) {
            waitingSuspects.append(arrival)
        } else {
            waiting.append(arrival)
        }
        condition.signal()
    }

    /// The next file, waiting for one; nil when the queue is closed.
    package func next() -> Arrival? {
        condition.withLock {
            while !closed {
                if let arrival = take() { return arrival }
                condition.wait()
            }
            return nil
        }
    }

    /// The next file of those that wait, waiting for its turn; nil when none waits.
    package func nextOfThoseWaiting() -> Arrival? {
        condition.withLock {
            while !closed {
                if let arrival = take() { return arrival }
                if queued.isEmpty { return nil }
                condition.wait()
            }
            return nil
        }
    }

    /// Gives back a file that `next` handed out.
    package func finish(_ name: ImageName) {
        condition.withLock {
            inHand.remove(name)
            if suspects.remove(name) != nil { isSuspectInHand = false }
            if let arrival = again.removeValue(forKey: name) { enqueue(arrival) }
            // Perhaps all waited for this one to be alone, or for it to be gone.
            if !waitingSuspects.isEmpty || !isEmpty { condition.broadcast() }
        }
    }

    /// Lets every waiting worker go home; what waits is found again at the next start.
    package func close() {
        condition.withLock {
            closed = true
            condition.broadcast()
        }
    }

    package var isClosed: Bool { condition.withLock { closed } }

    /// Files that wait or are in hand.
    package var count: Int { condition.withLock { queued.count + inHand.count } }

    private var isEmpty: Bool { firstWaiting == waiting.count }

    /// The next file of those that may be taken now; nil where there is none. With the condition's lock.
    func take() -> Arrival? {
        if isSuspectInHand { return nil }
        if waitingSuspects.isEmpty { return isEmpty ? nil : takeFirst() }
        if !isEmpty, takenBefore < Self.patience {
            takenBefore += 1
            return takeFirst()
        }
        return inHand.isEmpty ? takeSuspect() : nil
    }

    private func takeSuspect() -> Arrival {
        let arrival = waitingSuspects.removeFirst()
        isSuspectInHand = true
        takenBefore = 0
        hand(arrival.name)
        return arrival
    }

    private func hand(_ name: ImageName) {
        queued.remove(name)
        inHand.insert(name)
    }

    private func takeFirst() -> Arrival {
        let arrival = waiting[firstWaiting]
        firstWaiting += 1
        if firstWaiting > 1024, firstWaiting * 2 > waiting.count {
            waiting.removeFirst(firstWaiting)
            firstWaiting = 0
        }
        hand(arrival.name)
        return arrival
    }
}
