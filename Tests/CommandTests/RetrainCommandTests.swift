// SPDX-License-Identifier: Apache-2.0
import Evaluation
import Fixtures
import FoundationEssentials
import Glibc
import SystemPackage
import Testing
import WrittenText

/// `fundusd retrain`: the labelled folders in, a challenger and a decision out.
@Suite struct RetrainCommandTests {
    private let site: ScreeningSite

    /// A narrow champion that came from elsewhere, and drawn eyes, those with disease with lesions.
    init() throws {
        site = try ScreeningSite(
            model: .copied,
            configuration: """
                retrain:
                  min-new-images: 10
                  min-per-class: 10
                  epochs: 2
                  learning-rate: 0.003
                  holdout-fraction: 0.5
                """)
        for folder in ["labelled/disease", "labelled/normal"] { try site.makeFolder(folder) }
    }

    private static let eyes = (0..<260).map {
        SyntheticEye(seed: UInt64($0) + 500, width: 96, height: 96, lesionCount: $0 % 2 == 0 ? 30 : 0).jpeg()
    }

    private func label(_ numbers: Range<Int>, flipped: Bool = false) throws {
        for number in numbers {
            let name = (number % 2 == 0) != flipped ? "disease" : "normal"
            try site.write(Self.eyes[number], to: "labelled/\(name)/person\(number)_left.jpg")
        }
    }

