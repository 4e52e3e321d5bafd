// SPDX-License-Identifier: Apache-2.0
internal import LinuxIO

/// Prepares elements on a thread of its own while the caller works on those before; in order, and only a few ahead.
package final class DecodeAhead<Element: Sendable>: @unchecked Sendable {
    // All state below is touched only with `condition` locked.
    private let condition = Condition()
    private var waiting: [Result<Element, any Error>] = []
    private var isFinished = false
    private var isAbandoned = false
    private let limit: Int

    /// - Parameters:
    ///   - count: how many elements there are.
    ///   - limit: how many may lie ready: what is decoded takes memory.
    ///   - prepare: makes the element of a place, on the other thread.
    package init(count: Int, limit: Int = 8, prepare: @escaping @Sendable (Int) throws -> Element) {
        self.limit = limit
        OwnThread.start(named: "decode ahead") { [self] in
            for place in 0..<count {
                if !put(Result { try prepare(place) }) { return }
            }
            finish()
        }
    }

    /// The next element, waiting for it; nil after the last.
    package func next() throws -> Element? {
        let result: Result<Element, any Error>? = condition.withLock {
            while waiting.isEmpty && !isFinished { condition.wait() }
            if waiting.isEmpty { return nil }
            condition.broadcast()
            return waiting.removeFirst()
        }
        return try result?.get()
    }

    /// Ends the other thread after the element that it is at.
    package func abandon() {
        condition.withLock {
            isAbandoned = true
            condition.broadcast()
        }
    }

    /// - Returns: false when nobody wants any more.
    private func put(_ element: Result<Element, any Error>) -> Bool {
        condition.withLock {
            while waiting.count >= limit && !isAbandoned { condition.wait() }
            waiting.append(element)
            condition.broadcast()
            return !isAbandoned
        }
    }

    private func finish() {
        condition.withLock {
            isFinished = true
            condition.broadcast()
        }
    }
}
