// SPDX-License-Identifier: Apache-2.0
internal import Fixtures
internal import Glibc
package import SystemPackage

/// One image's way, killed before each single change of a file that it makes, one run a change.
package struct PublicationSteps {
    private let program: FilePath
    private let models: FilePath
    private let users: Users?
    private let after: After

    package init(program: FilePath, models: FilePath, users: Users?, after: After) {
        self.program = program
        self.models = models
        self.users = users
        self.after = after
    }

    /// Plays them all.
    ///
    /// - Returns: how many changes the way has, and what the oracle found; nil where nothing can stand between the
    ///   program and its machine.
    package func play() throws -> (changes: Int, violations: [Set<Oracle.Violation>])? {
        var violations: [Set<Oracle.Violation>] = []
        while true {
            guard let step = try play(killedAfter: violations.count) else { return nil }
            violations.append(step.violations)
            if !step.wasKilled { return (violations.count - 1, violations) }
        }
    }

    private func play(killedAfter changes: Int) throws -> (wasKilled: Bool, violations: Set<Oracle.Violation>)? {
        var run = try CrashRun(seed: UInt64(changes), program: program, models: models, users: users, after: after)
        guard let machine = run.machine else { return nil }
        try run.victim.start()
        try wait { run.log.contains("fundusd is ready") }
        machine.kill(afterChanges: changes)
        try run.drop(run.newName(), renamed: true)
        var quiet = 0
        var seen: UInt64 = 0
        try wait {
            quiet = machine.changes == seen ? quiet + 1 : 0
            seen = machine.changes
            return run.victim.hasEnded || quiet > 20
        }
        let wasKilled = run.victim.hasEnded
        run.victim.kill()
        machine.recover()
        try run.victim.start()
        try run.settle()
        // Whatever it had in hand is finished then: a picture on its way out of the inbox has another name for a moment.
        _ = run.victim.stop()
        return (wasKilled, try run.oracle().violations)
    }

    /// Looks every ten milliseconds.
    private func wait(until isReached: () throws -> Bool) throws {
        for _ in 0..<3000 {
            if try isReached() { return }
            usleep(10_000)
        }
        throw Errno.timedOut
    }
}
