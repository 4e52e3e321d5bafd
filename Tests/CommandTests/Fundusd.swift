// SPDX-License-Identifier: Apache-2.0
// What comes in: a verb with its options, an environment, a working folder.
// What goes out: what the real executable printed, and its exit status.
// Called by every suite of this target: what they know of the program is what its users' scripts know.

import FoundationEssentials
import Glibc
import LinuxIO
import SystemPackage

enum Fundusd {
    /// The executable that was built together with these tests, beside their bundle.
    static let program: FilePath = {
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return FilePath(bundle).removingLastComponent().appending("fundusd")
    }()

    /// What a run said and how it ended.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        /// Standard output, line by line.
        var lines: [String] { output.split(separator: "\n").map(String.init) }

        /// Standard output as JSON Lines, each checked against the schema.
        func verdicts() throws -> [VerdictDocument] { try lines.map { try VerdictDocument(checking: Array($0.utf8)) } }

        func decoded<Document: Decodable>(_ type: Document.Type) throws -> Document {
            try JSONDecoder().decode(type, from: Data(output.utf8))
        }
    }

    static func run(
        _ arguments: [String], environment: [String: String] = [:], in folder: FilePath, logs errors: FilePath,
        input: FilePath? = nil
    ) throws -> Outcome {
        var start = start(arguments, environment: environment, in: folder, errors: errors)
        if let input { start.input = input }
        let (status, output) = try ChildProcess(start).end(within: FolderWait.patience)
        let said = try Descriptor.open(errors, O_RDONLY).read(upTo: 1 << 20)
        return Outcome(
            status: status, output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: said, as: UTF8.self))
    }

    static func start(
        _ arguments: [String], environment: [String: String], in folder: FilePath, errors: FilePath
    ) -> ChildProcess.Start {
        ChildProcess.Start(
            program: program, arguments: arguments,
            environment: inherited.merging(environment) { $1 }, folder: folder, errors: errors)
    }

    /// Whether this run's children compute by our own kernels, as they do unless `make test-openblas` says otherwise.
    static let isByKernels = ProcessInfo.processInfo.environment["FUNDUSD_ENGINE"].map { $0 == "kernels" } ?? true

    /// A clean environment, but for what the machine and the tools that run the tests need.
    private static let inherited: [String: String] = {
        let names = ["PATH", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "FUNDUSD_ENGINE", "LLVM_PROFILE_FILE"]
        return ProcessInfo.processInfo.environment.filter { names.contains($0.key) || $0.key.hasSuffix("SAN_OPTIONS") }
    }()
}
