// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Report
import ResNet

extension EvaluationReport {
    static let exampleModel = Model(
        id: "20261124-3f9c2a", sha256: "aa", trainedAt: nil, recipe: "a recipe", outputClass: "normal")

    static func exampleQuestion(threshold: Double = 0.5, folder: String = "validation") -> Question {
        Question(
            folder: folder, figures: .init(threshold: threshold, bootstrapReplicates: 40),
            thresholdOrigin: "the model's own threshold", seed: 7, date: "2026-11-24T20:00:00.000Z",
            softwareVersion: "0.1.0")
    }

    /// A report on seeded scores: two subfolders, two sources, people with two images each, one ungradable image.
    static func example(
        count: Int = 60, skipped: [Skipped] = [Skipped(path: "disease/bad.jpg", reason: "truncated: it ends early")]
    ) throws -> EvaluationReport {
        var generator = SplitMix64(seed: 11)
        let images = (0..<count).map { number -> Image in
            let isDisease = number % 2 == 0
            let noise = Double(generator.nextUnit())
            return Image(
                path: "\(isDisease ? "disease" : "normal")/camera \(number % 3)/\(number).jpg", isDisease: isDisease,
                probability: isDisease ? 0.2 + 0.8 * noise : 0.8 * noise, findings: number == 5 ? ["blurred"] : [],
                sha256: "\(number)", subfolder: "camera \(number % 3)", group: "person \(number / 4)",
                source: number % 4 < 2 ? "here" : "there")
        }
        return try report(images, skipped: skipped)
    }

    static func report(
        _ images: [Image], skipped: [Skipped] = [], question: Question = exampleQuestion()
    ) throws -> EvaluationReport {
        var generator = SplitMix64(seed: 7)
        return try EvaluationReport(
            question, model: exampleModel, images: images, skipped: skipped,
            unread: [.init(kind: "a TIFF picture", count: 2, first: ["disease/<a>.tif"])], using: &generator)
    }

    static func image(_ path: String, _ probability: Double) -> Image {
        Image(
            path: path, isDisease: path.hasPrefix("disease"), probability: probability, findings: [], sha256: path)
    }
}
