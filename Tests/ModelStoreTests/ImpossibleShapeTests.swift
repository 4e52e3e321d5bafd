// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ModelStore

/// Tensors whose dimensions, offsets or strides no memory could hold: each gets an outcome, when it is read by itself too.
struct ImpossibleShapeTests {
    struct Claim: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var storage = 0
        var offset = 0
        let shape: [Int]
        let strides: [Int]
        /// Of the failure; nil where the tensor is read, and has no values.
        var words: String?
    }

    private static let huge = 1 << 62

    static let claims: [Claim] = [
        Claim(
            testDescription: "a storage of 2⁶² floats, which have 2⁶⁴ = 0 bytes", storage: huge, shape: [1],
            strides: [1],
            words: "has 0 bytes for"),
        Claim(
            testDescription: "its last value", storage: huge, offset: huge - 1, shape: [1], strides: [1],
            words: "has 0 bytes for"),
        Claim(
            testDescription: "nothing, from beyond the storage", offset: .max, shape: [0], strides: [1],
            words: "larger than its storage"),
        Claim(
            testDescription: "a product that overflows before the 0", shape: [huge, huge, 0], strides: [1, 1, 1],
            words: "larger than its storage"),
        Claim(testDescription: "0 times what overflows", shape: [0, huge, huge], strides: [1, huge, 1]),
        Claim(testDescription: "2⁶² rows of nothing", shape: [huge, 0], strides: [.max, 3]),
        Claim(
            testDescription: "strides that reach beyond 64 bits", storage: 4, shape: [2, 2], strides: [.max, .max],
            words: "larger than its storage"),
    ]

    @Test(arguments: claims) func `a checkpoint of such a tensor has an outcome`(_ claim: Claim) throws {
        let file = Self.checkpoint(claim)
        do throws(ModelFailure) {
            let values = try PyTorchCheckpoint(ByteSource(file, path: "test.pth")).floats("a")
            #expect(values.isEmpty && claim.words == nil)
        } catch {
            #expect(error.description.contains(claim.words ?? "an outcome without a failure"))
        }
    }

    /// Past the reader of the pickle: what the archive holds is compared with what the storage claims.
    @Test func `a storage has no bytes where their number overflows`() {
        #expect(PickledStorage(key: "0", type: .f32, count: Self.huge).byteCount == nil)
        #expect(PickledStorage(key: "0", type: .f32, count: 3).byteCount == 12)
    }

    @Test(arguments: [
        ([0, huge, huge], 0, nil), ([huge, huge, 0], 0, "impossible shape"), ([huge, 4], 0, "impossible shape"),
        ([-1, -1], 4, "impossible shape"), ([1], Int.max, "outside the file"),
    ])
    func `a safetensors file of such a tensor has an outcome`(shape: [Int], end: Int, words: String?) {
        let header = Array(#"{"a":{"dtype":"F32","shape":\#(shape),"data_offsets":[0,\#(end)]}}"#.utf8)
        let file = Self.littleEndian(header.count, 8) + header
        do throws(ModelFailure) {
            #expect(try SafetensorsFile(ByteSource(file, path: "test.safetensors")).floats("a").isEmpty && words == nil)
        } catch {
            #expect(error.description.contains(words ?? "an outcome without a failure"))
        }
    }

    @Test(arguments: [Int.max, Int.max - 29, 1 << 32])
    func `a member that lies beyond the archive is refused`(place: Int) {
        let claim = Claim(testDescription: "", shape: [0], strides: [1])
        #expect(throws: ModelFailure.self) {
            try PyTorchCheckpoint(ByteSource(Self.checkpoint(claim, directoryAt: place), path: "test.pth"))
        }
    }
}

/// What `torch.save` would have written of such a tensor.
extension ImpossibleShapeTests {
    private static func littleEndian(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func text(_ text: String) -> [UInt8] { [0x58] + littleEndian(text.utf8.count, 4) + Array(text.utf8) }

    private static func number(_ value: Int) -> [UInt8] { [0x8A, 8] + littleEndian(value, 8) }

    private static func tuple(_ parts: [[UInt8]]) -> [UInt8] { [0x28] + parts.joined() + [0x74] }

    private static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

    /// `{"a": _rebuild_tensor_v2(storage, offset, shape, strides, False, OrderedDict())}`
    private static func pickle(_ claim: Claim) -> [UInt8] {
        let storage = tuple([
            text("storage"), global("torch", "FloatStorage"), text("0"), text("cpu"), number(claim.storage),
        ])
        let arguments = tuple([
            storage + [0x51], number(claim.offset), tuple(claim.shape.map(number)), tuple(claim.strides.map(number)),
            [0x89], global("collections", "OrderedDict") + [0x29, 0x52],
        ])
        let tensor = global("torch._utils", "_rebuild_tensor_v2") + arguments + [0x52]
        return [0x80, 2, 0x7D] + text("a") + tensor + [0x73, 0x2E]
    }

    /// A stored zip of the pickle and an empty storage.
    ///
    /// - Parameter place: where the directory says that the first member lies, by the zip64 field.
    private static func checkpoint(_ claim: Claim, directoryAt place: Int? = nil) -> [UInt8] {
        var (file, directory): ([UInt8], [UInt8]) = ([], [])
        for (name, content) in [("x/data.pkl", pickle(claim)), ("x/data/0", [])] {
            let sizes =
                littleEndian(Int(CRC32.checksum(content)), 4) + littleEndian(content.count, 4)
                + littleEndian(content.count, 4) + littleEndian(name.utf8.count, 2)
            let wide = place.map { littleEndian(1, 2) + littleEndian(8, 2) + littleEndian($0, 8) } ?? []
            directory += littleEndian(0x0201_4B50, 4) + [UInt8](repeating: 0, count: 12) + sizes
            directory += littleEndian(wide.count, 2) + [UInt8](repeating: 0, count: 10)
            directory += littleEndian(place == nil ? file.count : 0xFFFF_FFFF, 4) + Array(name.utf8) + wide
            file += littleEndian(0x0403_4B50, 4) + [UInt8](repeating: 0, count: 10) + sizes + [0, 0]
            file += Array(name.utf8) + content
        }
        let end =
            littleEndian(0x0605_4B50, 4) + [0, 0, 0, 0, 2, 0, 2, 0] + littleEndian(directory.count, 4)
            + littleEndian(file.count, 4) + [0, 0]
        return file + directory + end
    }
}
