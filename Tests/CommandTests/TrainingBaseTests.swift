// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import FundusImage
import SystemPackage
import Testing

/// What `fundusd train` starts from: a part of a network, the champion, the model that ships, new weights.
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

    private static let quick = [
        "train", "--output", "trained", "--input-side", "64", "--with-ungradable", "--epochs", "1", "--batch-size", "4",
    ]

    private func train(_ site: ScreeningSite, _ more: String...) throws -> Fundusd.Outcome {
        let fewest = more.contains("--min-per-class") ? [] : ["--min-per-class", "3"]
        return try site.runBare(Self.quick + fewest + ["--config", "config.yaml"] + more)
    }

    @Test func `what a file lacks is made new and named, and only there`() throws {
        let site = try site()
        try SeededNetwork.writeBase(to: site.path("part.safetensors")) {
            $0.hasPrefix("layer4.") && $0.contains("conv") && $0 != "layer4.0.conv1.weight"
        }
        let outcome = try train(site, "--base", "part.safetensors")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.errors.contains(
                """
                part.safetensors; it lacks 8 of 265 tensors besides the head, made new: layer4.0.conv2.weight, \
                layer4.0.conv3.weight, layer4.1.conv1.weight …
                """), "\(outcome.errors)")
        let record = String(decoding: try site.read("trained/training.json"), as: UTF8.self)
        #expect(record.contains("layer4.2.conv3.weight") && !record.contains("layer4.0.conv1.weight"))
        let refused = try site.run("model", "import", "part.safetensors", "--positive-class", "disease")
        #expect(refused.status == 65 && refused.errors.contains("fundusd train --base part.safetensors"))
    }

    /// What was trained elsewhere comes in whole, to be measured and calibrated here.
    @Test func `zero epochs train nothing, and keep a head whose file says what it means`() throws {
        let site = try site()
        try SeededNetwork.writeBase(to: site.path("told.safetensors"), outputs: 1, metadata: ["outputs": "disease"])
        try SeededNetwork.writeBase(to: site.path("untold.safetensors"), outputs: 1)
        try SeededNetwork.writeBase(to: site.path("two.safetensors"), outputs: 2)
        func sha256(_ base: String, seed: String) throws -> String {
            let outcome = try train(site, "--base", base, "--seed", seed, "--epochs", "0")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let record = String(decoding: try site.read("trained/model.json"), as: UTF8.self)
            try site.remove("trained")
            return try #require(record.split(separator: "\n").first { $0.contains("\"sha256\"") }.map { String($0) })
        }
        #expect(try sha256("told.safetensors", seed: "0") == sha256("told.safetensors", seed: "1"))
        #expect(try sha256("two.safetensors", seed: "0") != sha256("two.safetensors", seed: "1"))
        let refused = try train(site, "--base", "untold.safetensors", "--epochs", "0")
        #expect(refused.status == 65 && refused.errors.contains("does not say for which class"), "\(refused.errors)")
    }

    @Test func `a file with hardly anything is refused`() throws {
        let site = try site()
        try SeededNetwork.writeBase(to: site.path("none.safetensors")) { $0.hasPrefix("conv1") }
        let outcome = try train(site, "--base", "none.safetensors")
        #expect(outcome.status == 65 && outcome.errors.contains("conv1.weight: is missing"), "\(outcome.errors)")
    }

    @Test func `without a name it goes on from the champion`() throws {
        let outcome = try train(try site(model: .shared))
        #expect(outcome.status == 0 && outcome.errors.contains("starts from the champion, "), "\(outcome.errors)")
    }

    @Test func `without a champion it goes on from the model that ships with a checkout`() throws {
        let site = try site()
        let models = SeededModel.state.appending("models")
        let id = try FileManager.default.destinationOfSymbolicLink(atPath: models.appending("champion").string)
        try FileManager.default.copyItem(
            atPath: models.appending(id).string, toPath: site.path("model").string)
        try site.write("", to: "Package.swift")
        let outcome = try train(site)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("starts from the model that ships with the program, \(id)"))
        // A folder of that name elsewhere is somebody's own.
        try site.remove("Package.swift")
        try site.remove("trained")
        try expectNewWeights(site)
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
        let few = try train(site, "--min-per-class", "7", "--base", "champion", "--holdout-fraction", "0.4")
        #expect(few.status == 65, "\(few.errors)")
        let outcome = try train(site, "--holdout-fraction", "0.4", "--draw", "balanced")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let record = String(decoding: try site.read("trained/model.json"), as: UTF8.self)
        #expect(record.contains("\"gradability\" : {") && record.contains("\"outputs\" : 2"))
        let images = String(decoding: try site.read("trained/images.csv"), as: UTF8.self).split(separator: "\n")
        #expect(images.count { $0.contains(",ungradable,") } == 6, "\(outcome.errors)")
        #expect(images.count { $0.contains(",gradable,") && $0.hasSuffix(",\"camera\"") } == 4)
        try site.remove("trained")
        #expect(try train(site, "--gradability", "off").status == 0)
        #expect(!String(decoding: try site.read("trained/model.json"), as: UTF8.self).contains("gradability"))
    }

    /// Noise of its own, nearly black.
    private static func dark(_ number: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: UInt64(number))
        let pixels = (0..<3 * 96 * 96).map { _ in UInt8(generator.next() >> 60) }
        return SyntheticPictures.encode(RGBPicture(width: 96, height: 96, pixels: pixels))
    }

    @Test func `new weights are there for the asking`() throws {
        try expectNewWeights(try site(model: .shared), "--base", "new")
    }

    /// The network is as wide as a real one then: nobody waits for it.
    private func expectNewWeights(_ site: ScreeningSite, _ more: String...) throws {
        let run = try site.start(Self.quick + ["--min-per-class", "3"] + more)
        try run.waitForLine("starts from new weights")
        try run.stop()
    }
}
