// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
import SystemPackage
import Testing

/// A challenger looks on in a running daemon, and `fundusd model compare` tells what it saw.
@Suite struct CompareModelsTests {
    private static let narrow = PackageRoot.path.pushing("Tests/ModelStoreTests/Golden/checkpoints/narrow.pth").string

    private struct Comparison: Decodable {
        struct Party: Decodable {
            let id: String
            let threshold: Double
        }
        struct Disagreement: Decodable {
            let name: String
            let champion: Double
            let challenger: Double
        }
        let champion: Party
        let challenger: Party
        let images: Int
        let bothDisease: Int
        let championOnly: Int
        let challengerOnly: Int
        let bothNormal: Int
        let disagreements: [Disagreement]
    }

    private func comparison(_ site: ScreeningSite, _ options: String...) throws -> Comparison {
        let arguments = ["model", "compare", "--json", "--config", "config.yaml"] + options
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Comparison.self, from: Data(site.runBare(arguments).output.utf8))
    }

    private func twoModels(_ configuration: String) throws -> (site: ScreeningSite, first: String, second: String) {
        let site = try ScreeningSite(model: .copied, configuration: configuration)
        let first = try #require(try site.status().model)
        let second = try #require(
            try site.run("model", "import", "--positive-class", "normal", Self.narrow).lines.first)
        #expect(try site.run("model", "challenge", second).lines == ["\(second) is the challenger."])
        return (site, first, second)
    }

    /// P(disease) of each eye by a model, alone.
    private func alone(_ model: String, _ site: ScreeningSite) throws -> [Double] {
        for (number, eye) in Eyes.all.enumerated() { try site.write(eye, to: "alone-\(number).jpg") }
        let names = Eyes.all.indices.map { "alone-\($0).jpg" }
        let arguments = ["classify", "--model", model, "--config", "config.yaml"] + names
        return try site.runBare(arguments).verdicts().compactMap(\.probability)
    }

    @Test func `the challenger looks at each image, gives no verdict, and is what it is alone`() throws {
        let (site, first, second) = try twoModels("shadow: true")
        let daemon = try site.watch()
        for (number, eye) in Eyes.all.enumerated() { try site.write(eye, to: "inbox/eye-\(number).jpg") }
        try site.write(Eyes.tooDark, to: "inbox/dark.jpg")
        try site.waitForVerdicts(4)
        try daemon.waitForLine("The challenger \(second) looks on from now on")
        try FolderWait.until("three scores", in: site.path("state")) { try comparison(site).images == 3 }
        #expect(try site.verdictNames().count == 4)
        #expect(try site.publishedVerdict(of: "eye-0.jpg").model.id == first)

        let (champion, challenger) = (try alone(first, site), try alone(second, site))
        // Between the two, so that each image is a disagreement.
        let lower = try #require(zip(champion, challenger).map { min($0, $1) }.max())
        let upper = try #require(zip(champion, challenger).map { max($0, $1) }.min())
        try #require(lower < upper, "the tests' models are too alike: \(champion) \(challenger)")
        let found = try comparison(site, "--threshold", "\((lower + upper) / 2)")
        #expect(found.champion.id == first && found.challenger.id == second)
        #expect(found.championOnly + found.challengerOnly == 3 && found.bothDisease + found.bothNormal == 0)
        let sorted = found.disagreements.sorted { $0.name < $1.name }
        // `classify` gives six decimals.
        #expect(zip(sorted.map(\.champion), champion).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(zip(sorted.map(\.challenger), challenger).allSatisfy { abs($0 - $1) < 1e-6 })

        let text = try site.run("model", "compare", "--threshold", "\((lower + upper) / 2)", "--limit", "1")
        #expect(text.lines.last == "… and 2 more; see --limit and --json")
        #expect(try daemon.stop() == 0)
    }

    @Test func `it looks on only where it is asked to`() throws {
        let (site, _, second) = try twoModels("")
        let daemon = try site.watch()
        try site.write(Eyes.first, to: "inbox/before.jpg")
        _ = try site.verdict(of: "before.jpg")
        let empty = try site.run("model", "compare")
        #expect(empty.lines.first?.contains("No image was judged by both") == true)
        try site.configure("shadow: true")
        daemon.signal(SIGHUP)
        try daemon.waitForLine("The configuration was read again.")
        try site.write(Eyes.second, to: "inbox/after.jpg")
        try daemon.waitForLine("The challenger \(second) looks on")
        try FolderWait.until("a score", in: site.path("state")) { try comparison(site).images == 1 }
        #expect(try daemon.stop() == 0)
    }

    @Test func `a challenger that is no model is refused, and the images have their verdicts`() throws {
        let (site, _, second) = try twoModels("shadow: true")
        try site.write("damaged", to: "state/models/\(second)/model.json")
        let daemon = try site.watch()
        try site.write(Eyes.first, to: "inbox/one.jpg")
        try daemon.waitForLine("The challenger \(second) does not look on any longer")
        try site.write(Eyes.second, to: "inbox/two.jpg")
        _ = try site.verdict(of: "two.jpg")
        #expect(try daemon.stop() == 0)
    }
}
