// SPDX-License-Identifier: Apache-2.0
package import TensorMath

/// The network as it is trained: batch norm by each batch's own statistics, gradients of all parameters, no mode to set.
///
/// All memory is planned for the largest batch when the object is made; a smaller one, such as the last of an epoch, is laid
/// out in the same memory when it first comes. One step is `forward`, `backward`, `move`. Not thread-safe, as inference is
/// not. For a given instruction set the results are the same bit for bit, whatever the number of threads.
package final class ResNet50Training {
    package let layout: ResNet50Layout
    /// Images of the largest batch, which memory is planned for.
    package let largestBatch: Int
    package let inputHeight: Int
    package let inputWidth: Int
    /// Layers below stay as they are, and get no gradients.
    package let trained: TrainedLayers
    /// What maps and their gradients are made of.
    package let precision: Precision
    private let parameterMemory: TrainingParameters
    private let memory = TrainingMemory()
    private let engine: ComputeEngine
    private var networks: [Int: (network: TrainingNetwork, workspace: TrainingWorkspace)] = [:]
    /// Images of the last forward pass; its maps are what `backward` reads.
    private var images = 0

    /// Packs the parameters, whose layout has a head, and takes the memory for batches of one input size.
    ///
    /// - Parameter precision: of maps, their gradients and the weights in products. Parameters, their gradients and moments,
    ///   all statistics and sums, the input and the linear layer are floats always.
    package init(
        parameters: ResNet50Parameters, largestBatch: Int, inputHeight: Int, inputWidth: Int,
        trained: TrainedLayers = .all, precision: Precision = .float32, engine: ComputeEngine = .shared
    ) {
        precondition(
            inputHeight >= ResNet50Inference.smallestSide && inputWidth >= ResNet50Inference.smallestSide,
            "input smaller than 32×32")
        layout = parameters.layout
        self.largestBatch = largestBatch
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.trained = trained
        self.precision = precision
        self.engine = engine
        parameterMemory = TrainingParameters(parameters)
        plan(largestBatch)
    }

    /// Whether a batch has enough values for batch norm: more than one a channel in the last maps.
    package func canTrain(images: Int) -> Bool {
        // Five halvings, each rounded up.
        let lastMap = MapSize(height: (inputHeight + 31) / 32, width: (inputWidth + 31) / 32)
        return (1...largestBatch).contains(images) && images * lastMap.plane > 1
    }

    /// One forward pass, which also moves the running statistics.
    ///
    /// - Parameter batch: [images, 3, height, width], already normalized; at most `largestBatch` images.
    /// - Returns: logits [images, outputs].
    package func forward(_ batch: [Float]) -> [Float] {
        let imageCount = 3 * inputHeight * inputWidth
        precondition(batch.count % imageCount == 0, "the network takes images of 3×\(inputHeight)×\(inputWidth) values")
        let (network, workspace) = plan(batch.count / imageCount)
        return network.forward(batch.span, workspace)
    }

    /// The gradients of all trained parameters, from that of the last forward pass's logits.
    package func backward(_ gradient: [Float]) {
        guard let (network, workspace) = networks[images] else { preconditionFailure("backward without forward") }
        network.backward(gradient, trained, workspace)
    }

    /// Moves the trained parameters along their gradients.
    package func move(by step: AdamStep, _ moments: AdamMoments) { move(moments) { _ in step } }

    /// The same with a step for each tensor; neighbors with equal steps move in one run.
    package func move(_ moments: AdamMoments, by step: (ParameterSpecification) -> AdamStep) {
        for (range, step) in runs(by: step) {
            step.move(
                parameterMemory.values.all.slice(range), gradients: parameterMemory.gradients.all.slice(range),
                first: moments.first.all.slice(range), second: moments.second.all.slice(range), on: engine)
        }
    }

    /// The trained parameters from the lowest layer to the head, cut where the step changes.
    private func runs(by step: (ParameterSpecification) -> AdamStep) -> [(range: Range<Int>, step: AdamStep)] {
        let lowest = parameterMemory.range(trained.firstName(layout)).lowerBound
        var runs: [(range: Range<Int>, step: AdamStep)] = []
        for tensor in layout.parameters where tensor.isTrained {
            let range = parameterMemory.range(tensor.name)
            guard range.lowerBound >= lowest else { continue }
            let step = step(tensor)
            if let last = runs.last, last.step == step, last.range.upperBound == range.lowerBound {
                runs[runs.count - 1].range = last.range.lowerBound..<range.upperBound
            } else {
                runs.append((range, step))
            }
        }
        return runs
    }

    /// A running mean that begins with these parameters.
    package func average(from parameters: ResNet50Parameters) -> ParameterAverage {
        let average = ParameterAverage(
            valueCount: parameterMemory.values.count, statisticCount: parameterMemory.statistics.count)
        parameterMemory.pack(parameters, into: average.values, average.statistics)
        return average
    }

    /// Moves a running mean of all parameters and running statistics, trained or not, toward the present ones.
    ///
    /// - Parameter kept: what is left of the mean, 0…1.
    package func move(_ average: ParameterAverage, keeping kept: Double) {
        let step = AverageStep(rate: 1 - kept)
        step.move(average.values.all, toward: parameterMemory.values.all, on: engine)
        step.move(average.statistics.all, toward: parameterMemory.statistics.all, on: engine)
    }

    /// A copy of a running mean.
    package func parameters(of average: ParameterAverage) -> ResNet50Parameters {
        parameterMemory.unpacked(average.values, average.statistics)
    }

    /// Floats that lie packed as the parameters do: what an optimizer's moments take.
    package var packedCount: Int { parameterMemory.values.count }

    /// A copy of all parameters and running statistics.
    package var parameters: ResNet50Parameters { parameterMemory.unpacked() }

    /// A copy of the last gradients by tensor; those of layers that are not trained mean nothing.
    package var gradients: [String: [Float]] { parameterMemory.unpacked(parameterMemory.gradients.all) }

    /// Copies of an optimizer's moments by tensor, as a checkpoint keeps them.
    package func tensors(of moments: AdamMoments) -> (first: [String: [Float]], second: [String: [Float]]) {
        (parameterMemory.unpacked(moments.first.all), parameterMemory.unpacked(moments.second.all))
    }

    /// The inverse of `tensors(of:)`.
    package func moments(first: [String: [Float]], second: [String: [Float]]) -> AdamMoments {
        let moments = AdamMoments(count: packedCount)
        parameterMemory.pack(first, into: moments.first.all)
        parameterMemory.pack(second, into: moments.second.all)
        return moments
    }

    /// The layers for a number of images, laid out when it first comes; borders are zeros again after another number.
    @discardableResult
    private func plan(_ images: Int) -> (network: TrainingNetwork, workspace: TrainingWorkspace) {
        precondition(
            canTrain(images: images), "between 1 and \(largestBatch) images, and more than one value a channel")
        let isOther = self.images != images
        self.images = images
        if let planned = networks[images] {
            if isOther { clearBorders(planned) }
            return planned
        }
        memory.restart()
        let network = TrainingNetwork(
            images: images, input: MapSize(height: inputHeight, width: inputWidth), precision: precision,
            parameters: parameterMemory, memory: memory)
        let planned = (network, TrainingWorkspace(network.needs(on: engine.team), memory: memory, engine: engine))
        clearBorders(planned)
        networks[images] = planned
        return planned
    }

    private func clearBorders(_ planned: (network: TrainingNetwork, workspace: TrainingWorkspace)) {
        planned.network.clearBorders()
        planned.workspace.clearBorders()
    }
}
