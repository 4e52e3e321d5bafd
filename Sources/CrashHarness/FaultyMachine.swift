// SPDX-License-Identifier: Apache-2.0
internal import CFaults
internal import Glibc
internal import LinuxIO
internal import SystemPackage

/// The faults of the machine that the program meets, changed while it runs.
///
/// The library `CFaults` is loaded into the program before all others and stands between it and the C library; both see
/// the same page of a file.
@safe final class FaultyMachine {
    enum Call: UInt32, CaseIterable, Sendable {
        case writing = 1
        case syncing = 2
        case naming = 4
        case opening = 8
        case reading = 16
    }

    /// What the program's environment needs beside its own.
    let environment: [String]
    private let page: UnsafeMutablePointer<faults>

    /// Nil where the library was not built.
    ///
    /// - Parameters:
    ///   - folder: The only files that are concerned are those below it.
    ///   - library: Beside this program.
    ///   - users: Whose daemon is to see them.
    init?(_ folder: FilePath, library: FilePath, users: Users?) throws(SystemFailure) {
        guard (try? Descriptor.open(library, O_RDONLY)) != nil else { return nil }
        let path = folder.appending("faults")
        try AtomicFile.write([UInt8](repeating: 0, count: MemoryLayout<faults>.size), to: path)
        try users?.giveFileToDaemon(path)
        let file = try Descriptor.open(path, O_RDWR)
        let memory = unsafe mmap(
            nil, MemoryLayout<faults>.size, PROT_READ | PROT_WRITE, MAP_SHARED, file.raw, 0)
        // SAFETY: the file has just this size, and the pages are zero, which every field may be.
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
            throw SystemFailure("mmap", path.string, .noMemory)
        }
        unsafe page = memory.bindMemory(to: faults.self, capacity: 1)
        environment = ["LD_PRELOAD=\(library)", "FAULTS=\(path)", "FAULTS_ROOT=\(folder)"]
    }

    deinit { unsafe munmap(page, MemoryLayout<faults>.size) }

    /// How often the program has changed a file.
    var changes: UInt64 { unsafe page.pointee.changes }

    /// Has SIGKILL come before the change after so many others, counted from now.
    func kill(afterChanges count: Int) { unsafe page.pointee.last_change = changes + UInt64(count) + 1 }

    /// Has such calls fail until `recover`.
    func fail(_ call: Call, _ error: Errno) {
        unsafe page.pointee.error = error.rawValue
        unsafe page.pointee.failing = call.rawValue
    }

    /// The next events of the inbox are lost, as when the kernel's queue is full.
    func loseEvents() { unsafe page.pointee.loses_events = 1 }

    func refuseWatches() { unsafe page.pointee.no_watches = 1 }

    func setClockForward(minutes: Int) { unsafe page.pointee.clock_offset = Int64(minutes) * 60_000_000_000 }

    func setClockBack(hours: Int) { unsafe page.pointee.clock_offset = Int64(hours) * -3_600_000_000_000 }

    /// All is well again; a kill that has not come does not come any more.
    func recover() {
        unsafe page.pointee.failing = 0
        unsafe page.pointee.last_change = 0
        unsafe page.pointee.loses_events = 0
        unsafe page.pointee.no_watches = 0
        unsafe page.pointee.clock_offset = 0
    }
}
