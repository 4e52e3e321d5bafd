// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
import SystemPackage
import Testing

/// `fundusd train`: a labelled folder in, a model out, whatever happens on the way.
@Suite struct TrainCommandTests {
    private let site: ScreeningSite

    /// Twelve drawn eyes of each class, those with disease with lesions.
    init() throws {
        site = try ScreeningSite()
        for folder in ["labelled/disease", "labelled/normal"] { try site.makeFolder(folder) }
        for number in 0..<24 { try site.write(Self.eyes[number], to: "labelled/\(Self.name(number))") }
    }

    private static let eyes = (0..<24).map {
        SyntheticEye(seed: UInt64($0) + 50, width: 96, height: 96, lesionCount: $0 % 2 == 0 ? 12 : 0).jpeg()
    }

    private static func name(_ number: Int) -> String { "\(number % 2 == 0 ? "disease" : "normal")/\(number).jpg" }

    /// Quick, from the shared narrow network.
    private static let quick = [
        "train", "--base", "champion", "--input-side", "64", "--with-ungradable", "--min-per-class", "5", "--epochs",
        "3",
        "--batch-size", "4",
    ]

    private func train(_ output: String, _ more: String...) throws -> Fundusd.Outcome {
        try Fundusd.run(
            Self.quick + ["--output", output, "--config", "config.yaml"] + more, in: site.work,
            logs: site.logs.appending("train-\(output)-\(more.count)"))
    }

    private struct Record: Decodable { let id, sha256: String }

    private func record(_ model: String) throws -> Record {
        try JSONDecoder().decode(Record.self, from: Data(try site.read("\(model)/model.json")))
    }

    @Test func `a model of the field says so, and judges by it wherever pictures are judged`() throws {
        let outcome = try train("model", "--geometry", "field-crop")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let written = String(decoding: try site.read("model/model.json"), as: UTF8.self)
        #expect(written.contains("\"geometry\" : \"field-crop\"") && written.contains("\"name\" : \"field-crop-64\""))
        #expect(String(decoding: try site.read("model/card.md"), as: UTF8.self).contains("square around the retina"))
        // The same eye far from the middle of a larger frame is the same to it, but for the encoding.
        let eye = EyeInFrame(side: 256, at: (x: 0, y: 0), in: (width: 256, height: 256))
        let moved = EyeInFrame(side: 256, at: (x: 144, y: 30), in: (width: 420, height: 300))
        try site.write(SyntheticPictures.encode(eye.picture, quality: 100), to: "eye.jpg")
        try site.write(SyntheticPictures.encode(moved.picture, quality: 100), to: "moved.jpg")
        let verdicts = try site.run("classify", "--model", "./model", "eye.jpg", "moved.jpg").verdicts()
        let probabilities = verdicts.compactMap(\.probability)
        #expect(probabilities.count == 2 && abs(probabilities[0] - probabilities[1]) < 0.02, "\(probabilities)")
        let bench = try site.run("bench", "--model", "./model", "--rounds", "1", "--image", "eye.jpg")
        #expect(bench.status == 0, "\(bench.errors)")
    }

    @Test func `kill -9 at any time, and the resumed training ends with the same weights`() throws {
        #expect(try train("whole").status == 0)
        let whole = try record("whole").sha256
        var generator = SeededGenerator(seed: 9)
        for round in 0..<4 {
            let run = try site.start(Self.quick + ["--output", "cut", "--resume"])
            // After the first, the second … epoch has been told, and a random time on from there.
            if round > 0 { try run.waitForLine("Epoch \(round) of 3") }
            usleep(UInt32(generator.next() % 30_000))
            run.signal(SIGKILL)
            _ = try run.stop(with: SIGKILL)
            if site.exists("cut/model.json") { break }
        }
        if !site.exists("cut/model.json") { #expect(try train("cut", "--resume").status == 0) }
        #expect(try record("cut").sha256 == whole)
        #expect(!site.exists("cut.training"))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal ends it after a checkpoint, as the signal would have`(signal: Int32) throws {
        #expect(try train("whole").status == 0)
        let run = try site.start(Self.quick + ["--output", "cut"])
        try run.waitForLine("train, ")
        #expect(try run.stop(with: signal) == 128 + signal)
        #expect(run.said.contains("--resume"))
        #expect(try train("cut").status == 73)
        let resumed = try train("cut", "--resume")
        #expect(resumed.status == 0 && resumed.errors.contains("Epoch 3 of 3: loss"), "\(resumed.errors)")
        #expect(resumed.errors.contains("`fundusd model import cut` takes it into the store"))
        let made = try record("cut")
        #expect(try made.sha256 == record("whole").sha256 && resumed.lines == [made.id])
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let words: String
        let status: Int32
        var testDescription: String { words }
    }

    static let refused = [
        Refused(arguments: ["--labelled", "nowhere"], words: "nowhere/disease is not there", status: 66),
        Refused(arguments: ["--recipe", "magic"], words: "no recipe 'magic'", status: 64),
        Refused(arguments: ["--learning-rate", "0"], words: "--learning-rate must be above 0", status: 64),
        Refused(arguments: ["--geometry", "round"], words: "'round' is invalid", status: 64),
        Refused(arguments: ["--epochs", "10001"], words: "--epochs must be from 0 to 10000", status: 64),
        Refused(arguments: ["--holdout-fraction", "1"], words: "--holdout-fraction", status: 64),
        Refused(arguments: ["--person-pattern", "(["], words: "no regular expression", status: 78),
    ]

    @Test(arguments: refused)
    func `what can't be done is refused with a reason`(refused: Refused) throws {
        let outcome = try Fundusd.run(
            ["train", "--output", "model", "--config", "config.yaml"] + refused.arguments, in: site.work,
            logs: site.logs.appending("refused"))
        #expect(outcome.status == refused.status, "\(outcome.errors)")
        #expect(outcome.errors.contains(refused.words), "\(outcome.errors)")
        #expect(!site.exists("model"))
    }

    @Test func `a checkpoint goes on with its own recipe and images only`() throws {
        let run = try site.start(Self.quick + ["--output", "cut"])
        try run.waitForLine("train, ")
        try run.stop()
        let other = try train("cut", "--resume", "--learning-rate", "0.01")
        #expect(other.status == 78 && other.errors.contains("the recipe was"))
        try site.write(Eyes.first, to: "labelled/disease/new.jpg")
        let grown = try train("cut", "--resume", "--seed", "0")
        #expect(grown.status == 78 && grown.errors.contains("the labelled images"))
    }

    @Test func `two trainings of one model can't run`() throws {
        let first = try site.start(Self.quick + ["--output", "model", "--epochs", "1000"])
        try first.waitForLine("train, ")
        let second = try train("model", "--resume")
        #expect(second.status == 75 && second.errors.contains("another process trains"))
        // No file that somebody could remove, and then lock anew under the same name, keeps them apart.
        for name in try site.names(in: "model.training") where name != "checkpoint.safetensors" && !name.hasPrefix(".")
        {
            try site.remove("model.training/\(name)")
        }
        let third = try train("model", "--resume", "--epochs", "1000")
        #expect(third.status == 75, "\(third.errors)")
        try first.stop()
    }
}
