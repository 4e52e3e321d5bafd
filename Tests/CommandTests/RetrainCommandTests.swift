// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
import SystemPackage
import Testing

/// `fundusd retrain`: the labelled folders in, a challenger and a decision out.
@Suite struct RetrainCommandTests {
    private let site: ScreeningSite

    /// A narrow champion that came from elsewhere, and drawn eyes, those with disease with lesions.
    init() throws {
        site = try ScreeningSite(
            model: .none,
            configuration: """
                retrain:
                  min-new-images: 10
                  min-per-class: 10
                  epochs: 2
                  learning-rate: 0.003
                  holdout-fraction: 0.5
                """)
        // Each epoch costs a third of what it does at 224 pixels.
        try SeededNetwork.writeModel(to: site.path("state"), side: 128)
        for folder in ["labelled/disease", "labelled/normal"] { try site.makeFolder(folder) }
    }

    private static let eyes = (0..<40).map {
        SyntheticEye(seed: UInt64($0) + 500, width: 96, height: 96, lesionCount: $0 % 2 == 0 ? 18 : 0).jpeg()
    }

    private func label(_ numbers: Range<Int>) throws {
        for number in numbers {
            let name = number % 2 == 0 ? "disease" : "normal"
            try site.write(Self.eyes[number], to: "labelled/\(name)/person\(number)_left.jpg")
        }
    }

    private struct Status: Decodable {
        struct Retraining: Decodable { let outcome, summary: String }
        let lastRetraining: Retraining?

        private enum CodingKeys: String, CodingKey { case lastRetraining = "last_retraining" }
    }

    @Test func `how it ended is told by its log, its exit status and fundusd status`() throws {
        let refused = try site.run("retrain")
        #expect(refused.status == 65 && refused.errors.contains("has 0 usable images"))
        try label(0..<40)
        let outcome = try site.run("retrain", "--if-grown", "--retrain-epochs", "1")
        #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.errors)")
        #expect(outcome.errors.contains("Epoch 1 of 1: loss"))
        #expect(outcome.errors.contains("100 are needed to tell models apart"))
        #expect(try site.run("status", "--json").decoded(Status.self).lastRetraining?.outcome == "refused")
        #expect(try site.run("status").output.contains("Retraining: "))
        let waiting = try site.run("retrain", "--if-grown", "--retrain-min-per-class", "21")
        #expect(waiting.status == 0 && waiting.errors.contains("each class needs 21"), "\(waiting.errors)")
    }

    @Test func `a checkpoint that the machine can't read is kept for the next time`() throws {
        try label(0..<40)
        let run = try site.start(["retrain", "--retrain-epochs", "50"])
        try run.waitForLine("Epoch 1 of 50")
        try run.stop()
        let path = "state/retraining/checkpoint.safetensors"
        let before = try site.read(path)
        let outcome = try site.runBare(
            ["retrain", "--retrain-epochs", "1", "--config", "config.yaml"],
            environment: FaultyCalls.reading(site.path(path), EIO, in: site))
        #expect(outcome.status == 74 && !outcome.errors.contains("begun anew"), "\(outcome.errors)")
        #expect(outcome.errors.contains("\(path): pread failed"), "\(outcome.errors)")
        #expect(try site.read(path) == before)
    }

    @Test func `an interrupted retraining goes on the next time`() throws {
        try label(0..<40)
        let run = try site.start(["retrain", "--retrain-epochs", "50"])
        try run.waitForLine("Epoch 1 of 50")
        #expect(try run.stop() == 128 + SIGTERM)
        #expect(site.exists("state/retraining/checkpoint.safetensors"))
        let second = try site.start(["retrain", "--retrain-epochs", "50"])
        try second.waitForLine("Epoch ")
        #expect(!second.said.contains("Epoch 1 of 50") && !second.said.contains("begun anew"), "\(second.said)")
        try second.stop()
    }
}
