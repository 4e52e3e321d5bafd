// SPDX-License-Identifier: Apache-2.0
/// A convolution without bias as training runs it: forward, and its two gradients, on packed weights.
///
/// Windows are those of a residual network: 1×1 and 3×3 with stride 1 or 2 on blocked maps, 7×7 with stride 2 on planes.
/// Maps of bfloat16 meet weights that are rounded to it; sums are floats, and so are weights and their gradients in memory.
package struct TrainingConvolution {
    package let window: WindowGeometry
    /// The map that it reads, its padding as border.
    package let input: MapLayout
    /// The map that it writes, without border.
    package let output: MapLayout
    /// How its weights lie, and with them their gradients and moments.
    package let weights: WeightLayout
    private let forwardMethod: Method
    private let weightGradient: WeightGradient
    private let inputGradient: InputGradient?

    private enum Method {
        case direct(BlockedConvolution)
        case winograd(WinogradConvolution)
    }

    /// - Parameter input: the map that the convolution reads, with its padding as border.
    /// - Parameter output: the map that it writes, without border.
    package init(window: WindowGeometry, input: MapLayout, output: MapLayout) {
        precondition(output.border == 0, "training's convolutions write maps without border")
        self.window = window
        self.input = input
        self.output = output
        weights = WeightLayout(outputs: output.channels, kernel: window.kernel, input: input)
        weightGradient = WeightGradient(window: window, input: input, outputChannels: output.channels)
        inputGradient = input.lanes == 1 ? nil : InputGradient(window: window, input: input, output: output)
        switch ConvolutionChoice.whileTraining(ConvolutionChoice.Case(window: window, of: output)).method {
        case .winograd(let tile):
            forwardMethod = .winograd(WinogradConvolution(tile: tile, input: input, output: output))
        case .direct:
            forwardMethod = .direct(
                BlockedConvolution(window: window, input: input, output: output, weights: .float32))
        }
    }

    /// The layout that the gradient of the output must have for `backward`.
    package var outputGradient: MapLayout { inputGradient?.output ?? output }
    /// The layout of the gradient of the input.
    package var inputGradientLayout: MapLayout { input.withBorder(0) }

    /// The memory that `forward` and `backward` need on a team; convolutions that take turns share it.
    package func scratchCounts(on team: ComputeTeam) -> ConvolutionScratch.Counts {
        var counts = ConvolutionScratch.Counts()
        counts.bias = output.planes * MapLayout.blockLanes
        counts.widen(to: weightGradient.scratchCounts(on: team))
        if case .winograd(let convolution) = forwardMethod {
            counts.widen(to: convolution.plainScratchCounts(on: team))
        }
        if case .direct = forwardMethod, isRounded { counts.turned = weights.count }
        if let inputGradient { counts.widen(to: inputGradient.scratchCounts(on: team)) }
        return counts
    }

    /// output = convolution(input).
    package func forward(
        _ map: BlockedMap, weights: TensorSlice, scratch: ConvolutionScratch, on engine: ComputeEngine,
        into result: BlockedMap
    ) {
        precondition(map.layout == input && result.layout == output, "maps of another layer")
        switch forwardMethod {
        case .direct(let widened):
            var values = result.mutableSpan
            let (convolution, weights) = rounded(weights, for: widened, scratch, engine)
            convolution.forward(
                map.span, weights: weights.span, bias: scratch.bias.span, activation: .identity, on: engine,
                into: &values)
        case .winograd(let convolution):
            convolution.forward(
                map, plain: weights, rounded: isRounded, scratch: scratch, on: engine, into: result)
        }
    }

    /// Whether products take the weights as bfloat16 has them; all sums are floats.
    private var isRounded: Bool { output.precision == .bfloat16 }

    /// What convolves, and the weights as it takes them: an image's stay floats.
    private func rounded(
        _ weights: TensorSlice, for widened: BlockedConvolution, _ scratch: ConvolutionScratch, _ engine: ComputeEngine
    ) -> (BlockedConvolution, TensorSlice) {
        guard isRounded else { return (widened, weights) }
        guard engine.multipliesPairs(of: input) else {
            return (widened, widened.round(weights, into: scratch.turned, on: engine))
        }
        let paired = BlockedConvolution(window: window, input: input, output: output)
        return (paired, paired.pair(weights, into: scratch.turned, on: engine))
    }

    /// The gradient of the weights, packed as they are.
    package func backwardToWeights(
        _ gradient: BlockedMap, input map: BlockedMap, scratch: ConvolutionScratch, on engine: ComputeEngine,
        into result: TensorSlice
    ) {
        precondition(map.layout == input && gradient.layout.isCongruent(to: output), "maps of another layer")
        weightGradient.compute(gradient, input: map, scratch: scratch, on: engine, into: result)
    }

    /// The gradient of the input.
    ///
    /// - Parameter signs: of the input, for 1×1 only: where ReLU made them zero the gradient is zero.
    package func backwardToInput(
        _ gradient: BlockedMap, weights: TensorSlice, scratch: ConvolutionScratch, on engine: ComputeEngine,
        into result: BlockedMap, where signs: SignMap? = nil
    ) {
        path.compute(gradient, weights: weights, scratch: scratch, on: engine, into: result, where: signs)
    }

    /// The gradient of the input, added to what is there; for 1×1 only.
    package func backwardToInput(
        _ gradient: BlockedMap, weights: TensorSlice, scratch: ConvolutionScratch, on engine: ComputeEngine,
        addingTo result: BlockedMap, where signs: SignMap? = nil
    ) {
        path.add(gradient, weights: weights, scratch: scratch, on: engine, to: result, where: signs)
    }

    private var path: InputGradient {
        guard let inputGradient else { preconditionFailure("the first convolution passes no gradient on") }
        return inputGradient
    }
}

extension MapLayout {
    /// The same map with another number of empty pixels around each image.
    package func withBorder(_ border: Int) -> MapLayout {
        precondition(lanes == Self.blockLanes, "blocked maps only")
        return .blocked(
            images: images, channels: channels, height: height, width: width, border: border, precision: precision)
    }
}
