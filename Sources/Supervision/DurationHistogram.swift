// SPDX-License-Identifier: Apache-2.0
/// How long things took, counted in steps: what a Prometheus histogram wants.
package struct DurationHistogram: Sendable, Equatable {
    /// Upper bounds in seconds, inclusive.
    package static let bounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// Of each bound by itself, and of all above the last.
    package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// Seconds.
    package private(set) var sum = 0.0

    package init() {}

    /// Counts one duration.
    package mutating func add(seconds: Double) {
        counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
        sum += seconds
    }

    package var count: Int { counts.reduce(0, +) }
}
