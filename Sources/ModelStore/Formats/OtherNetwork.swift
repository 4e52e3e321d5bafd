// SPDX-License-Identifier: Apache-2.0
/// What a file holds that is no ResNet-50 of torchvision's, as far as its tensors show: for the person who tries to import it.
enum OtherNetwork {
    /// Nil where it may be a ResNet-50, or nobody knows what else.
    ///
    /// - Parameter shapes: by torchvision's names where they are known.
    static func name(_ shapes: [String: [Int]]) -> String? {
        shapes["conv1.weight"] == nil ? withoutStem(shapes.keys) : relative(shapes)
    }

    /// A network of ResNet's family, with its stem.
    private static func relative(_ shapes: [String: [Int]]) -> String? {
        func has(_ name: String) -> Bool { shapes[name] != nil }
        if shapes.keys.contains(where: { $0.contains(".se.") || $0.contains(".se_module.") }) {
            return "an SE-ResNet (its blocks squeeze and excite)"
        }
        guard let stem = shapes["conv1.weight"], let first = shapes["layer1.0.conv1.weight"], first.count == 4 else {
            return nil
        }
        if first[2] == 3 {
            let isDeep = has("layer3.5.conv1.weight")
            return "a ResNet-\(isDeep ? 34 : 18) (its blocks have two convolutions, not three)"
        }
        if let spatial = shapes["layer1.0.conv2.weight"], spatial.count == 4, spatial[1] > 0, spatial[1] < spatial[0] {
            return "a ResNeXt (its 3×3 convolutions have \(spatial[0] / spatial[1]) groups)"
        }
        if first[0] > stem[0] { return "a wide ResNet (its blocks are \(first[0]) wide inside, not \(stem[0]))" }
        let blocks = (0..<64).prefix { has("layer3.\($0).conv1.weight") }.count
        switch blocks {
        case 23: return "a ResNet-101 (23 blocks in layer3, not 6)"
        case 36: return "a ResNet-152 (36 blocks in layer3, not 6)"
        case 7...: return "a deeper ResNet (\(blocks) blocks in layer3, not 6)"
        default: return nil
        }
    }

    /// A part of a name that only this network has.
    private static let marks = [
        ("weight_orig", "a pruned network (torch.nn.utils.prune.remove makes its weights plain)"),
        (
            "parametrizations.",
            "a parametrized network (torch.nn.utils.parametrize.remove_parametrizations makes it plain)"
        ),
        ("conv1.0.weight", "a ResNet with a stem of three convolutions (timm's resnet50d, say)"),
        ("stem.conv", "a network with a stem of its own (detectron2's or a ResNetV2, say)"),
        ("patch_embed", "a vision transformer"), ("cls_token", "a vision transformer"),
        ("class_token", "a vision transformer"), ("denseblock", "a DenseNet"),
        ("conv_stem", "an EfficientNet or MobileNet"),
        ("features.0.0.", "an EfficientNet, MobileNet or ConvNeXt"), ("Mixed_5b", "an Inception network"),
        ("inception4a", "a GoogLeNet"), ("stages.0.", "a ConvNeXt, RegNet or ResNetV2"), ("trunk_output", "a RegNet"),
        ("up1.", "a U-Net, which segments"), ("rpn.", "a detector"), ("classifier.6.", "a VGG or AlexNet"),
    ]

    private static func withoutStem(_ names: some Collection<String>) -> String? {
        marks.first { mark, _ in names.contains { $0.contains(mark) } }?.1
    }
}
