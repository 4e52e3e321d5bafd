// SPDX-License-Identifier: Apache-2.0
internal import Fixtures
internal import Glibc
internal import LinuxIO
internal import SystemPackage

/// What is done to the program and its machine.
extension CrashRun {
    mutating func killAndStart() {
        story.append("kill -9")
        kills += 1
        victim.kill()
        usleep(useconds_t(chance(10_000)))
        do {
            try changeAfter()
            try victim.start()
        } catch {
            ending = "it can't be started: \(error)"
        }
    }

    /// Things happen while it stands, and it is killed in that state now and then.
    mutating func standStill() throws {
        story.append("SIGSTOP")
        victim.stand()
        for _ in 0..<3 { try drop(newName(), renamed: chance(2) == 0) }
        if chance(3) == 0 { killAndStart() }
        story.append("SIGCONT")
        victim.goOn()
    }

    /// Full, or read-only, for a while in which things happen.
    mutating func troubleDisk() throws {
        guard !disks.isEmpty else { return }
        let disk = disks[chance(disks.count)]
        let isFull = chance(2) == 0
        story.append(isFull ? "disk full" : "disk read-only")
        troubles += 1
        if isFull { try disk.fill() } else { disk.forbidWriting() }
        for _ in 0..<3 { try drop(newName(), renamed: chance(2) == 0) }
        if chance(3) == 0 { killAndStart() }
        usleep(useconds_t(chance(30_000)))
        if isFull { disk.free() } else { disk.allowWriting() }
        story.append("disk well again")
    }

    /// As an unmounted share; it comes back with more in it.
    mutating func takeInboxAway() throws {
        if share != nil { return try remount() }
        guard slow == nil else { return }
        story.append("inbox away")
        let away = folder.path.appending("away")
        try AtomicFile.rename(inbox, to: away)
        usleep(useconds_t(chance(30_000)))
        if chance(2) == 0 {
            let (name, specimen) = (newName(), specimen())
            holds(name, specimen)
            try put(specimen, away.appending(name))
        }
        try AtomicFile.rename(away, to: inbox)
        story.append("inbox back")
    }

    /// As a share that the network lost; it comes back with more in it.
    mutating func remount() throws {
        guard slow == nil, let share else { return }
        story.append("inbox unmounted")
        share.unmount()
        usleep(useconds_t(chance(30_000)))
        if chance(2) == 0 {
            let (name, specimen) = (newName(), specimen())
            holds(name, specimen)
            try put(specimen, share.behind.appending(name))
        }
        share.mount()
        story.append("inbox mounted")
    }

    /// Killed before one certain change of a file: each step of a publication has its turn.
    mutating func killBeforeChange() throws {
        guard let machine else { return }
        let count = chance(60)
        story.append("kill -9 after \(count) changes")
        machine.kill(afterChanges: count)
        for _ in 0..<3 { try drop(newName(), renamed: chance(2) == 0) }
        usleep(useconds_t(chance(200_000)))
        machine.recover()
        killAndStart()
    }

    /// Calls fail for a while: a broken disk, rights that were taken away.
    mutating func failCalls() throws {
        guard let machine else { return }
        let call = FaultyMachine.Call.allCases[chance(FaultyMachine.Call.allCases.count)]
        let error: Errno = [.naming, .opening].contains(call) && chance(2) == 0 ? .permissionDenied : .ioError
        story.append("\(call) fails: \(error)")
        troubles += 1
        machine.fail(call, error)
        for _ in 0..<3 { try drop(newName(), renamed: chance(2) == 0) }
        if chance(3) == 0 { killAndStart() }
        usleep(useconds_t(chance(50_000)))
        machine.recover()
        story.append("calls do well again")
    }

    mutating func loseEvents() throws {
        guard let machine else { return }
        story.append("events are lost")
        machine.loseEvents()
        for _ in 0..<5 { try drop(newName(), renamed: chance(2) == 0) }
    }

    /// A start that gets no watch.
    mutating func useUpWatches() throws {
        guard let machine else { return }
        story.append("no watches are left")
        machine.refuseWatches()
        killAndStart()
        for _ in 0..<3 { try drop(newName(), renamed: chance(2) == 0) }
        usleep(useconds_t(chance(100_000)))
        machine.recover()
    }

    mutating func setClockBack() throws {
        guard let machine else { return }
        let hours = 1 + chance(48)
        story.append("clock \(hours) h back")
        machine.setClockBack(hours: hours)
        for _ in 0..<3 { try drop(newName(), renamed: chance(2) == 0) }
        if chance(3) == 0 { killAndStart() }
        usleep(useconds_t(chance(100_000)))
        machine.recover()
        story.append("clock right again")
    }

    /// A start with too little memory, which the kernel ends when it likes.
    mutating func runOutOfMemory() throws {
        guard let cage = MemoryCage(megabytes: 8 + chance(56)) else { return }
        story.append("little memory")
        killAndStart()
        victim.enter(cage)
        for _ in 0..<3 { try drop(newName(), renamed: chance(2) == 0) }
        usleep(useconds_t(chance(300_000)))
        killAndStart()
        story.append("enough memory")
    }
}
