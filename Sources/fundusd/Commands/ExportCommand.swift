// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Glibc
internal import LinuxIO
internal import SystemPackage
internal import Verdict

/// What a verdict is written as.
enum VerdictFormat: String, ExpressibleByArgument, CaseIterable {
    /// `docs/verdict.schema.json`.
    case json
    /// HL7 FHIR R4: a Bundle with a DiagnosticReport and its Observation.
    case fhir

    /// One line.
    func line(_ verdict: Verdict, patient: String? = nil) throws -> String {
        switch self {
        case .json: try verdict.line()
        case .fhir: try FHIRBundle(verdict, patient: patient).line()
        }
    }
}

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Prints verdicts of the outbox in another format, one line a verdict.",
        discussion: """
            Reads verdict files as the outbox has them. FHIR's resources are preliminary: nobody has looked at the \
            picture yet. Whose eye it is, the program does not know; --patient says it.

                fundusd export --format fhir --patient Patient/123 outbox/eye.jpg.json
            """)

    @Argument(help: ArgumentHelp("Verdict files.", valueName: "verdict"))
    var verdicts: [String]
    @Option(help: "What is printed.")
    var format = VerdictFormat.fhir
    @Option(help: ArgumentHelp("The patient, as FHIR refers to one: Patient/123 or a URL.", valueName: "reference"))
    var patient: String?

    /// A verdict's document is a few kilobytes.
    private static let largest = 1 << 20

    func run() throws {
        for path in verdicts {
            let verdict = try Self.read(FilePath(path))
            try StandardOutput.say(try format.line(verdict, patient: patient))
        }
    }

    private static func read(_ path: FilePath) throws -> Verdict {
        let bytes: [UInt8]
        do throws(SystemFailure) {
            bytes = try Descriptor.open(path, O_RDONLY).read(upTo: largest)
        } catch {
            throw Refusal(error.isAbsence ? .noInput : .inputOutput, error.description)
        }
        do {
            return try Verdict(document: bytes)
        } catch {
            throw Refusal(.dataError, "\(path): is no verdict of fundusd; name a .json file of the outbox")
        }
    }
}
