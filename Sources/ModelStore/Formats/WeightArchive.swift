// SPDX-License-Identifier: Apache-2.0
package import ResNet

/// A weight file of either format, told apart by its first bytes, as ResNet-50's parameters.
package struct WeightArchive: Sendable {
    private enum Format: Sendable {
        case safetensors(SafetensorsFile)
        case pyTorch(PyTorchCheckpoint)
    }

    let path: String
    private let byteCount: Int
    private let format: Format
    private let names: TensorNames
    /// Shape of every tensor, by torchvision's name where it has one.
    let shapes: [String: [Int]]

    /// Reads the file's index, and finds torchvision's name of each tensor.
    ///
    /// - Throws: where it is of neither format, or holds no ResNet.
    package init(_ source: ByteSource) throws(ModelFailure) {
        path = source.path
        byteCount = source.count
        format = try Self.format(of: source)
        let shapes =
            switch format {
            case .safetensors(let file): file.tensors.mapValues(\.shape)
            case .pyTorch(let checkpoint): checkpoint.shapes
            }
        let names = try TensorNames(shapes, path: path)
        self.names = names
        self.shapes = names.original.compactMapValues { shapes[$0] }
    }

    private static func format(of source: ByteSource) throws(ModelFailure) -> Format {
        let head = try source.bytes(at: 0, count: min(16, source.count))
        let isLegacy = try LegacyCheckpoint.isOne(source)
        if isLegacy || head.starts(with: [0x50, 0x4B]) { return .pyTorch(try PyTorchCheckpoint(source)) }
        if head.count > 8, head[8] == UInt8(ascii: "{") { return .safetensors(try SafetensorsFile(source)) }
        if head.starts(with: [0x80]) {
            throw ModelFailure(
                .unsupported, source.path, "is a pickle, but not one that torch.save wrote",
                remedy: "save the weights: torch.save(model.state_dict(), path)")
        }
        let other = head.starts(with: [0x89, 0x48, 0x44, 0x46]) ? "an HDF5 file (Keras)" : nil
        throw ModelFailure(
            .unsupported, source.path,
            other.map { "is \($0)" } ?? "is neither a safetensors file nor a zip archive by torch.save",
            remedy: "save the weights: torch.save(model.state_dict(), path)")
    }

    /// What a person should know of how the file's names were read: what was taken off, renamed, left out.
    package var remarks: [String] { names.remarks }

    func floats(_ name: String) throws(ModelFailure) -> [Float] {
        let name = names.original[name] ?? name
        return switch format {
        case .safetensors(let file): try file.floats(name)
        case .pyTorch(let checkpoint): try checkpoint.floats(name)
        }
    }

    /// The layout whose base width and outputs the file's first and last tensor show.
    package func layout() throws(ModelFailure) -> ResNet50Layout {
        if let other = OtherNetwork.name(shapes) {
            throw ModelFailure(
                .mismatch, path, "holds what looks like \(other)",
                remedy: "fundusd runs torchvision's ResNet-50 and no other network: train that one")
        }
        guard let stem = shapes["conv1.weight"], stem.count == 4,
            (1...ResNet50Layout.largestBaseWidth).contains(stem[0])
        else {
            throw ModelFailure(
                .mismatch, path, tensor: "conv1.weight", "is missing or no ResNet-50's",
                remedy: "use a ResNet-50 with torchvision's names")
        }
        guard let head = shapes["fc.weight"] else { return ResNet50Layout(baseWidth: stem[0], outputs: nil) }
        guard head.count == 2, (1...ResNet50Layout.largestOutputs).contains(head[0]) else {
            throw ModelFailure(
                .mismatch, path, tensor: "fc.weight", "has the shape \(head)",
                remedy: "the head must be one linear layer [outputs, features]")
        }
        return ResNet50Layout(baseWidth: stem[0], outputs: head[0])
    }

    /// Outputs of the head that the file itself says the meaning of: its metadata's `outputs` is `disease`, or
    /// `disease gradable`; 0 where it says nothing, or has another number of them.
    package func knownOutputs(of layout: ResNet50Layout) -> Int {
        guard case .safetensors(let file) = format, let words = file.metadata["outputs"]?.split(separator: " ") else {
            return 0
        }
        let isKnown = words == ["disease"] || words == ["disease", "gradable"]
        return isKnown && words.count == layout.outputs ? words.count : 0
    }

    /// Every parameter, its name and shape checked against the table, every value finite.
    package func parameters(_ layout: ResNet50Layout) throws(ModelFailure) -> ResNet50Parameters {
        try ResNet50Parameters(layout: layout, read: try reader(layout))
    }

    /// What the file holds of a network, and what is made for the tensors that it lacks: a start for training.
    ///
    /// - Parameter make: gives the values of a tensor that is missing.
    /// - Returns: the parameters, and the names of those that were made, in the table's order.
    package func parameters(
        _ layout: ResNet50Layout, making make: (ParameterSpecification) -> [Float]
    ) throws(ModelFailure) -> (parameters: ResNet50Parameters, made: [String]) {
        try refuseUnknown(layout)
        var made: [String] = []
        let parameters = try ResNet50Parameters(layout: layout) { (specification) throws(ModelFailure) in
            guard let shape = shapes[specification.name] else {
                made.append(specification.name)
                return make(specification)
            }
            return try values(specification, shape: shape)
        }
        return (parameters, made)
    }

    /// The same for one parameter at a time.
    func reader(
        _ layout: ResNet50Layout
    ) throws(ModelFailure) -> (ParameterSpecification) throws(ModelFailure) -> [Float] {
        try refuseUnknown(layout)
        return { (specification) throws(ModelFailure) in try values(specification, shape: shapes[specification.name]) }
    }

    private func values(
        _ specification: ParameterSpecification, shape: [Int]?
    ) throws(ModelFailure) -> [Float] {
        let name = specification.name
        guard let shape else {
            throw ModelFailure(
                .mismatch, path, tensor: name, "is missing",
                remedy: "import a ResNet-50 with all of torchvision's names, or train from this part of one: "
                    + "`fundusd train --base \(path)` makes the rest new")
        }
        guard shape == specification.shape else {
            throw mismatch(name, "has the shape \(shape), not \(specification.shape)")
        }
        let values = try floats(name)
        guard values.allSatisfy(\.isFinite) else {
            throw ModelFailure(
                .notFinite, path, tensor: name, "holds a value that is not finite (NaN or infinity)",
                remedy: "the training diverged or the file is damaged: use an earlier model")
        }
        return values
    }

    private func refuseUnknown(_ layout: ResNet50Layout) throws(ModelFailure) {
        let known = Set(layout.parameters.map(\.name))
        let unknown = shapes.keys.filter { !known.contains($0) && !$0.hasSuffix(ResNet50Layout.ignoredSuffix) }
        if let first = unknown.min() {
            throw mismatch(first, "is no part of a ResNet-50 (nor are \(unknown.count - 1) others)")
        }
        // No type of weight has less than two bytes. Views of one storage could claim more values than the file holds.
        let present = layout.parameters.reduce(0) { $0 + (shapes[$1.name].map { $0.reduce(1, *) } ?? 0) }
        guard present <= byteCount / 2 else {
            throw ModelFailure(
                .damaged, path, "claims \(present) values in \(byteCount) bytes: its tensors share their memory",
                remedy:
                    "save each tensor for itself: {name: tensor.clone() for name, tensor in model.state_dict().items()}"
            )
        }
    }

    private func mismatch(_ tensor: String, _ message: String) -> ModelFailure {
        ModelFailure(
            .mismatch, path, tensor: tensor, message, remedy: "use a ResNet-50 with torchvision's names and shapes")
    }
}
