// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import LinuxIO
package import ResNet
package import SystemPackage

/// Lays parameters out as a safetensors file.
package enum SafetensorsWriter {
    /// One tensor to be written.
    package struct Tensor {
        package let name: String
        /// Slowest axis first.
        package let shape: [Int]
        package let type: ElementType
        /// In C order: the last dimension runs fastest.
        package let values: ArraySlice<Float>

        package init(name: String, shape: [Int], type: ElementType, values: ArraySlice<Float>) {
            self.name = name
            self.shape = shape
            self.type = type
            self.values = values
        }
    }

    private struct Entry: Encodable {
        let dtype: String
        let shape: [Int]
        let dataOffsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case dataOffsets = "data_offsets"
        }
    }

    /// All parameters in table order.
    ///
    /// - Parameter weightType: of the convolutions and the head; what batch norm holds stays F32, for a variance has no
    ///   business in half precision.
    package static func tensors(_ parameters: ResNet50Parameters, weightType: ElementType) -> [Tensor] {
        parameters.layout.parameters.map { specification in
            let isWeight = specification.role == .convolution || specification.role == .linearWeight
            return Tensor(
                name: specification.name, shape: specification.shape, type: isWeight ? weightType : .f32,
                values: parameters[specification.name])
        }
    }

    /// The whole file.
    ///
    /// Wider types come first, as the format's own writer does, so that every tensor is aligned to its type.
    /// - Parameter path: for messages.
    package static func bytes(
        _ tensors: [Tensor], metadata: [String: String], path: String
    ) throws(ModelFailure) -> [UInt8] {
        let ordered = [8, 4, 2].flatMap { width in tensors.filter { $0.type.byteCount == width } }
        let form = ordered.map { (name: $0.name, shape: $0.shape, type: $0.type) }
        var (file, end) = head(form, metadata: metadata)
        // A model is large: its file is in memory once, and never copied.
        file.reserveCapacity(file.count + end)
        for tensor in ordered { file += try encode(tensor, path: path) }
        return file
    }

    /// The same for tensors of F32 that are too many for memory: each is asked for when its turn comes.
    ///
    /// - Parameter values: row-major in the tensor's shape.
    package static func write(
        _ tensors: [(name: String, shape: [Int])], metadata: [String: String], to path: FilePath,
        values: (String) -> [Float]
    ) throws(ModelFailure) {
        var next = 0
        do throws(SystemFailure) {
            try AtomicFile.write(
                pieces: {
                    defer { next += 1 }
                    if next == 0 { return head(tensors.map { ($0.name, $0.shape, .f32) }, metadata: metadata).bytes }
                    guard next <= tensors.count else { return nil }
                    let tensor = tensors[next - 1]
                    let values = values(tensor.name)
                    precondition(values.count == tensor.shape.reduce(1, *), "\(tensor.name) has another shape")
                    return ElementType.f32.bytes(values)
                }, to: path)
        } catch {
            throw ModelFailure(error)
        }
    }

    /// What stands before the tensors, and how many bytes they have.
    private static func head(
        _ tensors: [(name: String, shape: [Int], type: ElementType)], metadata: [String: String]
    ) -> (bytes: [UInt8], dataCount: Int) {
        var entries: [String: Entry] = [:]
        var end = 0
        for tensor in tensors {
            let start = end
            end += tensor.shape.reduce(1, *) * tensor.type.byteCount
            entries[tensor.name] = Entry(
                dtype: tensor.type.rawValue, shape: tensor.shape, dataOffsets: [start, end])
        }
        precondition(entries.count == tensors.count, "tensors need different names and a type of floats")
        var header = json(entries, metadata: metadata)
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        return ((0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header, end)
    }

    private static func encode(_ tensor: Tensor, path: String) throws(ModelFailure) -> [UInt8] {
        precondition(tensor.shape.reduce(1, *) == tensor.values.count, "\(tensor.name): shape and values disagree")
        guard let bytes = tensor.type.bytes(Array(tensor.values)), let back = tensor.type.floats(bytes) else {
            preconditionFailure("\(tensor.type) is no weight's type")
        }
        guard back.allSatisfy(\.isFinite) else {
            throw ModelFailure(
                .notFinite, path, tensor: tensor.name, "holds a value that \(tensor.type.rawValue) cannot",
                remedy: "write F32 instead")
        }
        return bytes
    }

    private static func json(_ entries: [String: Entry], metadata: [String: String]) -> [UInt8] {
        struct Header: Encodable {
            let entries: [String: Entry]
            let metadata: [String: String]

            func encode(to encoder: any Encoder) throws {
                try entries.encode(to: encoder)
                try [SafetensorsHeader.metadataKey: metadata].encode(to: encoder)
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(Header(entries: entries, metadata: metadata)) else {
            preconditionFailure("strings and integers always encode")
        }
        return Array(data)
    }
}
