// SPDX-License-Identifier: Apache-2.0
internal import ResNet

/// What a person says of an imported network's outputs.
package enum OutputMeaning: Sendable, Equatable {
    case unsaid
    /// One output: the class that a high one speaks for.
    case positive(ModelRecord.PositiveClass)
    /// The classes of a softmax: the one that means normal, counted from 0; all others count as diseased.
    case normalClass(Int)
}

/// What the outputs of an imported network make of it.
enum ClassFolding {
    /// From so many on a network counts as a base: ImageNet has 1000 classes, and no one tells so many diseases apart.
    static let fewestOfBase = 1000

    /// A model of the imported network: a judge of one output, of two folded into one, or of a softmax; or a base.
    ///
    /// - Throws: where a number of outputs needs another word than was said.
    static func model(
        _ parameters: ResNet50Parameters, _ meaning: OutputMeaning, path: String
    ) throws(ModelFailure) -> NewModel {
        guard let outputs = parameters.layout.outputs, outputs < fewestOfBase else {
            return try base(parameters, meaning, path)
        }
        switch (outputs, meaning) {
        case (1, .unsaid): return NewModel(parameters: parameters, positiveClass: .disease)
        case (1, .positive(let positiveClass)): return NewModel(parameters: parameters, positiveClass: positiveClass)
        case (1, .normalClass):
            throw unfit(path, "has one output, which is no softmax", "say --positive-class disease or normal instead")
        case (_, .unsaid), (_, .positive): throw unfit(path, "has \(outputs) outputs", remedy(outputs))
        case (_, .normalClass(let normal)) where !(0..<outputs).contains(normal):
            throw unfit(path, "has \(outputs) outputs, and none is number \(normal)", remedy(outputs))
        case (2, .normalClass(let normal)):
            return NewModel(parameters: difference(parameters, minus: normal), positiveClass: .disease)
        case (_, .normalClass(let normal)):
            var model = NewModel(parameters: parameters, positiveClass: .disease)
            model.normalClass = normal
            return model
        }
    }

    private static func base(
        _ parameters: ResNet50Parameters, _ meaning: OutputMeaning, _ path: String
    ) throws(ModelFailure) -> NewModel {
        let outputs = parameters.layout.outputs.map(String.init) ?? "no"
        guard meaning == .unsaid else {
            throw unfit(
                path, "has \(outputs) outputs, so it is a base for training and can't judge",
                "leave out --positive-class and --normal-class to keep it as a base, or import a trained classifier")
        }
        return NewModel(parameters: parameters, positiveClass: .disease)
    }

    private static func unfit(_ path: String, _ message: String, _ remedy: String) -> ModelFailure {
        ModelFailure(.unsaid, path, message, remedy: remedy)
    }

    private static func remedy(_ outputs: Int) -> String {
        "say which one means normal: --normal-class 0 to \(outputs - 1), in the order of the training's classes (ImageFolder: "
            + "folders by name); \(outputs == 2 ? "the other" : "each other") one counts as diseased. To train from it: "
            + "`fundusd train --base`"
    }

    /// The same network with the one logit z_other − z_normal: softmax over two is the sigmoid of their difference.
    private static func difference(_ parameters: ResNet50Parameters, minus normal: Int) -> ResNet50Parameters {
        let layout = ResNet50Layout(baseWidth: parameters.layout.baseWidth, outputs: 1)
        return ResNet50Parameters(layout: layout) { specification in
            let values = parameters[specification.name]
            switch specification.role {
            case .linearWeight, .linearBias:
                let width = values.count / 2
                let (first, second) = (values.prefix(width), values.suffix(width))
                return zip(first, second).map { normal == 0 ? $1 - $0 : $0 - $1 }
            default: return Array(values)
            }
        }
    }
}
