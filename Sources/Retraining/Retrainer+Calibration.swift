// SPDX-License-Identifier: Apache-2.0
internal import FundusImage
internal import LabelledData
internal import LinuxIO
internal import ModelStore
internal import Supervision

extension Retrainer {
    /// A model that is about to judge, or to wait for a person's promotion, with what int8 makes of the people held out.
    ///
    /// Whatever goes wrong here costs speed only: the model is published without, and `precision: auto` stays in float32.
    ///
    /// - Parameter threshold: that it will judge by; nil for its own.
    func calibrated(_ model: NewModel, _ images: TrainingImages, at threshold: Double?) -> NewModel {
        var model = model
        var photographs = HoldoutPhotographs(images)
        do {
            let check = try model.calibrate(at: threshold ?? model.threshold.value) {
                preprocessing throws(ModelFailure) in try photographs.next(as: preprocessing)
            }
            reporter.say("Of the people held out: \(check.summary).")
        } catch {
            reporter.warn(
                "The challenger is not calibrated for int8, and precision: auto stays in floats: "
                    + "\(explanation(of: error))")
        }
        return model
    }
}

/// The pictures held out whose class is known, as calibration takes them.
private struct HoldoutPhotographs {
    private let images: TrainingImages
    private let examples: [TrainingImages.Example]
    private var place = 0

    init(_ images: TrainingImages) {
        self.images = images
        examples = images.judgedHoldout
    }

    /// Nil after the last; then they begin anew.
    ///
    /// - Throws: where a picture can't be read, or somebody asked the process to end: it takes a minute for each few
    ///   hundred pictures, and a promotion must not wait so long.
    mutating func next(as preprocessing: Preprocessing) throws(ModelFailure) -> (tensor: [Float], isDisease: Bool)? {
        guard place < examples.count else {
            place = 0
            return nil
        }
        if StopSignals.signal != nil {
            throw ModelFailure(
                .refused, "calibration", "was stopped on request",
                remedy: "calibrate it by hand: `fundusd model calibrate --holdout DIR`")
        }
        let example = examples[place]
        place += 1
        do {
            return (try images.input(example, preprocessing), example.label == .disease)
        } catch {
            throw ModelFailure(
                .inputOutput, "calibration", "can't read a picture again: \(explanation(of: error))",
                remedy: "see what is wrong with the disk")
        }
    }
}
