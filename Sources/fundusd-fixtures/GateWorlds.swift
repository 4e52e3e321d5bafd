// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Evaluation
internal import Fixtures

/// The table of docs/retraining.md: how often the gate passes a challenger whose true worth is known.
struct GateWorlds: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulates hold-outs and prints how often the promotion gate passes, as a table.",
        discussion: "Worlds are seeded by number: the same options print the same table.")
    @Option var worlds = 200
    @Option var replicates = 2000
    @Option(help: "The champion's AUC.") var area = 0.75
    @Option(help: "Correlation of the two models' errors on one image.") var correlation = 0.6
    @Option var imagesPerPerson = 2
    @Option(help: "People below which the gate refuses.") var minimumPeople = PromotionGate.Rules().minimumPeople
    @Option(parsing: .upToNextOption) var images = [100, 150, 300, 600, 1200]
    @Option(help: "The loss that must be ruled out.") var largestLoss = PromotionGate.Rules().largestLoss

    func validate() throws {
        guard imagesPerPerson > 0 else { throw ValidationError("--images-per-person takes 1 or more.") }
    }

    func run() throws {
        print("| images | challenger | passes | refused by |")
        print("| --- | --- | --- | --- |")
        for images in images {
            for challenger in SimulatedWorld.Challenger.allCases { row(images, challenger) }
        }
    }

    private func row(_ images: Int, _ challenger: SimulatedWorld.Challenger) {
        var world = SimulatedWorld(images: images)
        world.area = area
        world.correlation = correlation
        world.imagesPerPerson = imagesPerPerson
        var rules = PromotionGate.Rules()
        rules.replicates = replicates
        rules.largestLoss = largestLoss
        rules.minimumPeople = minimumPeople
        let decisions = SimulatedDecisions(
            world, challenger, worlds: worlds, seed: 1_000_000, gate: PromotionGate(rules))
        guard let decisions else { return }
        let failures = GateCondition.Name.allCases.compactMap { name in
            decisions.failures[name].map { "\(name.rawValue) \($0)" }
        }
        print(
            "| \(images) | \(challenger.rawValue) | \(decisions.passed) of \(decisions.worlds) | "
                + "\(failures.joined(separator: ", ")) |")
    }
}
