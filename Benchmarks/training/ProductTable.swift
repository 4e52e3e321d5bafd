// SPDX-License-Identifier: Apache-2.0
// Out: a table, a row for each convolution of ResNet-50 on a batch of 8: what its three products take in training by the
// kernels, and what OpenBLAS takes for products of the same sizes, on one thread.
// OpenBLAS is given its matrices dense and in the order that it likes best, as no map of ours lies: turning maps and unfolding
// windows would come on top of its times. Where it does not win here, it wins nowhere.

internal import Processor
internal import TensorMath

struct ProductTable {
    private static let images = 8
    /// Channels in and out, kernel, stride, side of the output at 224 pixels, and how often a network has it.
    private static let shapes: [(input: Int, output: Int, kernel: Int, stride: Int, side: Int, count: Int)] = [
        (64, 64, 1, 1, 56, 1), (256, 64, 1, 1, 56, 2), (64, 64, 3, 1, 56, 3), (64, 256, 1, 1, 56, 4),
        (256, 128, 1, 1, 56, 1), (128, 128, 3, 2, 28, 1), (128, 512, 1, 1, 28, 4), (256, 512, 1, 2, 28, 1),
        (512, 128, 1, 1, 28, 3), (128, 128, 3, 1, 28, 3), (512, 256, 1, 1, 28, 1), (256, 256, 3, 2, 14, 1),
        (256, 1024, 1, 1, 14, 6), (512, 1024, 1, 2, 14, 1), (1024, 256, 1, 1, 14, 5), (256, 256, 3, 1, 14, 5),
        (1024, 512, 1, 1, 14, 1), (512, 512, 3, 2, 7, 1), (512, 2048, 1, 1, 7, 3), (1024, 2048, 1, 2, 7, 1),
        (2048, 512, 1, 1, 7, 2), (512, 512, 3, 1, 7, 2),
    ]

    private let engine: ComputeEngine
    private let rounds: Int
    /// Of the kernels' maps; OpenBLAS multiplies floats.
    private let precision: Precision

    init(rounds: Int, precision: Precision) throws {
        self.rounds = rounds
        self.precision = precision
        engine = ComputeEngine(instructionSet: try .chosen(), team: ComputeTeam(threadCount: 1))
    }

    func print() {
        tell(
            "\(precision) at \(engine.instructionSet) beside OpenBLAS for \(MatrixProduct.coreName), one thread, batches of \(Self.images): ms by the kernels / ms by OpenBLAS"
        )
        tell("| layer | times | forward | input's gradient | weights' gradient |")
        tell("| --- | ---: | ---: | ---: | ---: |")
        var sums = [(ours: Double, theirs: Double)](repeating: (0, 0), count: 3)
        for shape in Self.shapes {
            let times = measured(shape)
            for (place, time) in times.enumerated() {
                sums[place].ours += Double(shape.count) * time.ours
                sums[place].theirs += Double(shape.count) * time.theirs
            }
            let name =
                "\(shape.input)→\(shape.output) \(shape.kernel)×\(shape.kernel)\(shape.stride == 2 ? "/2" : ""), \(shape.side)"
            tell("| \(name) | \(shape.count) | \(times.map(cell).joined(separator: " | ")) |")
        }
        tell("| all | | \(sums.map(cell).joined(separator: " | ")) |")
    }

    private func cell(_ time: (ours: Double, theirs: Double)) -> String {
        func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
        return "\(rounded(time.ours)) / \(rounded(time.theirs)) = \(rounded(time.ours / time.theirs))"
    }

    private typealias Shape = (input: Int, output: Int, kernel: Int, stride: Int, side: Int, count: Int)

    /// Forward, gradient of the input, gradient of the weights: the shortest of the rounds, which take turns.
    private func measured(_ shape: Shape) -> [(ours: Double, theirs: Double)] {
        let layer = Layer(shape, images: Self.images, precision: precision, engine: engine)
        let pixels = Self.images * shape.side * shape.side
        let window = shape.input * shape.kernel * shape.kernel
        let products = [
            Product(rows: shape.output, inner: window, columns: pixels),
            Product(rows: window, inner: shape.output, columns: pixels),
            Product(rows: shape.output, inner: pixels, columns: window),
        ]
        return zip([layer.forward, layer.backwardToInput, layer.backwardToWeights], products).map { work, product in
            var best = (ours: Double.infinity, theirs: Double.infinity)
            for _ in 0..<rounds {
                best.ours = min(best.ours, milliseconds(work))
                best.theirs = min(best.theirs, milliseconds(product.compute))
            }
            return best
        }
    }

    private func milliseconds(_ work: () -> Void) -> Double { ContinuousClock().measure(work) / .milliseconds(1) }

    /// One convolution with memory of its own.
    private struct Layer {
        private let convolution: TrainingConvolution
        private let engine: ComputeEngine
        private let scratch: ConvolutionScratch
        private let input, output, outputGradient, inputGradient: BlockedMap
        private let weights, weightGradient: TensorSlice

        init(_ shape: Shape, images: Int, precision: Precision, engine: ComputeEngine) {
            self.engine = engine
            let window = WindowGeometry(kernel: shape.kernel, stride: shape.stride, padding: shape.kernel / 2)
            let side = shape.side * shape.stride
            convolution = TrainingConvolution(
                window: window,
                input: .blocked(
                    images: images, channels: shape.input, height: side, width: side, border: shape.kernel / 2,
                    precision: precision),
                output: .blocked(
                    images: images, channels: shape.output, height: shape.side, width: shape.side,
                    precision: precision))
            func memory(_ count: Int) -> TensorSlice { Tensor(count: count).all }
            func map(_ layout: MapLayout) -> BlockedMap { BlockedMap(layout, in: memory(layout.count)) }
            scratch = ConvolutionScratch(convolution.scratchCounts(on: engine.team), take: memory)
            input = map(convolution.input)
            output = map(convolution.output)
            outputGradient = map(convolution.outputGradient)
            inputGradient = map(convolution.inputGradientLayout)
            weights = memory(convolution.weights.count)
            weightGradient = memory(convolution.weights.count)
        }

        func forward() {
            convolution.forward(input, weights: weights, scratch: scratch, on: engine, into: output)
        }

        /// Of a projection, 1×1 with stride 2, it is added to what the block's other path brought.
        func backwardToInput() {
            if convolution.window.kernel == 1 && convolution.window.stride == 2 {
                convolution.backwardToInput(
                    outputGradient, weights: weights, scratch: scratch, on: engine, addingTo: inputGradient)
            } else {
                convolution.backwardToInput(
                    outputGradient, weights: weights, scratch: scratch, on: engine, into: inputGradient)
            }
        }

        func backwardToWeights() {
            convolution.backwardToWeights(
                outputGradient, input: input, scratch: scratch, on: engine, into: weightGradient)
        }
    }

    private final class Product {
        private let rows, inner, columns: Int
        private let left, right, result: Tensor

        init(rows: Int, inner: Int, columns: Int) {
            (self.rows, self.inner, self.columns) = (rows, inner, columns)
            left = Tensor(count: rows * inner)
            right = Tensor(count: inner * columns)
            result = Tensor(count: rows * columns)
        }

        func compute() {
            var product = result.all.mutableSpan
            MatrixProduct.multiply(
                left.all.span, right.all.span, into: &product, rows: rows, inner: inner, columns: columns)
        }
    }
}
