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

    /// One line.
    func line(_ exam: Exam, patient: String?) throws -> String {
        switch self {
        case .json: try exam.line()
        case .fhir: try FHIRExamBundle(exam, patient: patient).line()
        }
    }
}

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Prints verdicts and exams of the outbox in another format, one line each.",
        discussion: """
            Reads verdict files, and those of exams, as the outbox has them. FHIR's resources are preliminary: nobody has looked at the \
            picture yet. Whose eye it is, the program does not know; --patient says it.

                fundusd export --format fhir --patient Patient/123 outbox/eye.jpg.json
                fundusd export --patient Patient/123 outbox/exams/0042.json     # both eyes, one report
            """)

    @Argument(help: ArgumentHelp("Files of verdicts or exams.", valueName: "verdict"))
    var verdicts: [String]
    @Option(help: "What is printed.")
    var format = VerdictFormat.fhir
    @Option(help: ArgumentHelp("The patient, as FHIR refers to one: Patient/123 or a URL.", valueName: "reference"))
    var patient: String?

    /// A verdict's document is a few kilobytes.
    private static let largest = 1 << 20

    func run() throws {
        for path in verdicts { try StandardOutput.say(try line(of: FilePath(path))) }
    }

    private func line(of path: FilePath) throws -> String {
        let bytes: [UInt8]
        do throws(SystemFailure) {
            bytes = try Descriptor.open(path, O_RDONLY).read(upTo: Self.largest)
        } catch {
            throw Refusal(error.isAbsence ? .noInput : .inputOutput, error.description)
        }
        if let verdict = Self.ifWhole({ try Verdict(document: bytes) }) {
            return try format.line(verdict, patient: patient)
        }
        if let exam = Self.ifWhole({ try Exam(document: bytes) }) { return try format.line(exam, patient: patient) }
        throw Refusal(.dataError, "\(path): is no verdict or exam of fundusd; name a .json file of the outbox")
    }

    /// Nil for a document of another kind.
    private static func ifWhole<Document>(_ read: () throws -> Document) -> Document? {
        do {
            return try read()
        } catch {
            return nil
        }
    }
}
