// SPDX-License-Identifier: Apache-2.0
// In: a weight file (safetensors, or what torch.save wrote) or a model folder. Out: checked parameters, a network, a verdict.
// A file says where its tensors lie; nothing it says is believed before it is checked against the bytes that are there.
// Called by the `model` verbs, by the daemon when it loads or swaps its model, and by the retrainer that publishes one.

internal import FoundationEssentials

/// An open `.safetensors` file whose header has been checked; tensors are read where they are asked for.
///
/// Format: eight bytes of header length (little-endian), the header as JSON, the tensors end to end
/// (github.com/huggingface/safetensors, README “Format”).
package struct SafetensorsFile: Sendable {
    /// Where a tensor lies, and what it is.
    package struct Tensor: Sendable, Equatable {
        package let type: ElementType
        /// Slowest axis first.
        package let shape: [Int]
        /// Byte range in the file.
        package let range: Range<Int>
    }

    /// Ten thousand tensors need about a megabyte.
    package static let largestHeader = 4 << 20

    /// By the file's own names; nothing of their values is read yet.
    package let tensors: [String: Tensor]
    /// The header's `__metadata__`: texts of whoever wrote the file.
    package let metadata: [String: String]
    private let source: ByteSource

    /// Reads and checks the header.
    ///
    /// - Throws: where it does not fit the bytes that are there.
    package init(_ source: ByteSource) throws(ModelFailure) {
        let path = source.path
        let length = try source.bytes(at: 0, count: 8).enumerated().reduce(UInt64(0)) {
            $0 | UInt64($1.element) << (8 * $1.offset)
        }
        guard length <= UInt64(min(Self.largestHeader, source.count - 8)) else {
            throw ModelFailure(
                .damaged, path, "its header claims \(length) bytes of \(source.count)",
                remedy: "the file is truncated or no safetensors file: copy or save it again")
        }
        let header = try SafetensorsHeader.parse(try source.bytes(at: 8, count: Int(length)), path: path)
        let dataStart = 8 + Int(length)
        var tensors: [String: Tensor] = [:]
        for (name, entry) in header.entries {
            tensors[name] = try entry.tensor(named: name, dataStart: dataStart, fileCount: source.count, path: path)
        }
        try Self.checkLayout(tensors, dataStart: dataStart, fileCount: source.count, path: path)
        self.tensors = tensors
        metadata = header.metadata
        self.source = source
    }

    /// A tensor's values in row-major order.
    package func floats(_ name: String) throws(ModelFailure) -> [Float] {
        guard let tensor = tensors[name] else {
            throw ModelFailure(
                .mismatch, source.path, tensor: name, "is not in the file", remedy: "import a complete file")
        }
        let bytes = try source.bytes(at: tensor.range.lowerBound, count: tensor.range.count)
        guard let values = tensor.type.floats(bytes) else {
            throw ModelFailure(
                .unsupported, source.path, tensor: name, "holds \(tensor.type.rawValue), which is no weight's type",
                remedy: "save the weights as F32, F16 or BF16")
        }
        return values
    }

    /// The tensors must follow one another and fill the file, as the format says; so none can overlap.
    private static func checkLayout(
        _ tensors: [String: Tensor], dataStart: Int, fileCount: Int, path: String
    ) throws(ModelFailure) {
        let ordered = tensors.sorted {
            ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
                < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
        }
        var end = dataStart
        for (name, tensor) in ordered {
            guard tensor.range.lowerBound == end else {
                let fault = tensor.range.lowerBound < end ? "overlaps the tensor before it" : "leaves a gap before it"
                throw ModelFailure(.damaged, path, tensor: name, fault, remedy: "save the file again")
            }
            end = tensor.range.upperBound
        }
        guard end == fileCount else {
            throw ModelFailure(
                .damaged, path, "has \(fileCount - end) bytes that belong to no tensor", remedy: "save the file again")
        }
    }
}
