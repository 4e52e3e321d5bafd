// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import FundusImage
import LabelledData
import LinuxIO
import ModelStore
import ResNet
import SystemPackage
import Testing
import Training

@testable import Retraining

/// What a training starts from: a part of a network, the champion, new weights.
@Suite struct TrainingBaseTests {
    private func site(model: ScreeningSite.Model = .none) throws -> ScreeningSite {
        let site = try ScreeningSite(model: model)
        for number in 0..<12 {
            let (name, lesions) = number % 2 == 0 ? ("disease", 12) : ("normal", 0)
            let eye = SyntheticEye(seed: UInt64(number) + 50, width: 96, height: 96, lesionCount: lesions)
            try site.makeFolder("labelled/\(name)")
            try site.write(eye.jpeg(), to: "labelled/\(name)/\(number).jpg")
        }
        return site
    }

    private static func recipe(epochs: Int = 1) -> Recipe {
        var recipe = Recipe.quick
        recipe.epochs = epochs
        return recipe
    }

    @Test func `what a file lacks is made new and named, and only there`() throws {
        let site = try site()
        try SeededNetwork.writeBase(to: site.path("part.safetensors")) {
            $0.hasPrefix("layer4.") && $0.contains("conv") && $0 != "layer4.0.conv1.weight"
        }
        let said = try site.train(
            "trained", base: site.path("part.safetensors").string, recipe: Self.recipe(), minimum: 3
        ).said
        #expect(
            said.contains(
                """
                part.safetensors; it lacks 8 of 265 tensors besides the head, made new: layer4.0.conv2.weight, \
                layer4.0.conv3.weight, layer4.1.conv1.weight …
                """), "\(said)")
        let record = try site.text("trained/training.json")
        #expect(record.contains("layer4.2.conv3.weight") && !record.contains("layer4.0.conv1.weight"))
        let refused = try #require(throws: ModelFailure.self) {
            try site.store.importModel(
                from: site.path("part.safetensors"), meaning: .positive(.disease), date: Date())
        }
        #expect(refused.description.contains("part.safetensors") && refused.remedy.contains("fundusd train --base"))
    }

    /// What was trained elsewhere comes in whole, to be measured and calibrated here.
    @Test func `zero epochs train nothing, and keep a head whose file says what it means`() throws {
        let site = try site()
        try SeededNetwork.writeBase(to: site.path("told.safetensors"), outputs: 1, metadata: ["outputs": "disease"])
        try SeededNetwork.writeBase(to: site.path("untold.safetensors"), outputs: 1)
        try SeededNetwork.writeBase(to: site.path("two.safetensors"), outputs: 2)
        func sha256(_ base: String, seed: UInt64) throws -> String {
            let output = "\(base)-\(seed)"
            try site.train(
                output, base: site.path("\(base).safetensors").string, recipe: Self.recipe(epochs: 0), minimum: 3,
                seed: seed)
            return try ModelFolder(site.path(output)).record().sha256
        }
        #expect(try sha256("told", seed: 0) == sha256("told", seed: 1))
        #expect(try sha256("two", seed: 0) != sha256("two", seed: 1))
        let refused = try #require(throws: Refusal.self) { try sha256("untold", seed: 0) }
        #expect(refused.status == .dataError && refused.message.contains("does not say for which class"))
    }

    @Test func `a file with hardly anything is refused`() throws {
        let site = try site()
        try SeededNetwork.writeBase(to: site.path("none.safetensors")) { $0.hasPrefix("conv1") }
        let refused = try #require(throws: Refusal.self) {
            try TrainingBase.named(site.path("none.safetensors").string, site.settings(), seed: 0)
        }
        #expect(refused.status == .dataError && refused.message.contains("conv1.weight: is missing"))
    }

    @Test func `without a name it goes on from the champion`() throws {
        let site = try ScreeningSite()
        let base = try TrainingBase.usual(site.settings(), seed: 0)
        let champion = try #require(try site.store.championID)
        #expect(base.sentence == "Training starts from the champion, \(champion).")
        #expect(base.parent == champion && base.madeNew == [])
    }

    /// The champion's output speaks for normal: σ(−z) = 1 − σ(z).
    @Test func `a champion that speaks for normal goes on speaking for disease`() throws {
        let site = try ScreeningSite()
        let base = try TrainingBase.usual(site.settings(), seed: 0)
        let folder = site.store.folder(try #require(try site.store.championID))
        let (record, before) = (try folder.record(), try folder.parameters(folder.record()))
        #expect(record.positiveClass == .normal)
        let parameters = base.parameters(outputs: 1)
        #expect(parameters["fc.weight"].elementsEqual(before["fc.weight"].map { -$0 }))
        #expect(parameters["conv1.weight"].elementsEqual(before["conv1.weight"]))
    }

    @Test func `new weights are there for the asking`() throws {
        let site = try ScreeningSite()
        let base = try TrainingBase.named(TrainingBase.newName, site.settings(), seed: 3)
        #expect(base.sentence.contains("starts from new weights") && base.description == "new weights, seed 3")
        #expect(base.parent == nil && base.madeNew.count == 265 && base.madeNew.contains("layer4.2.conv3.weight"))
    }

    @Test func `ungradable pictures, where there are enough, make a second output`() throws {
        let site = try site(model: .shared)
        for (folder, count) in [("ungradable", 6), ("gradable/camera", 4)] {
            try site.makeFolder("labelled/\(folder)")
            for number in 0..<count {
                // So dark that the quality check would refuse it.
                let eye = SyntheticEye(seed: UInt64(number) + 90, width: 96, height: 96).jpeg()
                try site.write(
                    folder == "ungradable" ? Self.dark(number) : eye, to: "labelled/\(folder)/u\(number).jpg")
            }
        }
        let few = try #require(throws: Refusal.self) {
            try site.train("few", recipe: Self.recipe(), minimum: 7, holdoutFraction: 0.4)
        }
        #expect(few.status == .dataError)
        var recipe = Self.recipe()
        recipe.draw = .balanced
        try site.train("trained", base: nil, recipe: recipe, minimum: 3, holdoutFraction: 0.4)
        let record = try ModelFolder(site.path("trained")).record()
        #expect(record.gradability != nil && record.architecture.outputs == 2)
        let rows = try ImageManifest(parsing: site.read("trained/images.csv")).rows
        #expect(rows.count { $0.label == .ungradable } == 6)
        #expect(rows.count { $0.label == .gradable && $0.source == "camera" } == 4)
        recipe.learnsGradability = false
        try site.train("without", recipe: recipe, minimum: 3)
        #expect(try ModelFolder(site.path("without")).record().gradability == nil)
    }

    /// Noise of its own, nearly black.
    private static func dark(_ number: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: UInt64(number))
        let pixels = (0..<3 * 96 * 96).map { _ in UInt8(generator.next() >> 60) }
        return SyntheticPictures.encode(RGBPicture(width: 96, height: 96, pixels: pixels))
    }
}
