// SPDX-License-Identifier: Apache-2.0
// In:  the daemon's parts, each a `Service`.
// Out: all of them running until one signal, fault or end, and then ended one by one.
// Called by Operations: `Daemon`.

package import Logging

/// A part of a daemon that works until it is told to end.
package protocol Service: Sendable {
    /// Returns soon after the notice is given. What it throws, or a return before, ends the daemon.
    func run(until stop: StopNotice) async throws
}

/// Services that start together and end in the reverse order of their list, each when the one behind it has ended: what others
/// rely on stands first.
package struct ServiceGroup<TimeSource: Clock>: Sendable where TimeSource.Duration == Duration {
    private let members: [Member]
    private let logger: Logger
    private let clock: TimeSource
    /// What all may take to end before they are told at once.
    private let patience: Duration

    private struct Member: Sendable {
        let service: any Service
        let stop = StopNotice()
        var name: String { "\(type(of: service))" }
    }

    /// A service has returned though nobody had told it to.
    package struct UnexpectedEnd: Error, Equatable, CustomStringConvertible {
        package let service: String
        package var description: String { "\(service) has ended by itself; its last lines in the log may say why" }
    }

    package init(
        _ services: [any Service], logger: Logger, patience: Duration = .seconds(30),
        clock: TimeSource = ContinuousClock()
    ) {
        members = services.map { Member(service: $0) }
        self.logger = logger
        self.clock = clock
        self.patience = patience
    }

    private enum Event: Sendable {
        case ended(Int, (any Error)?)
        case told
        case impatient
    }

    /// Runs until the stream gives something or ends, a service fails or ends by itself, or the task is canceled.
    ///
    /// - Throws: the first failure of a service, when all have ended.
    package func run(until signals: AsyncStream<CInt>) async throws {
        let fault = await withTaskGroup(of: Event.self) { tasks -> (any Error)? in
            for (number, member) in members.enumerated() {
                tasks.addTask {
                    do { try await member.service.run(until: member.stop) } catch { return .ended(number, error) }
                    return .ended(number, nil)
                }
            }
            tasks.addTask {
                for await _ in signals { break }
                return .told
            }
            var ending = Ending(members)
            while ending.isAnyRunning, let event = await tasks.next() { handle(event, &ending, &tasks) }
            tasks.cancelAll()
            return ending.fault
        }
        if let fault { throw fault }
    }

    private func handle(_ event: Event, _ ending: inout Ending, _ tasks: inout TaskGroup<Event>) {
        switch event {
        case .ended(let number, let error): ending.note(number, error)
        case .told: break
        case .impatient:
            logger.warning("These parts are slow to end: \(ending.namesOfRunning.joined(separator: ", ")).")
            ending.tellAll()
            return
        }
        if ending.begin() {
            tasks.addTask { [clock, patience] in
                // Canceled when all have ended.
                do { try await clock.sleep(for: patience) } catch { return .told }
                return .impatient
            }
        }
        ending.tellNext()
    }

    /// Who still runs, and who is told next.
    private struct Ending {
        private let members: [Member]
        private var running: Set<Int>
        private var isBegun = false
        private(set) var fault: (any Error)?

        init(_ members: [Member]) {
            self.members = members
            running = Set(members.indices)
        }

        var isAnyRunning: Bool { !running.isEmpty }
        var namesOfRunning: [String] { running.sorted().map { members[$0].name } }

        mutating func note(_ number: Int, _ error: (any Error)?) {
            running.remove(number)
            let own = error ?? (isBegun ? nil : UnexpectedEnd(service: members[number].name))
            fault = fault ?? own
        }

        /// - Returns: whether this is the beginning.
        mutating func begin() -> Bool {
            defer { isBegun = true }
            return !isBegun
        }

        func tellNext() { if let last = running.max() { members[last].stop.give() } }

        func tellAll() { for number in running { members[number].stop.give() } }
    }
}
