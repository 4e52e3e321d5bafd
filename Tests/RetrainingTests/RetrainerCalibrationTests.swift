// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import FundusImage
import LabelledData
import ModelStore
import ResNet
import Settings
import Testing
import Training

@testable import Retraining

/// What int8 makes of those held out, and that a promotion goes on where that can't be told.
@Suite struct RetrainerCalibrationTests {
    private static let side = 32
    private let site: ScreeningSite
    private let log = TrainingLog()

    init() throws { site = try ScreeningSite(model: .none) }

    private func calibrated(_ labels: [ImageLabel], at threshold: Double? = nil) throws -> NewModel {
        let layout = ResNet50Layout(baseWidth: SeededNetwork.narrowWidth, outputs: 1)
        var model = NewModel(parameters: SeededNetwork.parameters(layout: layout, seed: 1), positiveClass: .disease)
        var generator = SeededGenerator(seed: 5)
        model.preprocessing = Preprocessing(.squeeze, side: Self.side)
        model.threshold = .init(value: 0.25)
        var pictures = try PictureFile(in: site.path("."), width: Self.side, height: Self.side)
        var examples: [TrainingImages.Example] = []
        for (number, label) in labels.enumerated() {
            let pixels = (0..<3 * Self.side * Self.side).map { _ in UInt8(generator.next() >> 56) }
            let picture = try pictures.append(RGBPicture(width: Self.side, height: Self.side, pixels: pixels))
            examples.append(.init(picture: picture, label: label, group: number))
        }
        let settings = try site.settings()
        let data = try TrainingDataReader(
            settings, groups: nil, personPattern: nil, takesUngradable: false, minimumPerClass: 1, links: .refused)
        let retrainer = Retrainer(settings: settings, data: data, reporter: log.reporter)
        let images = TrainingImages(pictures: pictures, training: [], validation: [], holdout: examples)
        return retrainer.calibrated(model, images, at: threshold)
    }

    /// The model's own, or the one that the configuration sets.
    @Test(arguments: [(nil, 0.25), (0.5, 0.5)] as [(Double?, Double)])
    func `those whose class is known are measured at the threshold in force`(
        threshold: Double?, expected: Double
    ) throws {
        let model = try calibrated([.disease, .ungradable, .normal, .disease, .normal, .gradable], at: threshold)
        let check = try #require(model.quantization?.check)
        #expect(check.images == 4 && check.threshold == expected)
        #expect(!check.allows(at: expected), "4 images prove nothing")
        #expect(log.said.contains("verdicts change on 4 images"), "\(log.said)")
    }

    @Test(arguments: [[], [.ungradable], [.disease, .disease]] as [[ImageLabel]])
    func `what tells nothing of int8 stops no promotion`(labels: [ImageLabel]) throws {
        let model = try calibrated(labels)
        #expect(model.quantization == nil)
        #expect(log.said.contains("is not calibrated for int8"), "\(log.said)")
        _ = try site.store.publish(model, date: .now, as: .champion, ifChampionIs: nil)
    }
}
