package import ResNet

/// A weight file of either format, told apart by its first bytes, as ResNet-50's parameters.
package enum WeightArchive: Sendable {
    case safetensors(SafetensorsFile, path: String)
    case pyTorch(PyTorchCheckpoint, path: String)

    package init(_ source: ByteSource) throws(ModelFailure) {
        let head = try source.bytes(at: 0, count: min(16, source.count))
        if head.starts(with: [0x50, 0x4B]) {
            self = .pyTorch(try PyTorchCheckpoint(source), path: source.path)
        } else if head.count > 8, head[8] == UInt8(ascii: "{") {
            self = .safetensors(try SafetensorsFile(source), path: source.path)
        } else if head.starts(with: [0x80]) {
            throw ModelFailure(
                .unsupported, source.path, "is a bare pickle, PyTorch's format before version 1.6",
                remedy: "load it with PyTorch and save the state_dict again with torch.save")
        } else {
            throw ModelFailure(
                .unsupported, source.path, "is neither a safetensors file nor a zip archive by torch.save",
                remedy: "save the weights: torch.save(model.state_dict(), path)")
        }
    }

    var path: String {
        switch self {
        case .safetensors(_, let path), .pyTorch(_, let path): path
        }
    }

    /// Shape of every tensor, by its name without what `DataParallel` puts before it.
    private var shapes: [String: [Int]] {
        switch self {
        case .safetensors(let file, _): file.tensors.mapValues(\.shape)
        case .pyTorch(let checkpoint, _): checkpoint.shapes
        }
    }

    private func floats(_ name: String) throws(ModelFailure) -> [Float] {
        switch self {
        case .safetensors(let file, _): try file.floats(name)
        case .pyTorch(let checkpoint, _): try checkpoint.floats(name)
        }
    }

    /// The layout whose base width and outputs the file's first and last tensor show.
    package func layout() throws(ModelFailure) -> ResNet50Layout {
        let shapes = shapes
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
        guard case .safetensors(let file, _) = self, let words = file.metadata["outputs"]?.split(separator: " ") else {
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
        let shapes = shapes
        try refuseUnknown(shapes, layout)
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
        let shapes = shapes
        try refuseUnknown(shapes, layout)
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

    private func refuseUnknown(_ shapes: [String: [Int]], _ layout: ResNet50Layout) throws(ModelFailure) {
        let known = Set(layout.parameters.map(\.name))
        let unknown = shapes.keys.filter { !known.contains($0) && !$0.hasSuffix(ResNet50Layout.ignoredSuffix) }
        if let first = unknown.min() {
            throw mismatch(first, "is no part of a ResNet-50 (nor are \(unknown.count - 1) others)")
        }
    }

    private func mismatch(_ tensor: String, _ message: String) -> ModelFailure {
        ModelFailure(
            .mismatch, path, tensor: tensor, message, remedy: "use a ResNet-50 with torchvision's names and shapes")
    }
}
