// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// What one layer of a pass took.
package struct LayerTime: Sendable {
    /// As torchvision calls it, such as `layer1.0.conv2`.
    package let name: String
    /// Channels in and out, kernel and stride, and the output's extent, such as `64→256 1×1/1 56×56`.
    package let shape: String
    /// How it is computed.
    package let method: String
    /// Of the definition; a method may take fewer. 0 for pools.
    package let multiplyAdds: Int
    /// The shortest that was seen: whatever else the machine does only adds to it.
    package internal(set) var milliseconds = Double.infinity
}

/// Takes the time at each layer's end.
final class LapTimer {
    private var last = ContinuousClock.now
    private(set) var laps: [Duration] = []

    /// A pass begins.
    func begin() {
        laps.removeAll(keepingCapacity: true)
        last = .now
    }

    /// - Parameter layers: so many were computed together, with as many products each.
    func lap(ofEqualLayers layers: Int = 1) {
        let now = ContinuousClock.now
        laps += repeatElement((now - last) / layers, count: layers)
        last = now
    }
}

extension ResNet50Inference {
    /// The times of all layers, in the order in which they are computed, over some passes.
    package func layerTimes(of input: [Float], rounds: Int) -> [LayerTime] {
        precondition(batchSize == 1, "the layers of one image")
        let timer = LapTimer()
        var times = layers
        workspace.timer = timer
        defer { workspace.timer = nil }
        for _ in 0..<rounds {
            timer.begin()
            _ = logits(of: input)
            precondition(timer.laps.count == times.count, "a lap for each layer")
            for (index, lap) in timer.laps.enumerated() {
                times[index].milliseconds = min(times[index].milliseconds, lap / .milliseconds(1))
            }
        }
        return times
    }

    /// As `NetworkWorkspace.run` and `logits` take them.
    private var layers: [LayerTime] {
        let stem = MapSize(height: inputHeight, width: inputWidth).output(of: layout.stem.window)
        let pooled = stem.output(of: ResNet50Layout.stemPool)
        var layers = [
            layer(layout.stem, at: .stem, output: stem),
            LayerTime(name: "maxpool", shape: "\(pooled)", method: "", multiplyAdds: 0),
        ]
        var size = pooled
        for (index, block) in layout.blocks.enumerated() {
            let end = size.output(of: block.spatial.window)
            layers.append(layer(block.reduce, at: .block(index, unit: 0), output: size))
            layers.append(layer(block.spatial, at: .block(index, unit: 1), output: end))
            if let projection = block.projection {
                layers.append(layer(projection, at: .block(index, unit: 3), output: end))
            }
            layers.append(layer(block.expand, at: .block(index, unit: 2), output: end))
            size = end
        }
        layers.append(LayerTime(name: "avgpool", shape: "\(size)", method: "", multiplyAdds: 0))
        guard let outputs = layout.outputs else { return layers }
        let head = layout.featureCount * outputs
        return layers + [
            LayerTime(
                name: "fc", shape: "\(layout.featureCount)→\(outputs)", method: plan.method(of: .head),
                multiplyAdds: head)
        ]
    }

    private func layer(_ unit: ConvolutionUnit, at place: UnitPlace, output: MapSize) -> LayerTime {
        let (kernel, channels) = (unit.window.kernel, "\(unit.inputChannels)→\(unit.outputChannels)")
        return LayerTime(
            name: unit.name, shape: "\(channels) \(kernel)×\(kernel)/\(unit.window.stride) \(output)",
            method: plan.method(of: place),
            multiplyAdds: unit.inputChannels * unit.outputChannels * kernel * kernel * output.plane)
    }
}

extension MapSize: CustomStringConvertible {
    var description: String { "\(height)×\(width)" }
}
