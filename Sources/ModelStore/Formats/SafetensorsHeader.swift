// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials

/// The JSON at the head of a safetensors file, as it stands there.
struct SafetensorsHeader: Decodable {
    struct Entry: Decodable {
        let dtype: String
        let shape: [Int]
        let dataOffsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case dataOffsets = "data_offsets"
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    static let metadataKey = "__metadata__"

    let entries: [String: Entry]
    let metadata: [String: String]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        var entries: [String: Entry] = [:]
        for key in container.allKeys where key.stringValue != Self.metadataKey {
            entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
        }
        self.entries = entries
        let key = Name(stringValue: Self.metadataKey)
        metadata = try container.decodeIfPresent([String: String].self, forKey: key) ?? [:]
    }

    static func parse(_ bytes: [UInt8], path: String) throws(ModelFailure) -> SafetensorsHeader {
        do {
            return try JSONDecoder().decode(SafetensorsHeader.self, from: Data(bytes))
        } catch {
            throw ModelFailure(
                .damaged, path, "its header is not the JSON that safetensors asks for",
                remedy: "the file is damaged or of another format: save it again")
        }
    }
}

extension SafetensorsHeader.Entry {
    /// The tensor that this entry describes, if the description fits the file.
    func tensor(
        named name: String, dataStart: Int, fileCount: Int, path: String
    ) throws(ModelFailure) -> SafetensorsFile.Tensor {
        func damaged(_ message: String) -> ModelFailure {
            ModelFailure(.damaged, path, tensor: name, message, remedy: "save the file again")
        }
        guard let type = ElementType(rawValue: dtype) else {
            throw ModelFailure(
                .unsupported, path, tensor: name, "has the number type \(dtype)",
                remedy: "save the weights as F32, F16 or BF16")
        }
        guard let bytes = byteCount(shape: shape, type: type) else {
            throw damaged("has the impossible shape \(shape)")
        }
        guard dataOffsets.count == 2, 0 <= dataOffsets[0], dataOffsets[0] <= dataOffsets[1],
            dataOffsets[1] <= fileCount - dataStart
        else { throw damaged("lies at \(dataOffsets), outside the file") }
        guard dataOffsets[1] - dataOffsets[0] == bytes else {
            throw damaged("has \(dataOffsets[1] - dataOffsets[0]) bytes where its shape needs \(bytes)")
        }
        return SafetensorsFile.Tensor(
            type: type, shape: shape, range: dataStart + dataOffsets[0]..<dataStart + dataOffsets[1])
    }
}

/// Bytes of a tensor, or nil where an extent is negative or the product overflows.
func byteCount(shape: [Int], type: ElementType) -> Int? {
    var count = type.byteCount
    for extent in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow else { return nil }
        count = product
    }
    return count
}
