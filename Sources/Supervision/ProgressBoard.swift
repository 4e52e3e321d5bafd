// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Where each loop and worker shows how far it is, for the watchdog to look at.
package final class ProgressBoard: Sendable {
    private let entries = Mutex<[ProgressEntry]>([])

    package init() {}

    /// A place on the board for one loop or worker; idle at first.
    package func register(_ name: String) -> ProgressParty {
        let place = entries.withLock { entries in
            entries.append(ProgressEntry(name: name))
            return entries.count - 1
        }
        return ProgressParty(board: self, place: place)
    }

    /// What the board shows at this moment, in the order of registration.
    package func reading() -> [ProgressEntry] {
        entries.withLock { $0 }
    }

    fileprivate func update(_ place: Int, _ change: (inout ProgressEntry) -> Void) {
        entries.withLock { change(&$0[place]) }
    }
}

/// One party's line on the board.
package struct ProgressEntry: Sendable, Equatable {
    package let name: String
    package internal(set) var isWorking = false
    /// Only ever grows (it may wrap); that it differs from last time is what counts.
    package internal(set) var steps: UInt64 = 0
}

/// What a loop or worker holds to report its own progress.
package struct ProgressParty: Sendable {
    fileprivate let board: ProgressBoard
    fileprivate let place: Int

    /// There is nothing to do: waiting is no fault.
    package func idle() { board.update(place) { $0.isWorking = false } }

    /// A piece of work begins.
    package func working() { board.update(place) { $0.begin() } }

    /// A piece of work got a step further.
    package func advance() { board.update(place) { $0.steps &+= 1 } }
}

extension ProgressEntry {
    fileprivate mutating func begin() {
        isWorking = true
        steps &+= 1
    }
}

/// Decides whether the service manager gets a sign of life.
package enum Watchdog {
    /// The names of the parties that have worked since the last look and got nowhere; where there is none, the watchdog is fed.
    package static func stalled(previous: [ProgressEntry], current: [ProgressEntry]) -> [String] {
        current.enumerated().compactMap { place, party in
            guard party.isWorking, previous.indices.contains(place), previous[place].isWorking else { return nil }
            return party.steps == previous[place].steps ? party.name : nil
        }
    }
}
