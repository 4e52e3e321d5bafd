// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FundusImage
import ModelStore
import Testing
import Verdict

/// Who decides whether a picture may be judged: the network where it has learned to, else what is measured.
@Suite struct GradabilityTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let picture: RGBPicture
        /// Of a network that has the output; nil for one that has not.
        let probability: Double?
        let outcome: Verdict.Outcome
        let codes: [String]
        var testDescription: String { name }
    }

    private static let eye = SyntheticEye(seed: 3).picture

    static let cases = [
        Case(name: "a good eye, no output", picture: eye, probability: nil, outcome: .normal, codes: []),
        Case(
            name: "a blurred eye, no output", picture: SyntheticPictures.blurred(), probability: nil,
            outcome: .ungradable,
            codes: ["blurred"]),
        Case(name: "a good eye, the network agrees", picture: eye, probability: 0.9, outcome: .normal, codes: []),
        Case(name: "at the threshold", picture: eye, probability: 0.5, outcome: .normal, codes: []),
        Case(
            name: "below it, though nothing can be measured", picture: eye, probability: 0.49, outcome: .ungradable,
            codes: ["poor-quality"]),
        Case(
            name: "below it, and the measure says why", picture: SyntheticPictures.blurred(), probability: 0.1,
            outcome: .ungradable, codes: ["blurred"]),
        Case(
            name: "a measure alone refuses nothing", picture: SyntheticPictures.blurred(), probability: 0.8,
            outcome: .normal, codes: []),
    ]

    @Test(arguments: cases) func `the network decides and the measures say why`(_ example: Case) throws {
        var model = ConstantModel()
        model.gradable = example.probability
        model.gradabilityThreshold = example.probability.map { _ in 0.5 }
        let judge = Judge(
            model: model, operatingPoint: OperatingPoint(value: 0.5, source: .model), drawsHeatmaps: true)
        let bytes = try JPEGEncoder.encode(example.picture, quality: 95)
        let judgement = try judge.judge(ImageContent(sha256: "", byteCount: bytes.count, bytes: bytes))
        #expect(judgement.outcome == example.outcome)
        #expect(judgement.reasons.map(\.code) == example.codes)
        #expect(judgement.quality?.findings.map(\.code) == example.codes)
        let isJudged = example.outcome != .ungradable
        #expect((judgement.probability != nil) == isJudged && (judgement.heatmap != nil) == isJudged)
        #expect((judgement.picture != nil) == isJudged, "what gets no verdict is shown to no challenger")
        if let probability = example.probability { #expect(judgement.quality?.score == probability) }
    }
}
