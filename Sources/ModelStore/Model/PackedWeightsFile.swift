// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Glibc
internal import LinuxIO
internal import ResNet
internal import SystemPackage
internal import TensorMath

/// Packed weights kept beside `model.safetensors`: a start then maps and sums them up and packs nothing.
///
/// A page with a line of JSON, then the words as the kernels read them. The file is replaced by renaming, never written
/// in place, so that no process that has it mapped sees it change. It is a copy: whatever does not fit is made again.
/// It lies in the model's own folder because it decides verdicts as much as the weights do: the same rights guard both.
struct PackedWeightsFile: Sendable {
    /// What the file was made from and how.
    struct Header: Codable, Equatable {
        var schema = "fundusd.packed-weights/1"
        /// Of the words, which no one turns round.
        var byteOrder = 1.littleEndian == 1 ? "little" : "big"
        var packing: String
        /// Of model.safetensors, as model.json says.
        var sha256: String
        /// model.safetensors as it lay there when it was hashed: another file, or another content, shows here.
        var source: Source
        var words: Int
        /// In hexadecimal digits; JSON's numbers are not for 64 bits.
        var checksum: String

        struct Source: Codable, Equatable {
            var bytes: Int
            var inode: UInt64
            /// Nanoseconds since 1970.
            var modified: Int64
            /// The same; only the kernel sets it, so nobody can put it back after a change.
            var changed: Int64

            /// Without the device's number, which may be another after each boot.
            init(_ signature: FileSignature) {
                bytes = signature.bytes
                inode = signature.inode
                modified = signature.modified
                changed = signature.changed
            }
        }
    }

    static let headerBytes = 4096
    /// A piece begins at a multiple of it: the page cache then keeps the file in huge pages where it can.
    private static let pieceBytes = 4 << 20

    /// Whether a model's folder holds such a file, or what is kept beside it, under this name.
    static func isName(_ name: String) -> Bool {
        name.hasPrefix("packed-") && name.hasSuffix(".weights") || name == PrecisionSpeeds.fileName
    }

    /// Engines and precisions lay weights out differently, each in a file of its own.
    static func name(of form: ResNet50Inference.Form) -> String {
        "packed-\(form.engineKind == .kernels ? form.precision.rawValue : form.engineKind.rawValue).weights"
    }

    let path: FilePath
    private let form: ResNet50Inference.Form
    private let sha256: String

    init(_ folder: ModelFolder, sha256: String, _ form: ResNet50Inference.Form) {
        path = folder.path.appending(Self.name(of: form))
        self.form = form
        self.sha256 = sha256
    }

    /// The weights of a valid file, and what it says that they were made from.
    func weights() throws(PackedWeightsFault) -> Found {
        let file = try open()
        let header = try header(of: file)
        guard header.schema == expected(header).schema else { throw .stale("another version of the program") }
        guard header.byteOrder == expected(header).byteOrder else { throw .stale("a machine of another kind") }
        guard header.sha256 == sha256 else { throw .stale("other weights") }
        guard header == expected(header) else { throw .stale("another way to compute") }
        guard let weights = PackedWeights(mapping: file.raw, from: Self.headerBytes, count: form.weightCount) else {
            throw .damaged("it can't be mapped, or has another length than it says")
        }
        guard Self.checksum(weights) == header.checksum else { throw .damaged("its checksum is wrong") }
        return Found(weights: weights, header: header)
    }

    struct Found: ~Copyable {
        let weights: PackedWeights
        let header: Header
    }

    /// Why the file is not what `keep` would write for a network; nil where it is.
    func fault(for network: ResNet50Inference, from source: FileSignature) -> PackedWeightsFault? {
        do throws(PackedWeightsFault) {
            let found = try weights()
            if found.header.checksum != network.withPackedWeights(Self.checksum) { return .damaged("it differs") }
            return found.header.source == Header.Source(source) ? nil : .stale("another file of the same weights")
        } catch {
            return error
        }
    }

    /// Keeps a network's weights for the next start.
    ///
    /// - Parameter source: model.safetensors as it was when the weights were read from it.
    func keep(_ network: ResNet50Inference, from source: FileSignature) throws(SystemFailure) {
        let header = Header(
            packing: form.packing, sha256: sha256, source: Header.Source(source), words: form.weightCount,
            checksum: network.withPackedWeights(Self.checksum))
        // What a killed writer left. One at work meanwhile finds its file gone, and leaves the keeping to this one.
        _ = try? AtomicFile.removeUnfinished(in: path.removingLastComponent())
        var next = 0
        let end = form.weightCount
        try AtomicFile.write(
            pieces: {
                guard next < end else { return nil }
                let page = next == 0 ? Self.page(header) : []
                let words = next..<min(next + (Self.pieceBytes - page.count) / 4, end)
                next = words.upperBound
                return page + network.withPackedWeights { $0.bytes(of: words) }
            }, to: path)
    }

    static func checksum(_ weights: borrowing PackedWeights) -> String {
        String(weights.checksum(on: .shared), radix: 16)
    }

    private func open() throws(PackedWeightsFault) -> Descriptor {
        do throws(SystemFailure) {
            return try Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        } catch {
            throw error.code == .noSuchFileOrDirectory ? .missing : .unreadable(error.code.description)
        }
    }

    private func header(of file: borrowing Descriptor) throws(PackedWeightsFault) -> Header {
        let page: [UInt8]
        do throws(SystemFailure) {
            page = try file.read(upTo: Self.headerBytes, at: 0)
        } catch {
            // A FIFO has no places to read at (man 2 pread, ESPIPE).
            throw error.code == .illegalSeek
                ? .damaged("its first page is no header") : .unreadable(error.code.description)
        }
        guard page.count == Self.headerBytes,
            let line = page.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first,
            let header = try? JSONDecoder().decode(Header.self, from: Data(line))
        else { throw .damaged("its first page is no header") }
        return header
    }

    /// What a header has to be but for what it alone can know.
    private func expected(_ found: Header) -> Header {
        Header(
            packing: form.packing, sha256: sha256, source: found.source, words: form.weightCount,
            checksum: found.checksum)
    }

    static func page(_ header: Header) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let json = try? encoder.encode(header), json.count < headerBytes else {
            preconditionFailure("a header fits a page")
        }
        let line = Array(json) + [UInt8(ascii: "\n")]
        return line + [UInt8](repeating: 0, count: headerBytes - line.count)
    }
}

/// Why packed weights can't be used; they are made anew then, and nothing else comes of it.
package enum PackedWeightsFault: Error, Equatable, CustomStringConvertible {
    case missing
    case unreadable(String)
    /// Made for something else.
    case stale(String)
    case damaged(String)

    package var description: String {
        switch self {
        case .missing: "there were none"
        case .unreadable(let reason): "the file can't be read: \(reason)"
        case .stale(let other): "they were made for \(other)"
        case .damaged(let fault): "the file is damaged: \(fault)"
        }
    }
}
