// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// What every target of ours is held to. Warnings are errors per target, so that a dependency's cannot break us.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// Targets that touch raw memory: every unsafe step must be spelled `unsafe`.
let strictMemory = strict + [.strictMemorySafety()]

/// Targets whose loops run once per pixel: optimized in debug builds too, or `swift test` would take an hour; and whole, which
/// takes a quarter less time than file by file. Overflow and bounds checks stay on.
let hotLoops =
    strictMemory + [
        .unsafeFlags(
            ["-O", "-whole-module-optimization", "-disable-batch-mode", "-num-threads", "2"],
            .when(configuration: .debug))
    ]

/// `make fuzz` sets it: the C targets that read pictures get what libFuzzer and the sanitizers need; Swift's targets get it
/// on the command line. The kernels would take minutes to compile that way, and see no foreign bytes.
let isFuzzed = Context.environment["FUNDUSD_FUZZ"] != nil
let sanitized: [CSetting] =
    isFuzzed
    ? [
        .unsafeFlags([
            "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined",
            "-fsanitize-coverage=trace-cmp,inline-8bit-counters,pc-table",
        ])
    ] : []

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "fundusd",
    products: [
        .executable(name: "fundusd", targets: ["fundusd"]),
        // Loaded into the program by the crash runs, to play a faulty machine to it; never installed.
        .library(name: "fundusd-faults", type: .dynamic, targets: ["CFaults"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    ],
    targets: [
        // The native libraries, each met in one place.
        .target(
            name: "CJPEG", cSettings: [.unsafeFlags(["-O2"])] + sanitized, linkerSettings: [.linkedLibrary("jpeg")]),
        // Optimized in debug builds too: the tests run whole networks. No flag names an instruction set, each file does.
        .target(name: "CKernels", dependencies: ["CProcessor"], cSettings: [.unsafeFlags(["-O3"])]),
        .target(name: "CFaults"),
        .target(name: "CLinux"),
        .target(name: "CProcessor"),
        .target(
            name: "CPNG", cSettings: [.unsafeFlags(["-O2"])] + sanitized, linkerSettings: [.linkedLibrary("png16")]),
        // Loaded at run time, when it is needed: no headers, nothing to link.
        .target(name: "COpenBLAS"),
        .target(name: "CResampling", cSettings: [.unsafeFlags(["-O3"])] + sanitized),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

        // inbox/ → LinuxIO → FundusImage → ResNet → Screening → outbox/
        .target(name: "LinuxIO", dependencies: ["CLinux", system], swiftSettings: strictMemory),
        .target(name: "SQLite", dependencies: ["CSQLite", system], swiftSettings: strictMemory),
        .target(name: "Hashing", dependencies: ["CCrypto"], swiftSettings: hotLoops),
        .target(name: "Processor", dependencies: ["CProcessor"], swiftSettings: strictMemory),
        .target(
            name: "FundusImage", dependencies: ["CJPEG", "CPNG", "CResampling", "Processor"], swiftSettings: hotLoops),
        // Lifetimes: TensorStorage hands out spans of the memory that it owns.
        .target(
            name: "TensorMath", dependencies: ["CKernels", "COpenBLAS", "Processor"],
            swiftSettings: hotLoops + [.enableExperimentalFeature("Lifetimes")]),
        .target(name: "ResNet", dependencies: ["TensorMath"], swiftSettings: hotLoops),
        .target(name: "Training", dependencies: ["ResNet", "TensorMath"], swiftSettings: hotLoops),
        .target(
            name: "ModelStore",
            dependencies: ["Processor", "FundusImage", "Hashing", "LinuxIO", "ResNet", "TensorMath", system],
            swiftSettings: hotLoops),
        .target(name: "Review", dependencies: ["Hashing", "LinuxIO", system], swiftSettings: strictMemory),
        .target(
            name: "Verdict",
            dependencies: [
                "Processor", "FundusImage", "Hashing", "LinuxIO", "ModelStore", "Settings", "TensorMath", system,
            ],
            swiftSettings: strict),
        .target(
            name: "Ledger", dependencies: ["Hashing", "LinuxIO", "Review", "SQLite", "Settings", "Verdict", system],
            swiftSettings: strict),
        .target(
            name: "Intake", dependencies: ["FundusImage", "Hashing", "Ledger", "LinuxIO", "Verdict", system],
            swiftSettings: strict),
        .target(
            name: "Screening",
            dependencies: [
                "FundusImage", "Hashing", "Intake", "Ledger", "LinuxIO", "ModelStore", "Review", "Settings",
                "Supervision",
                "TensorMath",
                "Verdict", system,
            ],
            swiftSettings: strict),

        // labelled/ → LabelledData → Training → Evaluation → Retraining → ModelStore
        .target(
            name: "LabelledData",
            dependencies: [
                "Evaluation", "FundusImage", "Hashing", "LinuxIO", "ModelStore", "Report", "ResNet", "Settings",
                "Verdict", "WrittenText", system,
            ],
            swiftSettings: hotLoops),
        .target(
            name: "Retraining",
            dependencies: [
                "Processor",
                "Evaluation", "FundusImage", "LabelledData", "LinuxIO", "ModelStore", "Report", "ResNet", "Settings",
                "Supervision", "TensorMath", "Training", "Verdict", "WrittenText", logging, system,
            ],
            swiftSettings: hotLoops),

        // What is measured on images whose class is known, and how it is told.
        .target(name: "Evaluation", swiftSettings: strictMemory),
        .target(name: "Report", dependencies: ["Evaluation", "WrittenText"], swiftSettings: strictMemory),

        // What surrounds the line: texts that people write, the service manager, the configuration, the verbs.
        .target(name: "WrittenText", swiftSettings: strictMemory),
        .target(
            name: "Supervision", dependencies: ["CSystemd", "LinuxIO", logging], swiftSettings: strictMemory),
        .target(name: "Settings", dependencies: ["CYAML", "WrittenText", system], swiftSettings: strict),

        // What runs the line day and night, and what looks at it from outside.
        .target(
            name: "Operations",
            dependencies: [
                "Processor",
                "Evaluation", "FundusImage", "Hashing", "Intake", "Ledger", "LinuxIO", "ModelStore", "ResNet", "Report",
                "Retraining",
                "Review",
                "Screening", "Settings", "Supervision", "TensorMath", "Verdict", "WrittenText", logging, system,
            ],
            swiftSettings: strict),

        // The command line: parsing and printing.
        .executableTarget(
            name: "fundusd",
            dependencies: [
                "Evaluation", "FundusImage", "Intake", "LabelledData", "Ledger", "LinuxIO", "ModelStore", "Operations",
                "Report", "Retraining", "Review", "Screening", "Settings", "Supervision", "Training", "Verdict",
                "WrittenText",
                argumentParser, logging, system,
            ],
            swiftSettings: strict),

        // What the tests draw their eyes and networks from; never installed.
        .target(
            name: "Fixtures",
            dependencies: [
                "Evaluation", "FundusImage", "LinuxIO", "ModelStore", "ResNet", "Review", "Settings", "Verdict", system,
            ],
            swiftSettings: hotLoops),
        .target(
            name: "CrashHarness", dependencies: ["CFaults", "Fixtures", "FundusImage", "Hashing", "LinuxIO", system],
            swiftSettings: strictMemory),
        .executableTarget(
            name: "fundusd-fixtures",
            dependencies: [
                "Processor",
                "CrashHarness", "Evaluation", "Fixtures", "LinuxIO", "ModelStore", "ResNet", "Settings", "TensorMath",
                "Training", argumentParser, system,
            ],
            swiftSettings: strict),

        // Lets a script time training steps beside another engine; never installed.
        .executableTarget(
            name: "training-bench", dependencies: ["Processor", "ResNet", "TensorMath", "Training"],
            path: "Benchmarks/training",
            exclude: ["experiment-images.sha256", "experiment_folder.py", "interleave.py", "pytorch_recipe.py"],
            swiftSettings: strict),

        .testTarget(
            name: "CrashHarnessTests", dependencies: ["CrashHarness", "Fixtures", "LinuxIO", system],
            swiftSettings: strict),
        .testTarget(
            name: "ReviewTests", dependencies: ["Review", "Fixtures", "LinuxIO", system], swiftSettings: strict),
        .testTarget(
            name: "SQLiteTests", dependencies: ["CSQLite", "SQLite", "Fixtures", "LinuxIO", system],
            swiftSettings: strict),
        .testTarget(name: "HashingTests", dependencies: ["Hashing"], swiftSettings: strict),
        .testTarget(name: "LinuxIOTests", dependencies: ["LinuxIO", "Fixtures", system], swiftSettings: strict),
        .testTarget(
            name: "FundusImageTests", dependencies: ["Processor", "FundusImage", "TensorMath", "Fixtures", system],
            exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "TensorMathTests", dependencies: ["Processor", "TensorMath", "Fixtures"], exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "TrainingTests", dependencies: ["Processor", "Training", "ResNet", "TensorMath", "Fixtures"],
            exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "ResNetTests", dependencies: ["Processor", "ResNet", "TensorMath", "Fixtures"], exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "LabelledDataTests",
            dependencies: [
                "LabelledData", "Evaluation", "FundusImage", "LinuxIO", "ModelStore", "Report", "Settings",
                "WrittenText", "Fixtures", system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RetrainingTests",
            dependencies: [
                "Processor",
                "Retraining", "Evaluation", "FundusImage", "Hashing", "LabelledData", "LinuxIO", "ModelStore", "Report",
                "ResNet",
                "Settings", "TensorMath", "Training", "Verdict", "WrittenText", "Fixtures", logging, system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ModelStoreTests",
            dependencies: [
                "Processor", "ModelStore", "Fixtures", "FundusImage", "LinuxIO", "ResNet", "TensorMath", system,
            ],
            exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "VerdictTests",
            dependencies: ["Verdict", "FundusImage", "LinuxIO", "ModelStore", "Fixtures", system], swiftSettings: strict
        ),
        .testTarget(
            name: "LedgerTests",
            dependencies: ["Ledger", "Intake", "LinuxIO", "Review", "SQLite", "Verdict", "Fixtures", system],
            swiftSettings: strict),
        .testTarget(
            name: "IntakeTests", dependencies: ["Intake", "LinuxIO", "Verdict", "Fixtures", system],
            swiftSettings: strict),
        .testTarget(
            name: "ScreeningTests",
            dependencies: [
                "Screening", "FundusImage", "Hashing", "Intake", "Ledger", "LinuxIO", "ModelStore", "Review", "SQLite",
                "Verdict", "Fixtures", system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "Operations", "Evaluation", "FundusImage", "Intake", "Ledger", "LinuxIO", "ModelStore", "ResNet",
                "Review", "Screening", "Settings", "Verdict", "Fixtures", system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EvaluationTests", dependencies: ["Evaluation", "Fixtures", "ResNet", "WrittenText", system],
            exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "ReportTests", dependencies: ["Report", "Evaluation", "Fixtures", "ResNet", "WrittenText", system],
            swiftSettings: strict),
        .testTarget(
            name: "SupervisionTests", dependencies: ["Supervision", logging], swiftSettings: strict),
        .testTarget(name: "WrittenTextTests", dependencies: ["WrittenText"], swiftSettings: strict),
        .testTarget(name: "SettingsTests", dependencies: ["Settings", "Fixtures", system], swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: ["fundusd", "Evaluation", "Fixtures", "FundusImage", "LinuxIO", "WrittenText", system],
            swiftSettings: strict),
    ]
)

// Needs libFuzzer, which comes with the compiler and is linked by Tests/Fuzz/fuzz.
if isFuzzed {
    package.targets += [
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "fundusd-fuzz",
            dependencies: [
                "CFuzzer", "Evaluation", "Fixtures", "FundusImage", "LinuxIO", "ModelStore", "Screening", "Settings",
                system,
            ],
            swiftSettings: strict),
    ]
}
