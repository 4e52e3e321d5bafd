// SPDX-License-Identifier: Apache-2.0
import Fixtures
import ResNet
import Testing

@testable import ModelStore

struct SafetensorsTests {
    private static let values: [Float] = [0, -0.0, 1, -1.5, 65_504, 1e-7, 0.333_333_34, 3.141_592_7]

    private static func file(_ header: String, data: [UInt8] = []) -> [UInt8] {
        let text = Array(header.utf8)
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + data
    }

    @Test(arguments: [(ElementType.f32, Float(0)), (.f64, 0), (.f16, 1e-3), (.bf16, 8e-3)])
    func `writing then reading gives the values back`(type: ElementType, tolerance: Float) throws {
        let tensors = [
            SafetensorsWriter.Tensor(name: "a", shape: [2, 4], type: type, values: Self.values[...]),
            SafetensorsWriter.Tensor(name: "b\"ä", shape: [], type: .f32, values: [7]),
        ]
        let bytes = try SafetensorsWriter.bytes(tensors, metadata: ["format": "pt"], path: "test")
        let file = try SafetensorsFile(ByteSource(bytes, path: "test"))
        #expect(file.metadata == ["format": "pt"])
        #expect(file.tensors["a"]?.shape == [2, 4] && file.tensors["a"]?.type == type)
        #expect(try file.floats("b\"ä") == [7])
        for (back, value) in zip(try file.floats("a"), Self.values) {
            #expect(abs(back - value) <= tolerance * max(abs(value), 1e-4))
        }
    }

    /// The bytes of numpy's float16 and of torch's bfloat16 for the same numbers.
    @Test(arguments: [
        (ElementType.f16, [UInt8]([0x00, 0x3C, 0x00, 0xBE, 0x55, 0x35]), [Float](arrayLiteral: 1, -1.5, 0.333_251_95)),
        (.bf16, [0x80, 0x3F, 0xC0, 0xBF, 0xAB, 0x3E], [1, -1.5, 0.333_984_38]),
    ])
    func `bytes of half precision are the usual ones`(type: ElementType, bytes: [UInt8], values: [Float]) {
        #expect(type.floats(bytes) == values)
        #expect(type.bytes([1, -1.5, 1 / 3]) == bytes)
    }

    @Test func `a part of a network is completed, but no other shape taken`() throws {
        let layout = ResNet50Layout(baseWidth: 1, outputs: nil)
        let whole = SeededNetwork.parameters(layout: layout, seed: 1)
        let all = SafetensorsWriter.tensors(whole, weightType: .f32)
        func completed(_ tensors: [SafetensorsWriter.Tensor]) throws -> ([String], ResNet50Parameters) {
            let bytes = try SafetensorsWriter.bytes(tensors, metadata: [:], path: "test")
            let (parameters, made) = try WeightArchive(ByteSource(bytes, path: "test")).parameters(layout) {
                [Float](repeating: 9, count: $0.count)
            }
            return (made, parameters)
        }
        let (made, parameters) = try completed(
            all.filter { $0.name != "layer4.2.conv1.weight" && $0.name != "bn1.bias" })
        #expect(made == ["bn1.bias", "layer4.2.conv1.weight"])
        for name in layout.parameters.map(\.name) {
            #expect(made.contains(name) ? parameters[name].allSatisfy { $0 == 9 } : parameters[name] == whole[name])
        }
        let bent = all.map { tensor in
            tensor.name == "bn1.bias"
                ? SafetensorsWriter.Tensor(name: tensor.name, shape: [1, 1], type: .f32, values: tensor.values) : tensor
        }
        #expect { _ = try completed(bent) } throws: { ($0 as? ModelFailure)?.tensor == "bn1.bias" }
    }

    @Test func `a value beyond half precision is refused`() {
        let tensor = SafetensorsWriter.Tensor(name: "a", shape: [1], type: .f16, values: [70_000])
        #expect {
            _ = try SafetensorsWriter.bytes([tensor], metadata: [:], path: "test")
        } throws: { ($0 as? ModelFailure)?.code == .notFinite }
    }

    @Test(arguments: [
        ("empty", [], "ends before"),
        ("huge header", [255, 255, 255, 255, 255, 255, 255, 255, 0x7B], "claims"),
        ("header beyond the file", [100, 0, 0, 0, 0, 0, 0, 0, 0x7B], "claims"),
        ("no JSON", file("{\"a\""), "JSON"),
        ("no object", file("{}x"), "JSON"),
        ("nested deeply", file("{\"a\":" + String(repeating: "[", count: 100_000)), "JSON"),
        ("unknown type", file(#"{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}"#, data: [0]), "F8_E4M3"),
        ("negative extent", file(#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, data: [0]), "impossible"),
        (
            "overflow", file(#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#),
            "impossible"
        ),
        ("outside", file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: [0, 0, 0, 0]), "outside"),
        ("backwards", file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, data: [0, 0, 0, 0]), "outside"),
        ("three offsets", file(#"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4,4]}}"#), "outside"),
        (
            "wrong size", file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, data: [0, 0, 0, 0]),
            "needs 8"
        ),
        (
            "overlap",
            file(
                #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#,
                data: [0, 0, 0, 0]), "overlaps"
        ),
        ("gap", file(#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#, data: [0, 0, 0, 0]), "gap"),
        ("rest", file(#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, data: [0, 0, 0, 0]), "no tensor"),
    ])
    func `faulty files are refused`(name: String, bytes: [UInt8], words: String) {
        #expect {
            _ = try SafetensorsFile(ByteSource(bytes, path: name))
        } throws: { ($0 as? ModelFailure)?.description.contains(words) == true }
    }

    @Test func `every truncation and flipped byte has an outcome`() throws {
        let tensors = [
            SafetensorsWriter.Tensor(name: "conv1.weight", shape: [2, 4], type: .f32, values: Self.values[...]),
            SafetensorsWriter.Tensor(name: "bn1.bias", shape: [8], type: .f16, values: [0, 1, 2, 3, 4, 5, 6, 7]),
        ]
        let whole = try SafetensorsWriter.bytes(tensors, metadata: ["a": "b"], path: "test")
        for count in whole.indices {
            #expect(throws: ModelFailure.self) { try SafetensorsFile(ByteSource(Array(whole[..<count]), path: "cut")) }
        }
        for place in whole.indices {
            for mask in [UInt8(1), 0x20, 0x80, 0xFF] {
                var damaged = whole
                damaged[place] ^= mask
                let file = try? SafetensorsFile(ByteSource(damaged, path: "flipped"))
                for name in file?.tensors.keys.sorted() ?? [] { _ = try? file?.floats(name) }
            }
        }
    }
}
