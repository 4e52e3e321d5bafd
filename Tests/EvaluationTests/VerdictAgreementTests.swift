// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Evaluation

@Suite struct VerdictAgreementTests {
    private func agreement(_ cells: [(champion: Double, challenger: Double, times: Int)]) -> VerdictAgreement {
        var agreement = VerdictAgreement()
        for cell in cells {
            for _ in 0..<cell.times {
                agreement.count(champion: (cell.champion, 0.5), challenger: (cell.challenger, 0.25))
            }
        }
        return agreement
    }

    /// Cohen's own definition, by hand: 20 + 15 of 50 agree, 0.5 · 0.6 + 0.5 · 0.4 by chance: (0.7 − 0.5) / 0.5.
    @Test func `kappa is what agreement beyond chance is of what is possible`() throws {
        let seen = agreement([(0.5, 0.25, 20), (0.9, 0.2, 5), (0.1, 0.9, 10), (0.49, 0.24, 15)])
        #expect(seen.bothDisease == 20 && seen.championOnly == 5 && seen.challengerOnly == 10)
        #expect(seen.bothNormal == 15 && seen.images == 50)
        #expect(seen.agreeing == Proportion(35, of: 50))
        #expect(abs(try #require(seen.kappa) - 0.4) < 1e-12)
        let mean = (-0.25 * 20 - 0.7 * 5 + 0.8 * 10 - 0.25 * 15) / 50
        #expect(abs(try #require(seen.meanDifference) - mean) < 1e-12)
    }

    @Test(arguments: [([], nil), ([(0.9, 0.9, 7)], nil), ([(0.9, 0.9, 1), (0.1, 0.1, 1)], 1)])
    func `it is none where both are certain, or nothing was seen`(
        cells: [(Double, Double, Int)], kappa: Double?
    ) {
        #expect(agreement(cells.map { (champion: $0.0, challenger: $0.1, times: $0.2) }).kappa == kappa)
    }
}
