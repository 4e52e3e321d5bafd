// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import FundusImage
import Ledger
import ModelStore
import Settings
import SystemPackage
import Testing
import Verdict

@testable import Operations

/// What a challenger that looked on would have said otherwise.
@Suite struct ModelComparisonTests {
    private let site: ScreeningSite
    private let champion: String
    private let challenger: String

    init() throws {
        site = try ScreeningSite(model: .copied)
        let store = ModelStore(root: try site.settings().state)
        champion = try #require(try store.championID)
        challenger = try site.addModel()
        try store.keepChallenger(challenger)
    }

    private func comparison(at threshold: Double? = nil) throws -> ModelComparison {
        let options = threshold.map { [SettingKey.threshold: "\($0)"] } ?? [:]
        return try ModelComparison(
            of: ModelStore.challengerLink, beside: ModelStore.championLink, try site.settings(options))
    }

    /// P(disease) by champion and challenger, image by image.
    private func record(_ scores: [(champion: Double, challenger: Double)]) throws {
        let kept = try ShadowScores(at: try site.settings().shadowPath)
        for (number, score) in scores.enumerated() {
            let picture = JudgedPicture(
                name: ImageName(FilePath("eye-\(number).jpg")), sha256: "\(number)", model: champion,
                probability: score.champion,
                picture: RGBPicture(width: 1, height: 1, pixels: [0, 0, 0]), geometry: .squeeze)
            try kept.record(
                picture, by: challenger, score.challenger, at: Date(timeIntervalSince1970: Double(number)))
        }
    }

    @Test func `each image is counted by what both say, and those furthest apart are listed first`() throws {
        try record([(0.9, 0.8), (0.6, 0.4), (0.1, 0.9), (0.2, 0.1), (0.3, 0.7)])
        let found = try comparison(at: 0.5)
        #expect(found.champion.id == champion && found.challenger.id == challenger && found.images == 5)
        #expect(found.bothDisease == 1 && found.championOnly == 1 && found.challengerOnly == 2 && found.bothNormal == 1)
        #expect(found.disagreements.map(\.name) == ["eye-2.jpg", "eye-4.jpg", "eye-1.jpg"])
        #expect(found.first == "1970-01-01T00:00:00.000Z" && found.last == "1970-01-01T00:00:04.000Z")
        // A threshold that none reaches leaves nothing to disagree about.
        #expect(try comparison(at: 0.95).bothNormal == 5)
        let lines = found.text(limit: 1).split(separator: "\n")
        #expect(lines.count == 9 && lines[7].contains("P 0.100 → 0.900  eye-2.jpg"), "\(lines)")
        #expect(lines[8] == "… and 2 more; see --limit and --json")
        #expect(found.text(limit: 3).split(separator: "\n").count == 10)
    }

    @Test func `without images it says what lets the challenger look on`() throws {
        #expect(try comparison().text(limit: 20).contains("No image was judged by both"))
    }
}
