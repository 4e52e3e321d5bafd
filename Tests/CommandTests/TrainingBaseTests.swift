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

    /// The network is as wide as a real one then: nobody waits for it.
    private func expectNewWeights(_ site: ScreeningSite, _ more: String...) throws {
        let run = try site.start(Self.quick + ["--min-per-class", "3"] + more)
        try run.waitForLine("starts from new weights")
        try run.stop()
    }
}
