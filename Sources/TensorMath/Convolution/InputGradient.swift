// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// The gradient of a convolution's input: another convolution, of the output's gradient with the weights turned about.
struct InputGradient {
    let input: MapLayout
    /// The layout that the output's gradient must have: with a border where windows reach over the edge.
    let output: MapLayout
    private let weights: WeightLayout
    private let method: Method

    private enum Method {
        /// 1×1, stride 1: the same with inputs and outputs exchanged.
        case pointwise
        /// 1×1, stride 2: only even pixels get anything.
        case even
        /// 3×3, stride 1: the same with the kernel turned by 180°.
        case spatial
        case winograd(WinogradConvolution)
        /// 3×3, stride 2: an even row met the kernel's middle row only, an odd one the other two. So each of the four kinds
        /// of pixels comes from a convolution of its own, of 1×1, 1×2, 2×1 or 2×2.
        case phases
    }

    init(window: WindowGeometry, input: MapLayout, output: MapLayout) {
        let result = input.withBorder(0)
        switch (window.kernel, window.stride, window.padding) {
        case (1, 1, 0), (1, 2, 0):
            method = window.stride == 1 ? .pointwise : .even
            self.output = output.withBorder(0)
        case (3, 1, 1):
            let gradient = output.withBorder(1)
            let choice = ConvolutionChoice.whileTraining(ConvolutionChoice.Case(window: window, of: input))
            method =
                choice.method.winogradTile.map {
                    .winograd(WinogradConvolution(tile: $0, input: gradient, output: result))
                } ?? .spatial
            self.output = gradient
        case (3, 2, 1):
            method = .phases
            self.output = output.withBorder(1)
        default: preconditionFailure("no kernel for this window")
        }
        self.input = result
        weights = WeightLayout(outputs: output.channels, kernel: window.kernel, input: input)
    }

    func scratchCounts(on team: ComputeTeam) -> ConvolutionScratch.Counts {
        var counts = ConvolutionScratch.Counts()
        counts.bias = input.planes * MapLayout.blockLanes
        counts.turned = weights.count
        switch method {
        case .pointwise, .spatial: break
        case .even: counts.phases = phasePitch
        case .winograd(let convolution):
            counts.widen(to: convolution.plainScratchCounts(on: team))
        case .phases:
            counts.turned = weights.count / 9 * 4
            counts.phases = 4 * phasePitch
        }
        return counts
    }

    /// The input's channels at the output's extent: as many pixels as the input has even ones.
    private var evenLayout: MapLayout {
        .blocked(
            images: input.images, channels: input.channels, height: output.height, width: output.width,
            precision: input.precision)
    }

    /// Words of 32 bits from a phase's map to the next one's, which begins on a cache line too.
    private var phasePitch: Int {
        (evenLayout.count + MapLayout.blockLanes - 1) / MapLayout.blockLanes * MapLayout.blockLanes
    }

    func compute(
        _ gradient: BlockedMap, weights values: TensorSlice, scratch: ConvolutionScratch, on engine: ComputeEngine,
        into result: BlockedMap, where signs: SignMap?
    ) {
        check(gradient, values, result, signs)
        switch method {
        case .pointwise:
            turn(values, taps: [0], scratch, engine)
            convolve(gradient, kernel: (1, 1), padding: 0, scratch, engine, result, where: signs)
        case .spatial:
            turn(values, taps: (0..<9).reversed(), scratch, engine)
            convolve(gradient, kernel: (3, 3), padding: 1, scratch, engine, result)
        case .winograd(let convolution):
            turn(values, taps: (0..<9).reversed(), scratch, engine, as: roundedElement)
            // Rounded already, where they are.
            convolution.forward(
                gradient, plain: scratch.turned.slice(0..<weights.count), rounded: false, scratch: scratch, on: engine,
                into: result)
        case .phases: computePhases(gradient, values, scratch, engine, result)
        case .even: preconditionFailure("what reaches even pixels only is added to what reaches all")
        }
    }

