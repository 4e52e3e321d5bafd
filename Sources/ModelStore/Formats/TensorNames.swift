// SPDX-License-Identifier: Apache-2.0
/// Which of torchvision's ResNet-50 tensors each tensor of a file is, whatever its author called it: the one table for all formats.
///
/// The stem is found first: the only 7×7 convolution under one of the names that it has. Whatever stands before it there
/// (`module.`, `model.backbone.`, an attribute of any name) stands before the whole trunk. The last layer may bear any of
/// the usual names, inside or outside of that. What is in no table keeps its name, and is refused by it later.
struct TensorNames: Sendable, Equatable {
    /// torchvision's name → the file's own.
    private(set) var original: [String: String] = [:]
    /// What a person should know of it: what was taken off, renamed, left out.
    private(set) var remarks: [String] = []

    private static let head = "fc"

    init(_ shapes: [String: [Int]], path: String) throws(ModelFailure) {
        let stems = Self.stems(in: shapes)
        guard let (prefix, scheme) = stems.first else {
            for name in shapes.keys { original[name] = name }
            return
        }
        guard stems.count == 1 else {
            let names = stems.prefix(2).map { "“\($0.prefix)”" }.joined(separator: " and ")
            throw ModelFailure(
                .mismatch, path, "holds \(stems.count) networks, under \(names)",
                remedy: "save the state_dict of the one that is to judge, and it alone")
        }
        var others: [String] = []
        for name in shapes.keys.sorted() {
            let isOfTrunk = name.hasPrefix(prefix) && !isLeftOut(name)
            let bare = isOfTrunk ? scheme.trunkName(name.dropFirst(prefix.count)) : nil
            if let bare { original[bare] = name } else { others.append(name) }
        }
        noteTrunk(prefix, scheme, count: original.count)
        try nameHead(others.filter { !isLeftOut($0) }, prefix, scheme, path)
        noteLeftOut(others.filter(isLeftOut))
    }

    /// Where a stem's convolution is, and what stands before its name.
    private static func stems(in shapes: [String: [Int]]) -> [(prefix: String, scheme: NamingScheme)] {
        var stems: [(prefix: String, scheme: NamingScheme)] = []
        for (name, shape) in shapes.sorted(by: { $0.key < $1.key })
        where shape.count == 4 && shape[2...].allSatisfy({ $0 == 7 }) {
            for scheme in NamingScheme.allCases where name == scheme.stem || name.hasSuffix("." + scheme.stem) {
                stems.append((String(name.dropLast(scheme.stem.count)), scheme))
            }
        }
        return stems
    }

    /// Takes the one layer that is left for the head.
    private mutating func nameHead(
        _ names: [String], _ prefix: String, _ scheme: NamingScheme, _ path: String
    ) throws(ModelFailure) {
        var layers: Set<String> = []
        var unknown: [String] = []
        for name in names {
            let bare = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
            guard let layer = HeadNames.layer(of: bare, inSequence: scheme == .children) else {
                unknown.append(name)
                continue
            }
            layers.insert(layer)
            original["\(Self.head).\(bare.split(separator: ".").last ?? "")"] = name
        }
        guard layers.count <= 1 else {
            throw ModelFailure(
                .mismatch, path,
                "ends in \(layers.count) layers with weights, \(layers.sorted().prefix(4).joined(separator: ", "))",
                remedy:
                    "fundusd's head is one linear layer [outputs, features]: train such a one, or train here from the "
                    + "layers below it (`fundusd train --base` takes a file without a head)")
        }
        for name in unknown { original[name] = name }
        if let layer = layers.first, layer != Self.head { remarks.append("\(layer) is taken for the last layer, fc") }
    }

    private mutating func noteTrunk(_ prefix: String, _ scheme: NamingScheme, count: Int) {
        if !prefix.isEmpty { remarks.append("\(prefix) was taken off \(count) names") }
        if let remark = scheme.remark { remarks.append(remark) }
    }

    private func isLeftOut(_ name: String) -> Bool { TrainingLeftovers.contain(name) }

    private mutating func noteLeftOut(_ names: [String]) {
        guard let first = names.first else { return }
        let more = names.count > 1 ? " and \(names.count - 1) more" : ""
        remarks.append("\(first)\(more) left out: of the training, not of the network")
    }
}

/// How the trunk's layers are called.
private enum NamingScheme: CaseIterable {
    /// `conv1`, `bn1`, `layer1` … `layer4`: torchvision's, timm's and most people's.
    case torchvision
    /// `0`, `1`, `4` … `7`: `nn.Sequential(*list(resnet.children())[:-1])`.
    case children
    /// `embedder.embedder.convolution`, `encoder.stages.0.layers.0.layer.0.convolution`: transformers' `ResNetModel`.
    case huggingFace

