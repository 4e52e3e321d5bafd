// SPDX-License-Identifier: Apache-2.0
// What comes in: a command line of the tests' shell scripts.
// What goes out: drawn eyes, a seeded network as a model, and the verdicts' faults against the schema.
// Called by Tests/EndToEnd and `make run`; never installed.

internal import ArgumentParser
internal import Fixtures
internal import LinuxIO
internal import ModelStore
internal import ResNet
internal import SystemPackage

@main
struct FixtureCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fundusd-fixtures", abstract: "Draws what the tests need.",
        subcommands: [
            DrawEye.self, DrawEyes.self, DrawLabelled.self, SeededModel.self, SeededBase.self, ValidateVerdicts.self,
            DrawAlterations.self, Parity.self,
            TrainingParity.self, GateWorlds.self, ReviewSites.self, CrashRuns.self, ManualPages.self,
        ])
}

struct DrawEye: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Draws one eye.")
    @Argument var path: String
    @Option var seed: UInt64 = 1
    @Option var side = 1024
    @Option(help: "Bright and dark spots that no healthy eye has.") var lesions = 0

    func run() throws {
        let eye = SyntheticEye(seed: seed, width: side, height: side, lesionCount: lesions)
        try AtomicFile.write(eye.jpeg(quality: 90), to: FilePath(path))
    }
}

struct DrawEyes: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Draws eyes, each another, as eye-N.jpg.")
    @Argument var folder: String
    @Argument var count: Int
    @Option var side = 256

    func run() throws {
        for number in 1...max(1, count) {
            let eye = SyntheticEye(seed: UInt64(number), width: side, height: side).jpeg(quality: 90)
            try AtomicFile.write(eye, to: FilePath(folder).appending("eye-\(number).jpg"))
        }
    }
}

struct DrawLabelled: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draws labelled eyes of as many people, those in disease/ with lesions.")
    @Argument var folder: String
    @Argument var count: Int
    @Option(help: "The first person's number.") var first = 1
    @Option var side = 256
    @Flag(help: "Puts every eye into the wrong class.") var flipped = false

    func run() throws {
        for name in ["disease", "normal"] { try AtomicFile.makeFolder(FilePath(folder).appending(name)) }
        for number in first..<first + max(1, count) {
            let hasLesions = number % 2 == 0
            let eye = SyntheticEye(
                seed: UInt64(number), width: side, height: side, lesionCount: hasLesions ? 12 : 0)
            let name = hasLesions != flipped ? "disease" : "normal"
            try AtomicFile.write(
                eye.jpeg(quality: 90), to: FilePath(folder).pushing(FilePath("\(name)/person\(number)_left.jpg")))
        }
    }
}

struct SeededModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a narrow seeded network the champion of a state folder.")
    @Argument var stateFolder: String
    @Option var seed: UInt64 = 1

    func run() throws {
        print(try SeededNetwork.writeModel(to: FilePath(stateFolder), seed: seed).id)
    }
}

struct SeededBase: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a narrow seeded network without a head, to train from.")
    @Argument var path: String

    func run() throws {
        let parameters = SeededNetwork.parameters(layout: ResNet50Layout(baseWidth: 4, outputs: nil), seed: 1)
        let tensors = SafetensorsWriter.tensors(parameters, weightType: .f32)
        try AtomicFile.write(try SafetensorsWriter.bytes(tensors, metadata: [:], path: path), to: FilePath(path))
    }
}

struct ValidateVerdicts: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks every .json file of a folder against a schema; exits 1 if one breaks it.")
    @Argument var schema: String
    @Argument var folder: String

    func run() throws {
        let schema = try JSONSchema(at: FilePath(schema))
        var faults = 0
        for name in try Folder(FilePath(folder)).names() where name.string.hasSuffix(".json") {
            let document = try Descriptor.open(FilePath(folder).appending(name), 0).read(upTo: 1 << 20)
            for fault in try schema.faults(in: document) {
                print("\(name): \(fault)")
                faults += 1
            }
        }
        if faults > 0 { throw ExitCode.failure }
    }
}