    func add(
        _ gradient: BlockedMap, weights values: TensorSlice, scratch: ConvolutionScratch, on engine: ComputeEngine,
        to result: BlockedMap, where signs: SignMap?
    ) {
        check(gradient, values, result, signs)
        turn(values, taps: [0], scratch, engine)
        switch method {
        case .pointwise:
            convolve(gradient, kernel: (1, 1), padding: 0, scratch, engine, result, adding: result, where: signs)
        case .even:
            let even = BlockedMap(evenLayout, in: scratch.phases)
            convolve(gradient, kernel: (1, 1), padding: 0, scratch, engine, even)
            var task = unsafe ck_spread(
                from: even.kernelMap, to: result.kernelMap, extent: input.extent, signs: signs?.words, phase: 0)
            unsafe engine.run(engine.mapKernels(input.precision).add_to_even, &task, input.extent)
        case .spatial, .winograd, .phases: preconditionFailure("only 1×1 convolutions stand beside another path")
        }
    }

    private func check(_ gradient: BlockedMap, _ values: TensorSlice, _ result: BlockedMap, _ signs: SignMap?) {
        precondition(signs == nil || signs?.layout == result.layout, "signs of another map")
        precondition(signs == nil || weights.kernel == 1, "only 1×1 convolutions stand at a block's beginning")
        precondition(gradient.layout == output && result.layout == input, "maps of another layer")
        precondition(values.count == weights.count, "weights of another shape")
    }

    /// scratch.turned = the weights with inputs and outputs exchanged, rounded to what maps are made of, tap t taken from `taps[t]`.
    ///
    /// - Parameter element: what they become, where that isn't what `convolve` takes.
    private func turn(
        _ values: TensorSlice, taps: [Int], _ scratch: ConvolutionScratch, _ engine: ComputeEngine,
        as element: ck_turned_element? = nil
    ) {
        let (blocks, planes) = (weights.outputBlocks, weights.inputPlanes)
        precondition(
            scratch.turned.count >= blocks * planes * taps.count * MapLayout.blockLanes * MapLayout.blockLanes,
            "scratch shorter than its shape")
        unsafe taps.withUnsafeBufferPointer { sources in
            var task = unsafe ck_turned_weights(
                weights: values.pointer, turned: scratch.turned.pointer, blocks: blocks, planes: planes,
                from_taps: weights.kernel * weights.kernel, taps: taps.count, sources: sources.baseAddress,
                element: element ?? (engine.multipliesPairs(of: input) ? ck_turned_pairs : roundedElement))
            unsafe ck_run_boxes(
                engine.team.handle, engine.trainingKernels.pointee.turn_weights, &task, planes, 1)
        }
    }

    private var roundedElement: ck_turned_element {
        input.precision == .bfloat16 ? ck_turned_rounded : ck_turned_float32
    }

    private func computePhases(
        _ gradient: BlockedMap, _ values: TensorSlice, _ scratch: ConvolutionScratch, _ engine: ComputeEngine,
        _ result: BlockedMap
    ) {
        let pitch = phasePitch
        for phase in 0..<4 {
            let (oddY, oddX) = (phase / 2 == 1, phase % 2 == 1)
            let map = BlockedMap(evenLayout, in: scratch.phases.slice(phase * pitch..<(phase + 1) * pitch))
            turn(values, taps: Self.taps(oddY: oddY, oddX: oddX), scratch, engine)
            convolve(gradient, kernel: (oddY ? 2 : 1, oddX ? 2 : 1), padding: 0, scratch, engine, map)
        }
        let first = BlockedMap(evenLayout, in: scratch.phases)
        var task = unsafe ck_spread(
            from: first.kernelMap, to: result.kernelMap, extent: input.extent, signs: nil,
            phase: pitch * 4 / input.precision.bytes)
        unsafe engine.run(engine.mapKernels(input.precision).interleave, &task, input.extent)
    }

