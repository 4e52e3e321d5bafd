// SPDX-License-Identifier: Apache-2.0
package import Evaluation
internal import FoundationEssentials
package import ModelStore
internal import Processor
package import ResNet
package import SystemPackage
package import Training

/// A training's state on disk: one safetensors file that appears whole or not at all, replaced at each checkpoint.
package struct TrainingCheckpoint: Sendable {
    /// What a state belongs to: a state goes on only with the same.
    package struct Origin: Codable, Sendable, Equatable {
        package var recipe: Recipe
        package var seed: UInt64
        /// Of contents, classes and sides of all images, in order.
        package var images: String
        /// Of the groups that train, those that decide which epoch is kept.
        package var validationFraction: Double
        /// Of the first weights.
        package var base: String
        /// Tensors that the base lacked; they learn with the full rate.
        package var madeNew: [String]
        /// Kernels of another instruction set round otherwise.
        package var instructionSet: String

        package init(
            recipe: Recipe, seed: UInt64, images: String, validationFraction: Double, base: String,
            madeNew: [String] = [], instructionSet: String
        ) {
            self.recipe = recipe
            self.seed = seed
            self.images = images
            self.validationFraction = validationFraction
            self.base = base
            self.madeNew = madeNew
            self.instructionSet = instructionSet
        }
    }

    package static let fileName = "checkpoint.safetensors"
    /// What a finished model's folder keeps of it.
    package static let originFileName = "training.json"

    package var origin: Origin
    package var state: TrainingState
    package var history: TrainingHistory
    /// The parameters of the best epoch so far, where the recipe looks for one.
    package var best: ResNet50Parameters?

    package init(origin: Origin, state: TrainingState, history: TrainingHistory, best: ResNet50Parameters?) {
        self.origin = origin
        self.state = state
        self.history = history
        self.best = best
    }

    /// The part that is no tensor.
    private struct Header: Codable {
        var origin: Origin
        var history: TrainingHistory
        var epoch: Int
        var imagesDone: Int
        /// The bits of a Double: decimals are for people.
        var lossSumBits: UInt64
        var steps: Int
        var baseWidth: Int
        var outputs: Int
    }

    private static let schema = "fundusd.checkpoint/2"

    /// Replaces the file at `path` in one step, durably.
    package func write(to path: FilePath) throws(ModelFailure) {
        let header = Header(
            origin: origin, history: history, epoch: state.epoch, imagesDone: state.imagesDone,
            lossSumBits: state.lossSum.bitPattern, steps: state.steps, baseWidth: state.parameters.layout.baseWidth,
            outputs: state.parameters.layout.outputs ?? 0)
        let json: Data
        do {
            json = try JSONEncoder().encode(header)
        } catch {
            throw ModelFailure(
                .notFinite, path.string, "would hold a number that is not finite: the training diverged",
                remedy: "train anew with a lower learning rate")
        }
        let parts = parts
        let metadata = ["schema": Self.schema, "training": String(decoding: json, as: UTF8.self)]
        try SafetensorsWriter.write(
            parts.flatMap { part in part.shapes.map { (name: "\(part.name)/\($0.name)", shape: $0.shape) } },
            metadata: metadata, to: path
        ) { name in
            let pieces = name.split(separator: "/", maxSplits: 1)
            guard let part = parts.first(where: { $0.name == pieces[0] }) else { preconditionFailure("no such part") }
            return part.values(String(pieces[1]))
        }
    }

    private struct Part {
        let name: String
        let shapes: [(name: String, shape: [Int])]
        let values: (String) -> [Float]
    }

    private var parts: [Part] {
        let all = state.parameters.layout.parameters
        func part(_ name: String, _ tensors: [ParameterSpecification], _ values: @escaping (String) -> [Float]) -> Part
        {
            Part(name: name, shapes: tensors.map { ($0.name, $0.shape) }, values: values)
        }
        var parts = [part("parameters", all) { Array(state.parameters[$0]) }]
        for (name, moments) in [("first", state.firstMoments), ("second", state.secondMoments)] {
            parts.append(part(name, all.filter { moments[$0.name] != nil }) { moments[$0] ?? [] })
        }
        if let average = state.average { parts.append(part("average", all) { Array(average[$0]) }) }
        if let best { parts.append(part("best", all) { Array(best[$0]) }) }
        return parts
    }

    /// Reads a checkpoint; nil where there is none.
    ///
    /// - Throws: a `ModelFailure` where there is one that can't be read.
    package init?(at path: FilePath) throws(ModelFailure) {
        let source: ByteSource
        do throws(ModelFailure) {
            source = try ByteSource(opening: path)
        } catch let error where error.code == .missing {
            return nil
        }
        let file = try SafetensorsFile(source)
        guard file.metadata["schema"] == Self.schema, let json = file.metadata["training"],
            let header = try? JSONDecoder().decode(Header.self, from: Data(json.utf8)),
            (1...ResNet50Layout.largestBaseWidth).contains(header.baseWidth), header.epoch >= 0, header.imagesDone >= 0,
            header.steps >= 0, 1...2 ~= header.outputs
        else {
            throw ModelFailure(
                .unsupported, path.string, "is no checkpoint of this version of the program",
                remedy: "remove it and train anew")
        }
        let layout = ResNet50Layout(baseWidth: header.baseWidth, outputs: header.outputs)
        var state = TrainingState(parameters: try Self.parameters("parameters", layout, file, path))
        state.firstMoments = try Self.moments("first", layout, file, path)
        state.secondMoments = try Self.moments("second", layout, file, path)
        (state.epoch, state.imagesDone, state.steps) = (header.epoch, header.imagesDone, header.steps)
        state.lossSum = Double(bitPattern: header.lossSumBits)
        state.average = try Self.optional("average", layout, file, path)
        self.init(
            origin: header.origin, state: state, history: header.history,
            best: try Self.optional("best", layout, file, path))
    }

    /// Nil where the file has no such part.
    private static func optional(
        _ part: String, _ layout: ResNet50Layout, _ file: SafetensorsFile, _ path: FilePath
    ) throws(ModelFailure) -> ResNet50Parameters? {
        let isThere = file.tensors["\(part)/\(layout.parameters[0].name)"] != nil
        return isThere ? try parameters(part, layout, file, path) : nil
    }

    private static func parameters(
        _ part: String, _ layout: ResNet50Layout, _ file: SafetensorsFile, _ path: FilePath
    ) throws(ModelFailure) -> ResNet50Parameters {
        try ResNet50Parameters(layout: layout) { (tensor) throws(ModelFailure) in
            try values(part, tensor, file, path)
        }
    }

    private static func moments(
        _ part: String, _ layout: ResNet50Layout, _ file: SafetensorsFile, _ path: FilePath
    ) throws(ModelFailure) -> [String: [Float]] {
        var moments: [String: [Float]] = [:]
        for tensor in layout.parameters where tensor.isTrained {
            guard file.tensors["\(part)/\(tensor.name)"] != nil else { continue }
            moments[tensor.name] = try values(part, tensor, file, path)
        }
        return moments
    }

    private static func values(
        _ part: String, _ tensor: ParameterSpecification, _ file: SafetensorsFile, _ path: FilePath
    ) throws(ModelFailure) -> [Float] {
        let name = "\(part)/\(tensor.name)"
        guard file.tensors[name]?.shape == tensor.shape else {
            throw ModelFailure(
                .damaged, path.string, tensor: name, "is missing or has another shape",
                remedy: "remove the file and train anew")
        }
        let values = try file.floats(name)
        guard values.allSatisfy(\.isFinite) else {
            throw ModelFailure(
                .notFinite, path.string, tensor: name, "holds a value that is not finite: the training diverged",
                remedy: "remove the file and train anew with a lower learning rate")
        }
        return values
    }
}
