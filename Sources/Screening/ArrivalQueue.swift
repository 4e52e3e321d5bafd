package import Foundation

/// Complete files that wait for a worker, oldest first; each name at most once, and never two workers on one name.
///
/// Workers are threads of their own and wait here on a condition: nothing of this runs on Swift's cooperative pool.
package final class ArrivalQueue: @unchecked Sendable {
    /// One file to be screened.
    package struct Arrival: Sendable, Equatable {
        package let name: ImageName
        /// When the intake first knew that it was complete.
        package let receivedAt: Date

        package init(name: ImageName, receivedAt: Date) {
            self.name = name
            self.receivedAt = receivedAt
        }
    }

    // All state below is touched only with `condition` locked.
    private let condition = NSCondition()
    private var waiting: [Arrival] = []
    private var firstWaiting = 0
    private var queued: Set<ImageName> = []
    private var inHand: Set<ImageName> = []
    private var again: [ImageName: Arrival] = [:]
    private var closed = false

    package init() {}

    /// Adds a file unless it waits already; a file that is in hand comes again after that.
    package func add(_ arrival: Arrival) {
        condition.withLock {
            if inHand.contains(arrival.name) {
                if again[arrival.name] == nil { again[arrival.name] = arrival }
            } else if queued.insert(arrival.name).inserted {
                waiting.append(arrival)
                condition.signal()
            }
        }
    }

    /// The next file, waiting for one; nil when the queue is closed.
    package func next() -> Arrival? {
        condition.withLock {
            while isEmpty && !closed { condition.wait() }
            return closed ? nil : takeFirst()
        }
    }

    /// The next file, or nil at once when none waits.
    package func nextIfAny() -> Arrival? {
        condition.withLock { isEmpty || closed ? nil : takeFirst() }
    }

    /// Gives back a file that `next` handed out.
    package func finish(_ name: ImageName) {
        condition.withLock {
            inHand.remove(name)
            if let arrival = again.removeValue(forKey: name), queued.insert(name).inserted {
                waiting.append(arrival)
                condition.signal()
            }
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

    private func takeFirst() -> Arrival {
        let arrival = waiting[firstWaiting]
        firstWaiting += 1
        if firstWaiting > 1024, firstWaiting * 2 > waiting.count {
            waiting.removeFirst(firstWaiting)
            firstWaiting = 0
        }
        queued.remove(arrival.name)
        inHand.insert(arrival.name)
        return arrival
    }
}