    var stem: String {
        switch self {
        case .torchvision: "conv1.weight"
        case .children: "0.weight"
        case .huggingFace: "embedder.embedder.convolution.weight"
        }
    }

    var remark: String? {
        switch self {
        case .torchvision: nil
        case .children: "its numbered layers are taken for conv1, bn1 and layer1 to layer4"
        case .huggingFace: "its names are transformers'"
        }
    }

    /// torchvision's name, or nil where it is no part of the trunk.
    ///
    /// - Parameter name: without what stands before it.
    func trunkName(_ name: Substring) -> String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        switch self {
        case .torchvision: return Self.trunk.contains(String(parts[0])) ? String(name) : nil
        case .children:
            guard let first = Self.numbers[String(parts[0])] else { return nil }
            return ([first] + parts.dropFirst().map(String.init)).joined(separator: ".")
        case .huggingFace: return Self.fromHuggingFace(parts)
        }
    }

    private static let trunk: Set = ["conv1", "bn1", "layer1", "layer2", "layer3", "layer4"]

    /// 2, 3 and 8 are the rectifier and the pools, which have no weights.
    private static let numbers = [
        "0": "conv1", "1": "bn1", "4": "layer1", "5": "layer2", "6": "layer3", "7": "layer4",
    ]

    private static func fromHuggingFace(_ parts: [Substring]) -> String? {
        guard let leaf = parts.last else { return nil }
        let isConvolution = parts.dropLast().last == "convolution"
        if parts.starts(with: ["embedder", "embedder"]) { return "\(isConvolution ? "conv1" : "bn1").\(leaf)" }
        guard parts.count > 6, parts.starts(with: ["encoder", "stages"]), parts[3] == "layers",
            let stage = Int(parts[2])
        else { return nil }
        let block = "layer\(stage + 1).\(parts[4])"
        if parts[5] == "shortcut" { return "\(block).downsample.\(isConvolution ? 0 : 1).\(leaf)" }
        guard parts[5] == "layer", let unit = Int(parts[6]) else { return nil }
        return "\(block).\(isConvolution ? "conv" : "bn")\(unit + 1).\(leaf)"
    }
}

/// What people call the last layer.
private enum HeadNames {
    /// Of the layer, or of the `nn.Sequential` (with dropout, say) that it stands in.
    private static let words: Set = [
        "fc", "classifier", "head", "last_linear", "linear", "output", "out", "logits", "final", "fc_out", "new_fc",
        "classification_head", "cls_head", "output_layer", "final_layer",
    ]

    /// What may stand before it: the network inside of a module, a wrapper, a compiler.
    private static let wrappers: Set = [
        "module", "_orig_mod", "model", "net", "network", "backbone", "encoder", "resnet", "resnet50", "cnn",
        "base_model",
        "base", "classifier_model",
    ]

    /// The layer's name without what stands before it; nil where the name is no head's.
    ///
    /// - Parameter inSequence: whether a number alone may be the layer's name.
    static func layer(of name: String, inSequence: Bool) -> String? {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let leaf = parts.popLast(), leaf == "weight" || leaf == "bias" else { return nil }
        let rest = parts.drop(while: wrappers.contains)
        guard let first = rest.first, words.contains(first) || inSequence && isNumber(first),
            rest.dropFirst().allSatisfy({ words.contains($0) || isNumber($0) })
        else { return nil }
        return rest.joined(separator: ".")
    }

    private static func isNumber(_ part: String) -> Bool { !part.isEmpty && part.utf8.allSatisfy { 0x30...0x39 ~= $0 } }
}

/// Tensors that training keeps beside a network's.
private enum TrainingLeftovers {
    /// Modules of losses and metrics, the counter of `AveragedModel`.
    private static let modules: Set = [
        "criterion", "loss", "loss_fn", "loss_function", "loss_func", "class_weights", "n_averaged", "train_metrics",
        "val_metrics", "test_metrics", "valid_metrics",
    ]
    /// The weight of `BCEWithLogitsLoss`, and what the profiler thop leaves in each layer.
    private static let leaves: Set = ["pos_weight", "class_weight", "total_ops", "total_params"]

    static func contain(_ name: String) -> Bool {
        let parts = name.split(separator: ".").map(String.init)
        guard let leaf = parts.last else { return false }
        return leaves.contains(leaf) || parts.prefix(2).contains(where: modules.contains)
    }
}
