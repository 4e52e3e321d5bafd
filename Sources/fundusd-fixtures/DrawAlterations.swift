// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Fixtures
internal import LinuxIO
internal import SystemPackage

/// docs/pictures/alterations.jpg.
struct DrawAlterations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alterations-sheet",
        abstract: "Draws an eye in every way that training alters and damages pictures.")
    @Argument var path: String

    func run() throws { try AtomicFile.write(AlterationSheet.jpeg, to: FilePath(path)) }
}
