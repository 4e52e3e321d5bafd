// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import Ledger
internal import LinuxIO
package import Retraining
internal import Review
package import Settings

extension Settings {
    /// What the ledger tells a retraining of the pictures that people were given.
    ///
    /// - Throws: a `Refusal`.
    package func reviewedTraining() throws -> ReviewedTraining {
        guard let ledger = try ledgerReader() else { return ReviewedTraining() }
        do {
            let figures = try ServicePerformance(ledger).models.map { ($0.name, InServiceFigures($0.part.figures())) }
            return ReviewedTraining(
                isDrawnByChance: try ledger.reasonsOfLabelled().mapValues(\.isUnbiased),
                inService: Dictionary(uniqueKeysWithValues: figures).compactMapValues(\.self))
        } catch {
            throw Refusal(.inputOutput, "\(ledgerPath): what people answered can't be read: \(explanation(of: error))")
        }
    }

    /// What the program is worth here; nil where nothing was ever screened.
    ///
    /// - Throws: a `Refusal`.
    package func servicePerformance() throws -> ServicePerformance? {
        guard let ledger = try ledgerReader() else { return nil }
        do {
            return try ServicePerformance(ledger)
        } catch {
            throw Refusal(.inputOutput, "\(ledgerPath): the answers can't be read: \(explanation(of: error))")
        }
    }
}
