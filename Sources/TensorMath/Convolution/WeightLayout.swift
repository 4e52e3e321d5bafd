// SPDX-License-Identifier: Apache-2.0
/// How a convolution's weights lie for the kernels, [output block][input plane][ky][kx][input lane][16 outputs].
///
/// Training keeps weights, gradients and moments so from the first step to the last; files have [output, input, ky, kx].
package struct WeightLayout: Sendable, Hashable {
    /// Output channels.
    package let outputs: Int
    /// Input channels, those that fill up the last block left out.
    package let inputs: Int
    /// Side of the square kernel, in pixels.
    package let kernel: Int
    /// Channels of an input plane: 16 of a blocked map, 1 of a planar one.
    let lanes: Int

    /// - Parameter input: the layout of the map that the convolution reads.
    package init(outputs: Int, kernel: Int, input: MapLayout) {
        self.init(outputs: outputs, inputs: input.channels, kernel: kernel, lanes: input.lanes)
    }

    /// For an input whose channels lie in blocks.
    package static func blocked(outputs: Int, inputs: Int, kernel: Int) -> WeightLayout {
        WeightLayout(outputs: outputs, inputs: inputs, kernel: kernel, lanes: MapLayout.blockLanes)
    }

    /// For an input of single channels.
    package static func planar(outputs: Int, inputs: Int, kernel: Int) -> WeightLayout {
        WeightLayout(outputs: outputs, inputs: inputs, kernel: kernel, lanes: 1)
    }

    private init(outputs: Int, inputs: Int, kernel: Int, lanes: Int) {
        precondition(outputs > 0 && inputs > 0 && kernel > 0, "weights have an extent")
        self.outputs = outputs
        self.inputs = inputs
        self.kernel = kernel
        self.lanes = lanes
    }

    var outputBlocks: Int { (outputs + MapLayout.blockLanes - 1) / MapLayout.blockLanes }
    var inputPlanes: Int { (inputs + lanes - 1) / lanes }

    /// Floats of the packed weights, missing channels included.
    package var count: Int { outputBlocks * inputPlanes * kernel * kernel * lanes * MapLayout.blockLanes }

    /// Packs `values` onto zeros.
    package func pack(_ values: Span<Float>, into packed: inout MutableSpan<Float>) {
        precondition(values.count == outputs * inputs * kernel * kernel && packed.count == count, "another shape")
        forEachWeight { place, packedPlace in packed[packedPlace] = values[place] }
    }

    /// The inverse of `pack`.
    package func values(of packed: Span<Float>) -> [Float] {
        precondition(packed.count == count, "another shape")
        var values = [Float](repeating: 0, count: outputs * inputs * kernel * kernel)
        forEachWeight { place, packedPlace in values[place] = packed[packedPlace] }
        return values
    }

    @inline(__always)
    private func forEachWeight(_ body: (Int, Int) -> Void) {
        let (blockLanes, places) = (MapLayout.blockLanes, kernel * kernel)
        let next = lanes * blockLanes
        for o in 0..<outputs {
            for i in 0..<inputs {
                let pair = o / blockLanes * inputPlanes + i / lanes
                let first = pair * places * next + i % lanes * blockLanes + o % blockLanes
                for place in 0..<places { body((o * inputs + i) * places + place, first + place * next) }
            }
        }
    }
}
