// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import FundusImage
internal import Glibc
internal import Hashing
internal import LinuxIO
package import SystemPackage

/// Takes the photograph out of a DICOM file and puts it into a folder.
package struct DICOMUnpacking {
    /// Where the photographs go.
    private let output: FilePath

    /// - Parameter output: a folder that is there.
    package init(to output: FilePath) { self.output = output }

    /// What was unpacked, as a line of JSON.
    private struct Line: Encodable {
        let file: String
        let photograph: String
        let sha256: String
        let attributes: [String: String]
    }

    /// Another photograph has the name.
    package struct NameTaken: Error {
        package let path: FilePath
    }

    /// A file of that size is no photograph.
    private static let largest = 256 << 20

    /// - Returns: a line of JSON: where the photograph is, its hash, and what the file says of it.
    /// - Throws: a `SystemFailure`, a `DICOMFile.Fault`, a `NameTaken`, or a `Refusal` where the folder can't be written to.
    package func unpack(_ file: FilePath) throws -> String {
        let dicom = try DICOMFile(try Self.read(file))
        let path = output.appending(Self.name(of: file))
        try write(dicom.photograph, to: path)
        let line = Line(
            file: file.string, photograph: path.string, sha256: SHA256.hash(dicom.photograph).hexadecimal,
            attributes: dicom.attributes)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(line), as: UTF8.self)
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
