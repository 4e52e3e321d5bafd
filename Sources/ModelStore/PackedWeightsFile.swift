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
struct PackedWeightsFile: Sendable {
    /// What the file was made from and how.
    private struct Header: Codable, Equatable {
        var schema = "fundusd.packed-weights/1"
        var packing: String
        /// Of model.safetensors, as model.json says.
        var sha256: String
        /// model.safetensors as it lay there when it was hashed: another file, or another content, shows here.
        var source: Source
        var words: Int
        var checksum: UInt64 = 0

        struct Source: Codable, Equatable {
            var bytes: Int
            var inode: UInt64
            /// Nanoseconds since 1970.
            var modified: Int64
            var changed: Int64

            init(_ signature: FileSignature) {
                bytes = signature.bytes
                inode = signature.inode
                modified = signature.modified
                changed = signature.changed
            }
        }
    }

    private static let headerBytes = 4096
    private let path: FilePath
    private let folder: ModelFolder
    private let form: ResNet50Inference.Form
    private let record: ModelRecord

    init(_ folder: ModelFolder, _ record: ModelRecord, _ form: ResNet50Inference.Form) {
        path = folder.path.appending("packed-\(form.precision.rawValue).weights")
        self.folder = folder
        self.form = form
        self.record = record
    }

    /// The network of a valid file; nil where it is missing, stale or damaged.
    func network() -> ResNet50Inference? {
        guard let file = try? Descriptor.open(path, O_RDONLY | O_NOFOLLOW),
            let bytes = try? file.read(upTo: Self.headerBytes, at: 0),
            let line = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first,
            let found = try? JSONDecoder().decode(Header.self, from: Data(line)),
            var expected = try? header()
        else { return nil }
        expected.checksum = found.checksum
        guard found == expected,
            let weights = PackedWeights(mapping: file.raw, from: Self.headerBytes, count: form.weightCount),
            weights.checksum(on: .shared) == found.checksum
        else { return nil }
        return ResNet50Inference(form, weights: weights)
    }

    /// Keeps a network's weights for the next start.
    ///
    /// - Returns: false where the folder can't be written: everything works without the file, only slower to start.
    @discardableResult
    func keep(_ network: ResNet50Inference) -> Bool {
        do {
            var header = try header()
            header.checksum = network.withPackedWeights { $0.checksum(on: .shared) }
            var pieces = try pieces(header, network)
            try AtomicFile.write(pieces: { pieces.next() }, to: path)
            return true
        } catch {
            return false
        }
    }

    private func header() throws -> Header {
        let status = try Descriptor.open(folder.weightsPath, O_RDONLY | O_NONBLOCK).status()
        return Header(
            packing: form.packing, sha256: record.sha256, source: Header.Source(status.signature),
            words: form.weightCount)
    }

    private func pieces(_ header: Header, _ network: ResNet50Inference) throws -> some IteratorProtocol<[UInt8]> {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let line = try encoder.encode(header) + [UInt8(ascii: "\n")]
        let page = Array(line) + [UInt8](repeating: 0, count: Self.headerBytes - line.count)
        let words = 1 << 18
        let starts = stride(from: 0, to: form.weightCount, by: words)
        let weights = starts.lazy.map { start in
            network.withPackedWeights { $0.bytes(of: start..<min(start + words, $0.count)) }
        }
        return chain([page], weights)
    }

    private func chain(_ first: [[UInt8]], _ rest: some Sequence<[UInt8]>) -> some IteratorProtocol<[UInt8]> {
        var (first, rest) = (first.makeIterator(), rest.makeIterator())
        return AnyIterator { first.next() ?? rest.next() }
    }
}
