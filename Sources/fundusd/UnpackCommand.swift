// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import FundusImage
internal import Glibc
internal import LinuxIO
internal import Screening
internal import Supervision
internal import SystemPackage

struct UnpackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack",
        abstract: "Takes the photographs out of DICOM files, and prints what those say of them.",
        discussion: """
            For files with one photograph as an embedded JPEG (transfer syntaxes 1.2.840.10008.1.2.4.50 and .51), which \
            is written byte for byte as NAME.jpg, whole or not at all: the inbox may be the folder. NAME is the file's \
            name without .dcm; a photograph of that name and another content is never replaced. Prints one JSON object \
            a file. Exits 65 when some file has no such photograph, 66 when some file could not be read, 73 when a name \
            is taken.

                fundusd unpack --output inbox exam/*.dcm
            """)

    @Argument(help: ArgumentHelp("DICOM files.", valueName: "file")) var files: [String]
    @Option(name: .shortAndLong, help: ArgumentHelp("Where the photographs go.", valueName: "folder"))
    var output: String

    /// A file of that size is no photograph.
    private static let largest = 256 << 20

    private struct Line: Encodable {
        let file: String
        let photograph: String
        let sha256: String
        let attributes: [String: String]
    }

    private struct NameTaken: Error { let path: FilePath }

    func run() throws {
        var (unreadable, without, taken) = (false, false, false)
        for file in files.map({ FilePath($0) }) {
            do {
                try unpack(file)
            } catch let failure as SystemFailure {
                unreadable = true
                StandardError.say(failure.description)
            } catch let fault as DICOMFile.Fault {
                without = true
                StandardError.say("\(file): \(fault.description)")
            } catch let name as NameTaken {
                taken = true
                StandardError.say(
                    "\(file): \(name.path) is another photograph and stays; unpack this one into another folder")
            }
        }
        if unreadable { throw ExitCode(ExitStatus.noInput.rawValue) }
        if without { throw ExitCode(ExitStatus.dataError.rawValue) }
        if taken { throw ExitCode(ExitStatus.cannotCreate.rawValue) }
    }

    private func unpack(_ file: FilePath) throws {
        let dicom = try DICOMFile(try Self.read(file))
        let path = FilePath(output).appending(Self.name(of: file))
        try write(dicom.photograph, to: path)
        let line = Line(
            file: file.string, photograph: path.string, sha256: AuditChain.digest(dicom.photograph),
            attributes: dicom.attributes)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try StandardOutput.say(String(decoding: try encoder.encode(line), as: UTF8.self))
    }

    private func write(_ photograph: [UInt8], to path: FilePath) throws {
        do throws(SystemFailure) {
            // Where something lies already, nothing is written at all; what comes in between is not replaced either.
            if try FileStatus.ofEntry(path) == nil, try AtomicFile.writeNew(photograph, to: path) { return }
        } catch {
            throw Refusal(.cannotCreate, error.description)
        }
        // Unpacked before, or a namesake from another folder: one patient's eye must not take another's place.
        guard try Self.read(path) == photograph else { throw NameTaken(path: path) }
    }

    /// Cameras name files by their identifiers (1.2.840.…), so what follows the last dot is not always an ending.
    private static func name(of file: FilePath) -> String {
        let name = file.lastComponent?.string ?? "photograph"
        let isEnding = ["dcm", "dicom"].contains(file.extension?.lowercased())
        return (isEnding ? file.stem ?? name : name) + ".jpg"
    }

    private static func read(_ path: FilePath) throws -> [UInt8] {
        let file = try Descriptor.open(path, O_RDONLY)
        let count = try file.status().signature.bytes
        guard count <= largest else { throw DICOMFile.Fault(description: "is larger than \(largest >> 20) MiB") }
        var bytes: [UInt8] = []
        while case let piece = try file.read(upTo: 1 << 20), !piece.isEmpty, bytes.count <= largest { bytes += piece }
        return bytes
    }
}
