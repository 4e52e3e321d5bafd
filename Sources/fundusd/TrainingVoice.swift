// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import LinuxIO
internal import Logging
internal import ModelStore
internal import Retraining
internal import Supervision
internal import Training

/// Tells how a training goes: a bar on a terminal, one line an epoch in any case.
struct TrainingVoice {
    let logger: Logger

    func say(_ message: String) { logger.notice("\(message)") }

    /// What is due of the progress, where no bar shows it: an epoch may take an hour.
    func say(_ progress: String?, before words: String) {
        if let progress, !StandardError.isTerminal { say(words + progress) }
    }

    func warn(_ message: String) { logger.warning("\(message)") }

    /// Runs a training and tells of it.
    ///
    /// - Throws: a `Refusal` where it can't go on.
    func follow(_ run: consuming TrainingRun) throws -> TrainingRun.Outcome {
        var bar = ProgressBar(total: run.total, done: run.done, isShown: StandardError.isTerminal)
        var lines = ProgressLines(total: run.total, done: run.done)
        do {
            return try run.train(
                shouldStop: { StopSignals.signal != nil },
                tell: { news in
                    switch news {
                    case .step(let images, let loss):
                        bar.advance(by: images, remark: "loss \(loss.rounded3)")
                        say(lines.advance(by: images, remark: "loss \(loss.rounded3)"), before: "Trained on ")
                    case .epoch(let epoch, let count):
                        bar.interrupt()
                        say(Self.sentence(epoch, of: count))
                    case .checkpoint: break
                    }
                })
        } catch let fault as TrainingFault {
            bar.interrupt()
            throw Refusal(.dataError, fault.description)
        } catch let failure as ModelFailure {
            bar.interrupt()
            throw Refusal(failure.exitStatus, failure.description + Self.goesOn)
        } catch let failure as SystemFailure {
            bar.interrupt()
            throw Refusal(.inputOutput, failure.description + Self.goesOn)
        }
    }

    private static let goesOn = ". The last checkpoint is whole, and is gone on with the next time."

    private static func sentence(_ epoch: TrainingHistory.Epoch, of count: Int) -> String {
        var parts = ["loss \(epoch.trainLoss.rounded3)"]
        if let loss = epoch.validationLoss { parts.append("\(loss.rounded3) on the validation share") }
        if let loss = epoch.holdoutLoss { parts.append("\(loss.rounded3) on the hold-out") }
        if let area = epoch.holdoutAUC { parts.append("AUC there \(area.rounded3)") }
        if let seconds = epoch.seconds { parts.append("\(Int(seconds.rounded())) s") }
        return "Epoch \(epoch.epoch) of \(count): \(parts.joined(separator: ", "))."
    }
}
