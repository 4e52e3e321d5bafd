// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SystemPackage

/// How a history ends.
extension CrashRun {
    /// How long the program may take for all that is left to do.
    private static let patience = Duration.seconds(60)
    /// After that it does nothing more without a new start.
    private static let rest = Duration.seconds(2)

    /// Until nothing is lost any more, or patience ends.
    mutating func settle() throws {
        let begin = ContinuousClock.now
        var hasStarted = false
        while ContinuousClock.now < begin + Self.patience {
            try startAfterCrash()
            // It was started while a disk was full or the inbox away; whoever put that right starts it again.
            try victim.start()
            if ending != nil { return }
            let violations = try oracle().violations
            if violations.isEmpty, try victim.setAside() == poisoned { return }
            if !hasStarted, ContinuousClock.now > begin + Self.rest, endWithAStart(violations) {
                hasStarted = true
                try startAfterElevenMinutes()
            }
            usleep(10_000)
        }
        let aside = try victim.setAside()
        if aside != poisoned { ending = "set aside are \(aside.sorted()), poisoned \(poisoned.sorted())" }
    }

    func oracle() throws -> Oracle {
        try Oracle(
            expected, outbox: outbox, inbox: inbox, archive: state.appending("archive"), people: [review, labelled])
    }

    /// Pictures without their end, found by a start, are given ten minutes: their writers might go on. What could not get its
    /// name back gets it at the next start.
    private func endWithAStart(_ violations: Set<Oracle.Violation>) -> Bool {
        let isOneStranded = violations.contains { if case .stranded = $0 { true } else { false } }
        for violation in violations {
            switch violation {
            case .lost(let arrival) where isGivenTime(arrival.name): continue
            // It makes way when the newer one has its verdict.
            case .misplaced(let path) where path.hasSuffix(".json") && isGivenTime(String(path.dropLast(5))): continue
            case .stranded: continue
            // Under the hidden name it is neither in the inbox nor in the archive yet.
            case .vanished where isOneStranded: continue
            default: return false
            }
        }
        return true
    }

    private func isGivenTime(_ name: String) -> Bool {
        machine != nil && expected.final[name]?.kind == .truncated
    }

    private mutating func startAfterElevenMinutes() throws {
        story.append("eleven minutes pass, and a new start")
        machine?.setClockForward(minutes: 11)
        victim.kill()
        try victim.start()
    }
}
