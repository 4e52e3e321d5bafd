// SPDX-License-Identifier: Apache-2.0
internal import Fixtures
internal import FoundationEssentials
internal import Glibc
internal import LinuxIO
package import SystemPackage

/// One seeded history of arrivals and faults, played to the real program, and what the oracle says of its end.
package struct CrashRun {
    package let seed: UInt64
    /// What was done, in order.
    package internal(set) var story: [String] = []
    package private(set) var violations: Set<Oracle.Violation> = []
    package private(set) var verdicts = 0
    package internal(set) var kills = 0
    /// Disks that were full or read-only for a while, calls that failed, clocks that went wrong.
    package internal(set) var troubles = 0
    /// How often a poisoned picture ended it.
    package private(set) var crashes = 0
    /// Set where the program ended by itself, or did not end well when asked to.
    package internal(set) var ending: String?

    package var isGood: Bool { violations.isEmpty && ending == nil }

    let folder = TemporaryFolder()
    let victim: Victim
    private var generator: SeededGenerator
    var expected = Deliveries()
    var names: [String] = []
    private var specimens = 0
    /// A file that somebody still writes: what is left of it.
    private(set) var slow: SlowFile?
    /// The outbox's and the state's; none where this process may not mount.
    let disks: [SmallDisk]
    /// The inbox as a share that can be unmounted, in every second run; nil too where this process may not mount.
    let share: Share?
    let machine: FaultyMachine?
    let users: Users?
    private var after: After

    /// Where files come in: the share's own side, from where they can be renamed into it.
    private var door: FilePath { share?.behind ?? inbox }
    var inbox: FilePath { folder.path.appending("inbox") }
    var outbox: FilePath { folder.path.appending("outbox") }
    var state: FilePath { folder.path.appending("state") }
    private var staging: FilePath { folder.path.appending("staging") }

    /// What it may end with when it can't work: it can't make a file, input/output error, configuration.
    private static let refusals: Set<Int32> = [73, 74, 78]
    /// 128 and SIGSEGV: what a poisoned picture does.
    private static let poisoned: Int32 = 139
    /// Images that were set aside and tried again, each time: one more crash for each.
    package private(set) var retried = 0

    /// - Parameters:
    ///   - models: a state folder whose champion judges; it is copied.
    ///   - users: nil where all are this process's own.
    ///   - after: of the first start; by the seed, if none is given.
    package init(seed: UInt64, program: FilePath, models: FilePath, users: Users?, after: After? = nil) throws {
        self.seed = seed
        self.users = users
        self.after = after ?? After.allCases[Int(seed % UInt64(After.allCases.count))]
        generator = SeededGenerator(seed: seed)
        let work = folder.path
        for name in ["inbox", "outbox", "staging", "state", "review", "labelled"] {
            try AtomicFile.makeFolder(work.appending(name))
        }
        for name in Self.classes { try AtomicFile.makeFolder(work.pushing("labelled").appending(name)) }
        disks = ["outbox", "state"].compactMap { [folder] in SmallDisk($0, in: folder, megabytes: 24) }
        try FileManager.default.copyItem(
            atPath: models.appending("models").string, toPath: work.pushing("state/models").string)
        share = seed % 2 == 1 ? nil : Share(inbox: work.appending("inbox"), in: folder)
        machine = try FaultyMachine(
            work, library: program.removingLastComponent().appending("libfundusd-faults.so"), users: users)
        victim = Victim(
            program, work: work, log: work.appending("log"), environment: machine?.environment ?? [], users: users)
        try configure(self.after)
        if let users { try shareOut(among: users) }
    }

    private func shareOut(among users: Users) throws(SystemFailure) {
        try Users.open(folder.path)
        try users.share(inbox)
        try users.giveToSender(staging)
        for folder in [review, labelled] + Self.classes.map(labelled.appending) { try users.share(folder) }
        try users.giveToDaemon(outbox)
        try users.giveToDaemon(state)
    }

    /// For the next start.
    private mutating func configure(_ after: After) throws(SystemFailure) {
        let settings = """
            recursive: true
            threads: 1
            workers: 2
            settle-seconds: 0.1
            rescan-seconds: 1
            after: \(after.rawValue)
            labelled: \(labelled)
            exams: true
            \(Self.everybodyIsAsked)

            """
        try AtomicFile.writeForAll(Array(settings.utf8), to: folder.path.appending("config.yaml"))
        self.after = after
        expected.afters.insert(after)
    }

    /// In every third start.
    mutating func changeAfter() throws(SystemFailure) {
        guard chance(3) == 0 else { return }
        try configure(After.allCases[chance(After.allCases.count)])
        story.append("after: \(after)")
    }

    /// Plays it all, and compares.
    package mutating func play(steps: Int) throws {
        try victim.start()
        for _ in 0..<steps {
            try startAfterCrash()
            try step()
            usleep(useconds_t(chance(20_000)))
        }
        try finishSlow()
        machine?.recover()
        victim.goOn()
        try victim.start()
        try settle()
        if chance(2) == 0 { try retry() }
        let status = victim.stop()
        // 128 and SIGTERM: it had nothing to do any more before it began to listen.
        if ending == nil, ![0, 128 + SIGTERM].contains(status) { ending = "exit status \(status) after SIGTERM" }
        let oracle = try oracle()
        (violations, verdicts) = (oracle.violations, oracle.verdicts)
    }

    /// What the program said.
    package var log: String {
        let bytes = try? Descriptor.open(folder.path.appending("log"), O_RDONLY).read(upTo: 1 << 20)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    var poisoned: Set<String> { Set(expected.final.filter { $0.value.kind == .poison }.map(\.key)) }

    /// A crash is right where a poisoned picture was: the service manager starts it again.
    mutating func startAfterCrash() throws {
        guard let status = victim.ending(), !Self.refusals.contains(status) else { return }
        crashes += 1
        let poisons = Set(expected.whole.values.filter { $0.kind == .poison }.map(\.sha256)).count
        // Twice for each, once more when it is tried again, and for each start that could not write down what it found.
        guard status == Self.poisoned, poisons > 0, crashes <= 2 * poisons + retried + troubles else {
            ending = "it ended by itself, with status \(status), \(crashes) times for \(poisons) poisoned pictures"
            return
        }
        story.append("it crashed")
        try victim.start()
    }

    mutating func chance(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }
}

extension CrashRun {
    private mutating func step() throws {
        switch chance(35) {
        case 0...3: try drop(newName(), renamed: true)
        case 4...6: try drop(newName(), renamed: false)
        case 7: try drop(oldName(), renamed: true)
        case 8: try drop(oldName(), renamed: false)
        case 9: try rename()
        case 10: try remove()
        case 11: try writeSlowly()
        case 12: try twins()
        case 13: try moveFolderIn()
        case 14...16: killAndStart()
        case 17: try standStill()
        case 18: try takeInboxAway()
        case 19, 20: try troubleDisk()
        case 21: try remount()
        case 22, 23, 24: try killBeforeChange()
        case 25, 26: try failCalls()
        case 27: try loseEvents()
        case 28: try useUpWatches()
        case 29: try setClockBack()
        case 30: try runOutOfMemory()
        case 31: try poison()
        case 32, 33: try answer()
        default: try burst()
        }
    }

    mutating func specimen() -> Specimen {
        specimens += 1
        let kinds: [Specimen.Kind] = [.eye, .eye, .eye, .eye, .dark, .truncated, .text]
        return Specimen(kinds[chance(kinds.count)], number: specimens + Int(seed % 1000) * 1000)
    }

    private mutating func oldName() -> String {
        let free = names.filter { expected.final[$0] != nil }
        return free.isEmpty ? newName() : free[chance(free.count)]
    }

    /// A picture that ends whatever decodes it.
    private mutating func poison() throws {
        guard machine != nil else { return }
        specimens += 1
        let (name, specimen) = (newName(), Specimen(.poison, number: specimens + Int(seed % 1000) * 1000))
        story.append("poison \(name)")
        holds(name, specimen)
        try put(specimen, door.appending(name))
    }

    /// As an administrator tries what was set aside again, beside the daemon: it ends it once more, and no verdict changes.
    private mutating func retry() throws {
        let images = try victim.setAside()
        guard ending == nil, !images.isEmpty else { return }
        story.append("retry of \(images.sorted().joined(separator: ", "))")
        retried += images.count
        try victim.retry()
        if chance(2) == 0 { killAndStart() }
        try settle()
    }

    mutating func holds(_ name: String, _ specimen: Specimen) {
        if !names.contains(name) { names.append(name) }
        expected.final[name] = specimen
        expected.whole[.init(name, specimen.sha256)] = specimen
    }

    mutating func drop(_ name: String, renamed: Bool) throws {
        let specimen = specimen()
        story.append("\(renamed ? "mv" : "cp") \(specimen.kind) \(name)")
        if renamed {
            try put(specimen, staging.appending("file"))
            // From here on the daemon may see it.
            holds(name, specimen)
            try move(staging.appending("file"), to: door.pushing(FilePath(name)))
        } else {
            holds(name, specimen)
            try put(specimen, door.pushing(FilePath(name)))
        }
    }

    func move(_ source: FilePath, to path: FilePath) throws(SystemFailure) {
        users?.beSender()
        defer { users?.beRoot() }
        try AtomicFile.rename(source, to: path)
    }

    private func openAsSender(_ path: FilePath, _ flags: CInt) throws(SystemFailure) -> Descriptor {
        users?.beSender()
        defer { users?.beRoot() }
        return try Descriptor.open(path, O_WRONLY | O_CREAT | flags, mode: 0o644)
    }

    /// As `cp` does: cut to nothing, then written.
    func put(_ specimen: Specimen, _ path: FilePath) throws(SystemFailure) {
        let file = try openAsSender(path, O_TRUNC)
        let half = specimen.bytes.count / 2
        try file.write(Array(specimen.bytes.prefix(half)))
        try file.write(Array(specimen.bytes.dropFirst(half)))
    }

    private mutating func rename() throws {
        let old = oldName()
        guard let specimen = expected.final[old] else { return }
        let new = newName()
        story.append("mv \(old) \(new)")
        // Either may be judged from here on.
        holds(new, specimen)
        if try isMoved(door.pushing(FilePath(old)), to: door.pushing(FilePath(new))) {
            expected.final[old] = nil
        } else {
            story.append("it was cleared away")
            expected.final[new] = nil
        }
    }

    private func isMoved(_ source: FilePath, to path: FilePath) throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            try move(source, to: path)
            return true
        } catch let error where error.isGone {
            return false
        }
    }

    private mutating func remove() throws {
        let name = oldName()
        guard expected.final[name] != nil else { return }
        story.append("rm \(name)")
        expected.final[name] = nil
        if try !isRemoved(door.pushing(FilePath(name))) { story.append("it was cleared away") }
    }

    private func isRemoved(_ path: FilePath) throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            try removeAsSender(path)
            return true
        } catch let error where error.isGone {
            return false
        }
    }

    private func removeAsSender(_ path: FilePath) throws(SystemFailure) {
        users?.beSender()
        defer { users?.beRoot() }
        try AtomicFile.remove(path)
    }

    /// One piece more of a file that is open for writing; its first piece where there is none.
    private mutating func writeSlowly() throws {
        guard let writing = slow.take() else {
            let (name, specimen) = (newName(), slowSpecimen())
            story.append("open \(name)")
            let file = try openAsSender(door.pushing(FilePath(name)), O_EXCL)
            let first = specimen.bytes.count / 3
            try file.write(Array(specimen.bytes.prefix(first)))
            names.append(name)
            slow = SlowFile(name, specimen, file, written: first)
            return
        }
        try finish(writing)
    }

    /// Of another user's writer the program learns nothing at a start, and only a picture shows by itself that its end lacks.
    private mutating func slowSpecimen() -> Specimen {
        while true {
            let specimen = specimen()
            if users == nil || specimen.kind != .text { return specimen }
        }
    }

    private mutating func finishSlow() throws {
        if let writing = slow.take() { try finish(writing) }
    }

    /// The file is closed when the last one who knows it is done.
    private mutating func finish(_ writing: SlowFile) throws {
        story.append("close \(writing.name)")
        holds(writing.name, writing.specimen)
        try writing.file.write(Array(writing.specimen.bytes.dropFirst(writing.written)))
    }

    /// The same content under two names.
    private mutating func twins() throws {
        let specimen = specimen()
        for name in [newName(), newName(below: "twin-")] {
            story.append("twin \(name)")
            holds(name, specimen)
            try put(specimen, door.pushing(FilePath(name)))
        }
    }

    private mutating func moveFolderIn() throws {
        let ward = "ward-\(names.count)"
        story.append("mv folder \(ward)")
        // Of every fourth the daemon can take nothing away.
        try makeFolderAsSender(staging.appending(ward), permissions: chance(4) == 0 ? 0o750 : 0o770)
        for number in 0...chance(4) {
            let specimen = specimen()
            try put(specimen, staging.appending(ward).appending("\(number).jpg"))
            holds("\(ward)/\(number).jpg", specimen)
        }
        try move(staging.appending(ward), to: door.appending(ward))
    }

    private func makeFolderAsSender(_ path: FilePath, permissions: CInterop.Mode) throws(SystemFailure) {
        users?.beSender()
        defer { users?.beRoot() }
        try AtomicFile.makeFolder(path, permissions: permissions)
    }

    /// Many files at once, some of them gone again at once.
    private mutating func burst() throws {
        story.append("burst")
        for _ in 0..<20 { try drop(newName(), renamed: chance(2) == 0) }
        for _ in 0..<3 { try remove() }
    }
}

/// A file that somebody still writes.
final class SlowFile {
    let name: String
    let specimen: Specimen
    let file: Descriptor
    /// Bytes of the specimen that are in it.
    let written: Int

    init(_ name: String, _ specimen: Specimen, _ file: consuming Descriptor, written: Int) {
        self.name = name
        self.specimen = specimen
        self.file = file
        self.written = written
    }
}
