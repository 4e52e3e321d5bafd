// SPDX-License-Identifier: Apache-2.0
// In: a base width and a number of outputs. Out: every convolution and every parameter of ResNet-50 v1.5, by name and shape.
// The one table that file formats, folding, inference, training and tests go by.
// Called by ModelStore (what must a weight file hold?), ResNet50Inference and ResNet50Reference.

internal import TensorMath

/// ResNet-50 (arXiv 1512.03385) in its v1.5 form: the stride sits in a block's 3×3, not in its first 1×1.
///
/// Names are torchvision's. A `baseWidth` other than 64 gives the same network, narrower: what the tests run on.
package struct ResNet50Layout: Sendable, Hashable {
    /// Channels after the stem; every other width is a multiple of it.
    package let baseWidth: Int
    /// Logits of the head, or nil for a network that ends in features.
    package let outputs: Int?
    /// In torchvision's order, without the batch counters that PyTorch keeps for training.
    package let parameters: [ParameterSpecification]

    package init(baseWidth: Int, outputs: Int?) {
        precondition((1...Self.largestBaseWidth).contains(baseWidth), "base width outside 1…\(Self.largestBaseWidth)")
        precondition(outputs.map { (1...Self.largestOutputs).contains($0) } ?? true, "no such number of outputs")
        self.baseWidth = baseWidth
        self.outputs = outputs
        let units = [Self.stem(baseWidth)] + Self.blocks(baseWidth).flatMap(\.units)
        parameters = units.flatMap(\.parameters) + Self.headParameters(baseWidth, outputs: outputs)
    }

    /// Eight times a ResNet-50's: a file that asks for more is refused before memory is taken.
    package static let largestBaseWidth = 512
    /// A file that asks for more is refused before memory is taken.
    package static let largestOutputs = 100_000

    /// Width multiple, number of blocks and stride of the first block.
    private static let stages: [(multiple: Int, blocks: Int, stride: Int)] = [
        (1, 3, 1), (2, 4, 2), (4, 6, 2), (8, 3, 2),
    ]

    /// How much wider a block's end is than its middle.
    private static let expansion = 4

    /// Added to a running variance before its root is taken; PyTorch's default.
    package static let normalizationEpsilon = 1e-5

    /// Everything that a batch-norm tensor of a file may add and inference never reads.
    package static let ignoredSuffix = ".num_batches_tracked"

    /// Length of the feature vector that the head sees: 2048 at full width.
    package var featureCount: Int { baseWidth * Self.stages[3].multiple * Self.expansion }

    /// Floats in all parameters together.
    package var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// Where a stage's blocks begin in `blocks`; torchvision calls stages 1 … 4 `layer1` … `layer4`.
    static func firstBlock(ofStage stage: Int) -> Int {
        precondition((1...stages.count).contains(stage), "no such stage")
        return stages.prefix(stage - 1).reduce(0) { $0 + $1.blocks }
    }

    var stem: ConvolutionUnit { Self.stem(baseWidth) }
    var blocks: [Bottleneck<ConvolutionUnit>] { Self.blocks(baseWidth) }
    /// Weight and bias of the head, or none.
    var headParameters: [ParameterSpecification] { Self.headParameters(baseWidth, outputs: outputs) }
    static let stemPool = WindowGeometry(kernel: 3, stride: 2, padding: 1)

    private static func stem(_ baseWidth: Int) -> ConvolutionUnit {
        ConvolutionUnit(
            name: "conv1", normalization: "bn1", inputChannels: 3, outputChannels: baseWidth,
            window: WindowGeometry(kernel: 7, stride: 2, padding: 3))
    }

    private static func blocks(_ baseWidth: Int) -> [Bottleneck<ConvolutionUnit>] {
        var blocks: [Bottleneck<ConvolutionUnit>] = []
        var channels = baseWidth
        for (stage, (multiple, count, stride)) in stages.enumerated() {
            for index in 0..<count {
                let block = bottleneck(
                    name: "layer\(stage + 1).\(index)", inputChannels: channels, width: baseWidth * multiple,
                    stride: index == 0 ? stride : 1, isFirst: index == 0)
                blocks.append(block)
                channels = baseWidth * multiple * expansion
            }
        }
        return blocks
    }

    private static func bottleneck(
        name: String, inputChannels: Int, width: Int, stride: Int, isFirst: Bool
    ) -> Bottleneck<ConvolutionUnit> {
        func unit(_ index: Int, _ input: Int, _ output: Int, kernel: Int, stride: Int) -> ConvolutionUnit {
            ConvolutionUnit(
                name: "\(name).conv\(index)", normalization: "\(name).bn\(index)", inputChannels: input,
                outputChannels: output, window: WindowGeometry(kernel: kernel, stride: stride, padding: kernel / 2))
        }
        let projection = ConvolutionUnit(
            name: "\(name).downsample.0", normalization: "\(name).downsample.1", inputChannels: inputChannels,
            outputChannels: width * expansion, window: WindowGeometry(kernel: 1, stride: stride, padding: 0))
        return Bottleneck(
            reduce: unit(1, inputChannels, width, kernel: 1, stride: 1),
            spatial: unit(2, width, width, kernel: 3, stride: stride),
            expand: unit(3, width, width * expansion, kernel: 1, stride: 1),
            shortcut: isFirst ? .projection(projection) : .identity)
    }

    private static func headParameters(_ baseWidth: Int, outputs: Int?) -> [ParameterSpecification] {
        guard let outputs else { return [] }
        let features = baseWidth * stages[3].multiple * expansion
        return [
            ParameterSpecification(name: "fc.weight", shape: [outputs, features], role: .linearWeight),
            ParameterSpecification(name: "fc.bias", shape: [outputs], role: .linearBias),
        ]
    }
}
