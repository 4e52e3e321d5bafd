// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// What an engine does for batches of one input size, and where it wants the weights: the kernels' plan or OpenBLAS's.
protocol NetworkPlan: Sendable {
    /// Names how weights are packed: equal for plans that can share packed weights.
    var packing: String { get }
    /// Words of the packed weights.
    var weightCount: Int { get }

    /// Puts folded weights and bias of each unit, in the layout's order, into their place of the network's storage.
    func pack(_ values: (weights: [Float], bias: [Float]), of unit: UnitPlace, into storage: inout TensorStorage)

    /// How a convolution is computed, in a word or two.
    func method(of unit: UnitPlace) -> String

    /// The memory of a pass.
    func workspace(on engine: ComputeEngine) -> any NetworkWorkspace
}

/// Where a convolution, or the linear layer, stands in the network.
enum UnitPlace {
    case stem
    /// Blocks through all stages, and the units of each in the order of `Bottleneck.units`.
    case block(Int, unit: Int)
    case head
}

/// One pass at a time through the network, and what is to be seen after it.
protocol NetworkWorkspace: AnyObject {
    /// Told of each layer's end, where somebody wants to know: the stem, its pool, each block's two convolutions, its
    /// projection where it has one, its last convolution; the mean, the linear layer.
    var timer: LapTimer? { get set }

    /// Input [images, 3, height, width] → features.
    func run(_ input: Span<Float>, weights: borrowing PackedWeights)

    /// The same, and shows each map that int8 has a range for, [images, channels, height, width] dense, in the order of
    /// `ActivationRanges.names`. Of the kernels alone, which int8 is for.
    func run(_ input: Span<Float>, weights: borrowing PackedWeights, observing observe: ([Float]) -> Void)

    /// Features → logits [images, outputs]; none for a network without a head.
    func logits(weights: borrowing PackedWeights) -> [Float]

    /// The last run's features [images, channels].
    var features: [Float] { get }

    /// Whether a NaN in an image of the last run reached what came of it, or there was none: as floats it does so by itself.
    func isSound(image: Int) -> Bool

    /// The last map of the last run, [images, channels, height, width] dense; the features are its means.
    var lastMap: (values: [Float], size: MapSize) { get }

    /// The linear layer's weights of one output [channels], and its bias.
    func headRow(of output: Int, weights: borrowing PackedWeights) -> (weights: [Float], bias: Float)
}