    /// The kernel's places that pixels of a phase meet, in a window that begins at the pixel's own place on the small map.
    ///
    /// Input 2j was met by output j at place 1; input 2j + 1 by output j at place 2 and by output j + 1 at place 0.
    private static func taps(oddY: Bool, oddX: Bool) -> [Int] {
        let (rows, columns) = (oddY ? [2, 0] : [1], oddX ? [2, 0] : [1])
        return rows.flatMap { row in columns.map { row * 3 + $0 } }
    }

    /// result = convolution of the gradient with the turned weights, stride 1, onto `residual` where there is one, and 0 where `signs`
    /// are.
    private func convolve(
        _ gradient: BlockedMap, kernel: (height: Int, width: Int), padding: Int, _ scratch: ConvolutionScratch,
        _ engine: ComputeEngine, _ result: BlockedMap, adding residual: BlockedMap? = nil, where signs: SignMap? = nil
    ) {
        let (from, to) = (gradient.layout, result.layout)
        // Whole planes as one row, where neither map has a border between its rows.
        let isOneRow = kernel == (1, 1) && from.border == 0 && to.border == 0
        precondition(from.border >= max(kernel.height, kernel.width) - 1 - padding, "windows reach beyond the border")
        // SAFETY: the layouts' counts cover every place that sizes and pitches name.
        var task = unsafe ck_convolution(
            element: engine.multipliesPairs(of: from) || from.precision == .float32
                ? from.precision.element : ck_widened,
            input: gradient.origin(padding: padding),
            weights: scratch.turned.pointer,
            bias: scratch.bias.pointer, residual: residual.map { unsafe UnsafeRawPointer($0.origin()) },
            signs: signs.map { unsafe UnsafePointer($0.words) }, output: result.origin(), input_planes: from.planes,
            input_plane: from.planePitch,
            input_image: from.imagePitch, input_row: from.rowPitch, output_blocks: to.planes,
            output_plane: to.planePitch, output_image: to.imagePitch, output_row: to.rowPitch,
            images: isOneRow ? 1 : to.images, height: isOneRow ? 1 : to.height,
            width: isOneRow ? to.images * to.height * to.width : to.width,
            kernel_height: kernel.height, kernel_width: kernel.width, stride: 1, rectified: false)
        unsafe ck_convolve(engine.kernels, engine.team.handle, &task)
    }
}

extension BlockedConvolution {
    /// Packed weights of floats become those that bfloat16 would keep, in the first part of `memory`.
    func round(_ weights: TensorSlice, into memory: TensorSlice, on engine: ComputeEngine) -> TensorSlice {
        precondition(weights.count == weightCount, "weights of another shape")
        let rounded = memory.slice(0..<weightCount)
        var task = unsafe ck_rounded_weights(
            weights: weights.pointer, rounded: rounded.pointer, count: weightCount)
        let run = Int(ck_run)
        unsafe ck_run_boxes(
            engine.team.handle, engine.trainingKernels.pointee.round_weights, &task, (weightCount + run - 1) / run, 1)
        return rounded
    }

    /// Packed weights of floats become this convolution's own of bfloat16, in the first part of `memory`.
    func pair(_ weights: TensorSlice, into memory: TensorSlice, on engine: ComputeEngine) -> TensorSlice {
        precondition(weightPrecision == .bfloat16 && weights.count == 2 * weightCount, "weights of another shape")
        let paired = memory.slice(0..<weightCount)
        var task = unsafe ck_rounded_weights(
            weights: weights.pointer, rounded: paired.pointer, count: weights.count)
        let run = Int(ck_run)
        unsafe ck_run_boxes(
            engine.team.handle, engine.trainingKernels.pointee.pair_weights, &task, (weights.count + run - 1) / run, 1)
        return paired
    }
}
