// SPDX-License-Identifier: Apache-2.0
internal import Evaluation
internal import LinuxIO
package import Logging
internal import ModelStore
internal import Supervision
internal import Training
internal import WrittenText

/// One line on a terminal that shows how far work has come.
package protocol ProgressDisplay {
    /// Whether somebody sees it; progress is told in lines otherwise.
    var isShown: Bool { get }

    mutating func advance(by count: Int, remark: String)

    /// Makes room for a line of text; the display comes back below it.
    mutating func interrupt()
}

/// Tells how a training goes: a bar on a terminal, one line an epoch in any case.
package struct TrainingReporter {
    package let logger: Logger
    /// Shows how far work has come, where somebody watches: of so many, so many done before this process.
    let makeDisplay: (_ total: Int, _ done: Int) -> any ProgressDisplay

    /// - Parameter makeDisplay: shows how far work has come: of so many, so many done before this process.
    package init(logger: Logger, makeDisplay: @escaping (_ total: Int, _ done: Int) -> any ProgressDisplay) {
        self.logger = logger
        self.makeDisplay = makeDisplay
    }

    func say(_ message: String) { logger.notice("\(message)") }

    /// What is due of the progress, where no bar shows it: an epoch may take an hour.
    func say(_ progress: String?, before words: String, unlessShownBy display: any ProgressDisplay) {
        if let progress, !display.isShown { say(words + progress) }
    }

    func warn(_ message: String) { logger.warning("\(message)") }

    /// Runs a training and tells of it.
    ///
    /// - Throws: a `Refusal` where it can't go on.
    func follow(_ run: consuming TrainingRun) throws -> TrainingRun.Outcome {
        var bar = makeDisplay(run.total, run.done)
        var lines = ProgressLines(total: run.total, done: run.done)
        do {
            return try run.train(
                shouldStop: { StopSignals.signal != nil },
                tell: { news in
                    switch news {
                    case .step(let images, let loss):
                        bar.advance(by: images, remark: "loss \(loss.rounded3)")
                        say(
                            lines.advance(by: images, remark: "loss \(loss.rounded3)"), before: "Trained on ",
                            unlessShownBy: bar)
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