    private var champion: String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: site.path("state/models/champion").string)
    }

    private func models() throws -> [String] {
        try site.names(in: "state/models").filter { $0.first?.isNumber == true }
    }

    /// The side of each image, by its content's hash or its path.
    private func sides(_ model: String, by column: String = "sha256") throws -> [String: String] {
        let table = try CommaSeparatedTable(parsing: site.read("state/models/\(model)/images.csv"))
        let (key, side) = (try #require(table.place(of: column)), try #require(table.place(of: "side")))
        return Dictionary(uniqueKeysWithValues: table.rows.map { ($0[key], $0[side]) })
    }

    private struct Status: Decodable {
        struct Retraining: Decodable { let outcome, summary: String }
        let lastRetraining: Retraining?

        private enum CodingKeys: String, CodingKey { case lastRetraining = "last_retraining" }
    }

    private func lastRetraining() throws -> Status.Retraining? {
        try site.run("status", "--json").decoded(Status.self).lastRetraining
    }

    @Test func `a hold-out that is too small decides nothing, and says so`() throws {
        try label(0..<40)
        let before = champion
        let outcome = try site.run("retrain", "--if-grown")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("100 are needed to tell models apart"))
        #expect(champion == before)
        let challenger = try #require(try models().first { $0 != before })
        #expect(site.exists("state/models/\(challenger)/decision.json"))
        #expect(try lastRetraining()?.outcome == "refused")
        #expect(!site.exists("state/retraining/checkpoint.safetensors"))
    }

    @Test func `a softmax in service is compared by its P(disease), and its head stays behind`() throws {
        try label(0..<240)
        try SeededNetwork.writeBase(to: site.path("grades.safetensors"), outputs: 5)
        let imported = try site.run("model", "import", "--normal-class", "2", "grades.safetensors")
        let id = try #require(imported.lines.first)
        #expect(try site.run("model", "promote", id).status == 0)
        let outcome = try site.run("retrain")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("\(id); its head of 5 classes is left behind"), "\(outcome.errors)")
        let challenger = try #require(try models().first { site.exists("state/models/\($0)/decision.json") })
        let json = try site.read("state/models/\(challenger)/decision.json")
        let decision = try JSONDecoder().decode(GateDecision.self, from: Data(json))
        let held = try sides(challenger, by: "path").filter { $0.value == "holdout" }.keys.map { "labelled/\($0)" }
        let verdicts = try site.runBare(["classify", "--config", "config.yaml", "--model", id] + held).verdicts()
        let scores = zip(held, verdicts).map { path, verdict in
            pow((verdict.probability ?? .nan) - (path.contains("disease/") ? 1 : 0), 2)
        }
        let brier = try #require(decision.champion?.brierScore)
        #expect(abs(scores.reduce(0, +) / Double(scores.count) - brier) < 1e-5, "\(held.count) held out")
    }

    /// The gate compares both on the same pictures.
    @Test func `a challenger sees what the model in service sees`() throws {
        try label(0..<40)
        let trained = try site.run(
            "train", "--base", "champion", "--input-side", "64", "--geometry", "field-crop", "--with-ungradable",
            "--epochs", "1", "--output", "field")
        #expect(trained.status == 0, "\(trained.errors)")
        let id = try site.run("model", "import", "field").output.trimmingPrefix { $0.isWhitespace }
            .prefix { !$0.isWhitespace }
        #expect(try site.run("model", "promote", String(id)).status == 0)
        let before = try models()
        let outcome = try site.run("retrain")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let challenger = try #require(try models().first { !before.contains($0) })
        let record = String(decoding: try site.read("state/models/\(challenger)/model.json"), as: UTF8.self)
        #expect(record.contains("\"name\" : \"field-crop-64\"") && record.contains("\"geometry\" : \"field-crop\""))
    }

    @Test func `a better challenger becomes the model, and then only growth leads to another`() throws {
        try label(0..<240)
        let first = try #require(champion)
        let outcome = try site.run("retrain", "--if-grown")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let second = try #require(champion)
        #expect(second != first, "\(outcome.errors)")
        #expect(try lastRetraining()?.outcome == "promoted")

        // Renamed files, copies, and one saved again are nothing new.
        let (old, new) = (site.path("labelled/disease/person0_left.jpg"), site.path("labelled/disease/z.jpg"))
        #expect(rename(old.string, new.string) == 0)
        try site.write(Self.eyes[1], to: "labelled/normal/copy.jpg")
        let idle = try site.run("retrain", "--if-grown")
        #expect(idle.status == 0 && idle.errors.contains("0 new images are fewer than 10"), "\(idle.errors)")
        #expect(try lastRetraining()?.outcome == "waited" && models().count == 2)

        try label(240..<260)
        let grown = try site.run("retrain", "--if-grown")
        #expect(grown.status == 0 && grown.errors.contains("20 new images (10 disease, 10 normal)"), "\(grown.errors)")
        let third = try #require(try models().first { $0 != first && $0 != second })
        let (earlier, later) = (try sides(second), try sides(third))
        #expect(earlier.values.contains("holdout") && later.count == 260)
        for (hash, side) in earlier { #expect(later[hash] == side) }

        #expect(try site.run("model", "rollback").status == 0)
        #expect(champion == (try lastRetraining()?.outcome == "promoted" ? second : first))
    }

    private func decision(_ model: String) throws -> GateDecision {
        try JSONDecoder().decode(GateDecision.self, from: Data(try site.read("state/models/\(model)/decision.json")))
    }

    /// The hours between the comparison's beginning and its end, in which a person changes the champion by hand.
    @Test(arguments: ["gated", "manual"]) func `who changes the champion meanwhile is not overruled`(
        promotion: String
    ) throws {
        try label(0..<240)
        let first = try #require(champion)
        let narrow = PackageRoot.path.pushing("Tests/ModelStoreTests/Golden/checkpoints/narrow.pth").string
        let second = try #require(try site.run("model", "import", "--positive-class", "normal", narrow).lines.first)
        let run = try site.start(["retrain", "--retrain-promotion", promotion])
        try run.waitForLine("Epoch 1 of 2")
        run.signal(SIGSTOP)
        #expect(try site.run("model", "promote", second).status == 0)
        run.signal(SIGCONT)
        #expect(try run.end() == 0, "\(run.said)")
        #expect(champion == second && !site.exists("state/models/challenger"), "\(run.said)")
        let challenger = try #require(try models().first { $0 != first && $0 != second })
        let decision = try decision(challenger)
        #expect(!decision.passed && decision.championID == first)
        #expect(decision.conditions.filter { !$0.passed }.map(\.name) == [.championUnchanged])
        let last = try #require(try lastRetraining())
        #expect(
            last.outcome == "refused" && last.summary.contains("Model \(second) stays. Model \(challenger) is kept."))
        #expect(run.said.contains("compared with \(first), and meanwhile \(second) judges"))
    }

    @Test func `a challenger that learned wrong labels is refused`() throws {
        try label(0..<240)
        #expect(try site.run("retrain").status == 0)
        let good = try #require(champion)
        // Those that train are put into the wrong class; the hold-out keeps its classes.
        let sides = try sides(good, by: "path")
        for number in 0..<240 {
            let (right, wrong) = number % 2 == 0 ? ("disease", "normal") : ("normal", "disease")
            let name = "person\(number)_left.jpg"
            guard sides["\(right)/\(name)"] == "training" else { continue }
            let (from, to) = (site.path("labelled/\(right)/\(name)"), site.path("labelled/\(wrong)/\(name)"))
            #expect(rename(from.string, to.string) == 0)
        }
        let outcome = try site.run("retrain", "--if-grown")
        #expect(outcome.status == 0 && outcome.errors.contains("moved to the other class"), "\(outcome.errors)")
        #expect(champion == good)
        #expect(try lastRetraining()?.outcome == "refused")
    }

    private static let header = "sha256,class,side,group,path,source"

    /// The champion's images.csv, and how the retraining ends.
    @Test(
        arguments: [
            (nil, 74), ("", 65), ("sha256,class,group,path,source\nab,disease,0,a.jpg,\n", 65),
            ("\(header)\nab,disease,somewhere,0,a.jpg,\n", 65), ("\(header)\nab,disease,holdout\n", 65),
        ] as [(String?, Int32)])
    func `nobody trains where it can't be read who was held out`(manifest: String?, status: Int32) throws {
        try label(0..<40)
        let path = "state/models/\(try #require(champion))/images.csv"
        // A link to itself can't be opened, and is no missing file.
        if let manifest {
            try site.write(manifest, to: path)
        } else {
            #expect(symlink("images.csv", site.path(path).string) == 0)
        }
        let outcome = try site.run("retrain")
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.errors.contains("images.csv") && outcome.errors.contains("who was held out is not known"))
        #expect(try models().count == 1)
    }

    @Test func `without enough images of each class it waits, or refuses when told to go on`() throws {
        let empty = try site.run("retrain", "--if-grown")
        #expect(empty.status == 0 && empty.errors.contains("0 usable images of disease"))
        try label(0..<6)
        let waiting = try site.run("retrain", "--if-grown")
        #expect(waiting.status == 0 && waiting.errors.contains("each class needs 10"))
        let told = try site.run("retrain")
        #expect(told.status == 65 && told.errors.contains("has 3 usable images"))
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
