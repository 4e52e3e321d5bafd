// SPDX-License-Identifier: Apache-2.0
internal import ModelStore
internal import ResNet
internal import WrittenText

/// What `fundusd bench --layers` tells of one layer.
struct LayerReport: Encodable {
    let name: String
    let shape: String
    let method: String
    let milliseconds: Double
    /// Thousand millions of the definition's multiplications and additions in a second: Winograd's method takes fewer, and
    /// may come out above what the processor can do.
    let gigaflops: Double?

    init(_ time: LayerTime) {
        name = time.name
        shape = time.shape
        method = time.method
        milliseconds = time.milliseconds
        gigaflops = time.multiplyAdds == 0 ? nil : 2 * Double(time.multiplyAdds) / time.milliseconds / 1e6
    }

    private enum CodingKeys: String, CodingKey {
        case name, shape, method, gigaflops
        case milliseconds = "ms"
    }
}

extension LoadedModel {
    func timedLayers(rounds: Int) -> [LayerReport] {
        layerTimes(of: [Float](repeating: 0.5, count: inputCount), rounds: rounds).map(LayerReport.init)
    }
}

extension [LayerReport] {
    /// A line a layer, and their sum; begins with a line's end.
    var table: String {
        let lines = map { layer in
            let speed = layer.gigaflops.map { "\($0.rounded1) GFLOP/s" } ?? ""
            return [
                layer.name.padded(22), layer.shape.padded(24), layer.method.padded(14),
                "\(layer.milliseconds.rounded3) ms".padded(12), speed,
            ].joined()
        }
        let sum = reduce(0) { $0 + $1.milliseconds }
        return "\n" + (lines + ["all layers".padded(60) + "\(sum.rounded3) ms"]).joined(separator: "\n")
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(width - count, 1))
    }
}
