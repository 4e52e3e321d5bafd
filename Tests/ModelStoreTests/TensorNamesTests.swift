// SPDX-License-Identifier: Apache-2.0
import Fixtures
import ResNet
import Testing

@testable import ModelStore

/// Whatever a file's author called the tensors of a ResNet-50.
struct TensorNamesTests {
    private static let layout = ResNet50Layout(baseWidth: 1, outputs: 2)
    private static let network = SeededNetwork.parameters(layout: layout, seed: 3)

    /// How a file calls them.
    struct Naming: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var extra: [String] = []
        /// What is told; empty where nothing is.
        let words: [String]
        let rename: @Sendable (String) -> String

        init(
            _ name: String, extra: [String] = [], tells words: String..., rename: @escaping @Sendable (String) -> String
        ) {
            testDescription = name
            self.extra = extra
            self.words = words
            self.rename = rename
        }
    }

    private static func head(_ name: String, as layer: String) -> String {
        name.hasPrefix("fc.") ? "\(layer).\(name.dropFirst(3))" : name
    }

    private static func child(_ name: String) -> String {
        let numbers = ["conv1": 0, "bn1": 1, "layer1": 4, "layer2": 5, "layer3": 6, "layer4": 7]
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        return numbers[parts[0]].map { "\($0).\(parts[1])" } ?? name
    }

    private static func huggingFace(_ name: String) -> String {
        let parts = name.split(separator: ".").map(String.init)
        let (leaf, unit) = (parts[parts.count - 1], parts[parts.count - 2])
        if parts[0] == "fc" { return "classifier.1.\(leaf)" }
        let isConvolution = unit.hasPrefix("conv") || name.contains("downsample.0")
        let kind = isConvolution ? "convolution" : "normalization"
        if parts.count == 2 { return "resnet.embedder.embedder.\(kind).\(leaf)" }
        let block = "resnet.encoder.stages.\((Int(parts[0].dropFirst(5)) ?? 0) - 1).layers.\(parts[1])"
        if parts[2] == "downsample" { return "\(block).shortcut.\(kind).\(leaf)" }
        return "\(block).layer.\((unit.last?.wholeNumberValue ?? 0) - 1).\(kind).\(leaf)"
    }

    private static func prefixed(_ prefix: String) -> Naming {
        Naming(prefix, tells: "\(prefix) was taken off") { prefix + $0 }
    }

    static let prefixes = [
        "module.", "_orig_mod.", "model.", "backbone.", "encoder.", "net.", "network.", "resnet.", "model.backbone.",
        "module._orig_mod.model.", "_orig_mod.module.", "my_own_attribute.",
    ].map(prefixed)

    static let heads = [
        "fc.0", "fc.1", "classifier", "classifier.1", "head", "head.fc", "last_linear", "fc.1.1", "output", "linear",
    ].map { layer in
        Naming("head \(layer)", tells: "\(layer) is taken for the last layer, fc") { head($0, as: layer) }
    }

    static let others = [
        Naming("torchvision's own") { $0 },
        Naming("with counters", extra: ["bn1.num_batches_tracked", "layer1.0.bn1.num_batches_tracked"]) { $0 },
        Naming("head outside of the trunk", tells: "backbone. was taken off 265", "classifier is taken") {
            $0.hasPrefix("fc.") ? head($0, as: "classifier") : "backbone.\($0)"
        },
        Naming("head beside a wrapped trunk", tells: "model.features.", "head.1 is taken") {
            $0.hasPrefix("fc.") ? "model.head.1.\($0.dropFirst(3))" : "model.features.\($0)"
        },
        Naming("children and a linear layer", tells: "features. was", "numbered layers", "classifier is taken") {
            $0.hasPrefix("fc.") ? head($0, as: "classifier") : "features.\(child($0))"
        },
        Naming("one flat Sequential", tells: "numbered layers", "10 is taken") { head(child($0), as: "10") },
        Naming("transformers", tells: "names are transformers'", "classifier.1 is taken") { huggingFace($0) },
        Naming("thop's counters", extra: ["conv1.total_ops", "total_params"], tells: "left out") { $0 },
        Naming(
            "a loss's weights", extra: ["criterion.weight", "n_averaged"], tells: "criterion.weight and 1 more left out"
        ) {
            $0
        },
    ]

    private static func file(_ naming: Naming) throws -> [UInt8] {
        let tensors = SafetensorsWriter.tensors(network, weightType: .f32).map {
            SafetensorsWriter.Tensor(name: naming.rename($0.name), shape: $0.shape, type: .f32, values: $0.values)
        }
        let extra = naming.extra.map { SafetensorsWriter.Tensor(name: $0, shape: [1], type: .f32, values: [1]) }
        return try SafetensorsWriter.bytes(tensors + extra, metadata: [:], path: "test")
    }

    @Test(arguments: prefixes + heads + others) func `every name finds its place, and what was done is told`(
        _ naming: Naming
    ) throws {
        let archive = try WeightArchive(ByteSource(try Self.file(naming), path: "test"))
        #expect(try archive.layout() == Self.layout)
        #expect(try archive.parameters(Self.layout) == Self.network)
        let told = archive.remarks.joined(separator: "; ")
        #expect(naming.words.isEmpty == told.isEmpty, "\(told)")
        for words in naming.words { #expect(told.contains(words), "\(told)") }
    }

    static let refused = [
        ("two networks", ["ema.conv1.weight": [1, 3, 7, 7]], "holds 2 networks, under “” and “ema.”"),
        ("another layer's head", ["head.weight": [2, 32]], "ends in 2 layers with weights, fc, head"),
        ("a head of two layers", ["fc.3.weight": [2, 512]], "ends in 2 layers with weights, fc, fc.3"),
        ("normalization in the head", ["fc.1.weight": [32], "fc.1.running_mean": [32]], "ends in 2 layers"),
        ("an unknown layer", ["attention.weight": [4, 4]], "attention.weight: is no part of a ResNet-50"),
    ]

    @Test(arguments: refused) func `what is no plain ResNet-50 is refused by name`(
        name: String, extra: [String: [Int]], words: String
    ) throws {
        var shapes: [String: [Int]] = [:]
        for tensor in Self.layout.parameters { shapes[tensor.name] = tensor.shape }
        shapes.merge(extra) { $1 }
        let tensors = shapes.map { name, shape in
            SafetensorsWriter.Tensor(
                name: name, shape: shape, type: .f32,
                values: [Float](repeating: 0, count: shape.reduce(1, *))[...])
        }
        let bytes = try SafetensorsWriter.bytes(tensors, metadata: [:], path: "test")
        #expect {
            let archive = try WeightArchive(ByteSource(bytes, path: "test"))
            _ = try archive.parameters(try archive.layout())
        } throws: { "\($0)".contains(words) }
    }

    static let families: [(String, [String: [Int]], String?)] = [
        (
            "ResNet-18", ["layer1.0.conv1.weight": [64, 64, 3, 3], "layer1.0.conv2.weight": [64, 64, 3, 3]],
            "a ResNet-18"
        ),
        (
            "ResNet-34", ["layer1.0.conv1.weight": [64, 64, 3, 3], "layer3.5.conv1.weight": [256, 256, 3, 3]],
            "a ResNet-34"
        ),
        ("ResNet-101", blocks(23), "a ResNet-101"), ("ResNet-152", blocks(36), "a ResNet-152"),
        ("some other depth", blocks(10), "a deeper ResNet (10 blocks"), ("ResNet-50", blocks(6), nil),
        (
            "wide", ["layer1.0.conv1.weight": [128, 64, 1, 1], "layer1.0.conv2.weight": [128, 128, 3, 3]],
            "a wide ResNet"
        ),
        (
            "ResNeXt", ["layer1.0.conv1.weight": [128, 64, 1, 1], "layer1.0.conv2.weight": [128, 4, 3, 3]],
            "a ResNeXt (its 3×3 convolutions have 32 groups)"
        ),
        ("SE", ["layer1.0.se.fc1.weight": [16, 256, 1, 1]], "an SE-ResNet"),
        ("a hostile shape", ["layer1.0.conv1.weight": [], "layer1.0.conv2.weight": [0, 0, 0, 0]], nil),
    ]

    private static func blocks(_ count: Int) -> [String: [Int]] {
        var shapes = ["layer1.0.conv1.weight": [64, 64, 1, 1]]
        for block in 0..<count { shapes["layer3.\(block).conv1.weight"] = [256, 1024, 1, 1] }
        return shapes
    }

    @Test(arguments: families) func `a relative of ResNet-50 is called by its name`(
        name: String, shapes: [String: [Int]], words: String?
    ) {
        let found = OtherNetwork.name(shapes.merging(["conv1.weight": [64, 3, 7, 7]]) { $1 })
        #expect(words.map { found?.hasPrefix($0) == true } ?? (found == nil), "\(found ?? "nothing")")
    }

    @Test(arguments: [
        ("features.denseblock1.denselayer1.conv1.weight", "a DenseNet"), ("visual.patch_embed.proj.weight", "a vision"),
        ("conv1.0.weight", "a ResNet with a stem of three"), ("module.conv1.weight_orig", "a pruned network"),
        ("features.0.0.weight", "an EfficientNet, MobileNet"), ("_conv_stem.weight", "an EfficientNet or"),
    ]) func `another network is called by its name`(tensor: String, words: String) {
        #expect(OtherNetwork.name([tensor: [32, 3, 3, 3]])?.hasPrefix(words) == true)
    }
}
