// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CrashHarness
internal import Fixtures
internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

struct CrashRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Plays seeded arrivals and crashes to the real fundusd, and looks for verdicts lost, doubled, torn or early."
    )
    @Option var runs = 50
    @Option(help: "Of the first run; each next one has the next number.") var seed: UInt64 = 1
    @Option(help: "Arrivals and faults of a run.") var steps = 25
    @Option(help: "The program; the one beside this one, if none is named.") var program: String?
    @Option(help: "Whom root runs the program as; files then come from yet another user. root: all are root's.")
    var user = "nobody"

    func run() throws {
        let models = TemporaryFolder()
        try SeededNetwork.writeModel(to: models.path)
        let users = try Users(daemon: user)
        print(users == nil ? "all are one user" : "the program runs as \(user), files come from another user")
        for after in After.allCases { try killBeforeEachChange(models.path, users, after) }
        var (verdicts, kills, troubles, crashes, retried, failed) = (0, 0, 0, 0, 0, 0)
        for seed in seed..<seed + UInt64(runs) {
            var run = try CrashRun(seed: seed, program: try victim(), models: models.path, users: users)
            try run.play(steps: steps)
            verdicts += run.verdicts
            kills += run.kills
            troubles += run.troubles
            crashes += run.crashes
            retried += run.retried
            guard run.isGood else {
                failed += 1
                tell(run)
                continue
            }
        }
        print("\(runs) runs from seed \(seed), \(steps) steps each, \(failed) failed:")
        print(
            """
            \(verdicts) verdicts, \(kills) kills, \(troubles) troubles of the machine, \(crashes) crashes by poisoned \
            pictures, \(retried) of them tried again
            """
        )
        if failed > 0 { throw ExitCode.failure }
    }

    private func killBeforeEachChange(_ models: FilePath, _ users: Users?, _ after: After) throws {
        let way = PublicationSteps(program: try victim(), models: models, users: users, after: after)
        guard let steps = try way.play() else {
            return print("libfundusd-faults.so is not beside the program: nothing stands between it and its machine")
        }
        print("after: \(after): killed before each of the \(steps.changes) changes of one image's way")
        let failed = steps.violations.enumerated().filter { !$0.element.isEmpty }
        for (change, violations) in failed { print("  change \(change + 1): \(violations)") }
        if !failed.isEmpty { throw ExitCode.failure }
    }

    private func tell(_ run: CrashRun) {
        print("seed \(run.seed): \(run.ending ?? "") \(run.violations)")
        print("  " + run.story.joined(separator: "\n  "))
        print(run.log)
    }

    private func victim() throws -> FilePath {
        if let program { return FilePath(program) }
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return FilePath(own).removingLastComponent().appending("fundusd")
    }
}
