// SPDX-License-Identifier: Apache-2.0
// What comes in: a target's name, and libFuzzer's own arguments: folders with corpora, -max_total_time=60 and the like.
// What goes out: libFuzzer's lines on standard error; `seeds FOLDER` writes a corpus to begin with instead.
// Called by Tests/Fuzz/fuzz (`make fuzz`); built only where FUNDUSD_FUZZ is set; never installed.

internal import CFuzzer
internal import FoundationEssentials
internal import Glibc
internal import LinuxIO
internal import SystemPackage

private func usage() -> FuzzTarget {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")
    let usage = "usage: fundusd-fuzz \(names) seeds FOLDER | [libFuzzer's arguments]\n"
    _ = usage.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    exit(64)
}

let arguments = CommandLine.arguments
let target = FuzzTarget(rawValue: arguments.dropFirst().first ?? "") ?? usage()

if arguments.dropFirst(2).first == "seeds" {
    guard arguments.count == 4 else { exit(64) }
    for (number, seed) in try target.seeds().enumerated() {
        try AtomicFile.write(seed, to: FilePath(arguments[3]).appending("seed-\(number)"))
    }
    exit(0)
}

// The driver takes the program's name and its own arguments; a C function can't capture, so the target is a global.
var count = CommandLine.argc - 1
var rest: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
exit(
    LLVMFuzzerRunDriver(&count, &rest) { bytes, count in
        target.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
    })
