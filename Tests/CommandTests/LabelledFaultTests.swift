// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import SystemPackage
import Testing

/// A labelled folder on a machine that fails, and one that other people fill.
@Suite struct LabelledFaultTests {
    private let site: ScreeningSite

    /// Six drawn eyes of each class.
    init() throws {
        site = try ScreeningSite(model: .copied, configuration: "retrain:\n  min-per-class: 5\n  epochs: 1")
        for folder in ["labelled/disease", "labelled/normal"] { try site.makeFolder(folder) }
        for number in 0..<12 {
            try site.write(Self.eyes[number], to: "labelled/\(number % 2 == 0 ? "disease" : "normal")/\(number).jpg")
        }
    }

    private static let eyes = (0..<12).map { SyntheticEye(seed: UInt64($0) + 90, width: 96, height: 96).jpeg() }
    private static let narrow = PackageRoot.path.pushing("Tests/ModelStoreTests/Golden/checkpoints/narrow.pth").string

    static let verbs = [
        ["evaluate"],
        [
            "train", "--base", "champion", "--input-side", "64", "--min-per-class", "5", "--epochs", "1", "--output",
            "model",
        ],
        ["retrain"],
        ["model", "import", "--positive-class", "normal", "--holdout", "labelled", narrow],
    ]

    @Test(arguments: verbs, [EIO, EMFILE, ENOMEM, EACCES])
    func `a fault of the machine ends the work with file and call, and is no picture's`(
        verb: [String], error: Int32
    ) throws {
        let environment = try FaultyCalls.reading(site.path("labelled/disease/2.jpg"), error, in: site)
        let outcome = try site.runBare(verb + ["--config", "config.yaml"], environment: environment)
        #expect(outcome.status == 74, "\(outcome.errors)")
        #expect(outcome.errors.contains("labelled/disease/2.jpg: read failed: "), "\(outcome.errors)")
        #expect(!outcome.errors.contains("is skipped"))
    }

    @Test func `what a remedy says is what the fault needs`() throws {
        for (error, remedy) in [(EIO, "check the disk"), (EMFILE, "raise the limit of open files"), (EACCES, "right")] {
            let environment = try FaultyCalls.reading(site.path("labelled/normal/1.jpg"), error, in: site)
            let outcome = try site.runBare(["evaluate", "--config", "config.yaml"], environment: environment)
            #expect(outcome.errors.contains(remedy), "\(outcome.errors)")
        }
    }
}

/// System calls that fail in the program, by the library `CFaults`.
enum FaultyCalls {
    /// The environment of a program whose reading fails, of the files whose path begins so.
    static func reading(_ path: FilePath, _ error: Int32, in site: ScreeningSite) throws -> [String: String] {
        var page = [UInt8](repeating: 0, count: 64)
        // `failing` and `error` of CFaults.h.
        page[24] = 16
        page[28] = UInt8(error)
        try site.write(page, to: "faults")
        return [
            "LD_PRELOAD": Fundusd.program.removingLastComponent().appending("libfundusd-faults.so").string,
            "FAULTS": site.path("faults").string, "FAULTS_ROOT": path.string,
        ]
    }
}
