// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import FundusImage
internal import LinuxIO
package import ModelStore
package import ResNet
package import SystemPackage

extension SeededNetwork {
    /// A narrow network with one output whose logits differ from eye to eye, about ±1.5 around 0.
    ///
    /// A random network answers nearly the same to every input. So the head is scaled and shifted until its logits over a
    /// few painted discs have mean 0 and deviation 1.5.
    package static func judge(seed: UInt64) throws -> ResNet50Parameters {
        var parameters = parameters(layout: ResNet50Layout(baseWidth: narrowWidth, outputs: 1), seed: seed)
        let network = try ResNet50Inference(parameters: parameters, inputHeight: 224, inputWidth: 224)
        let logits = (0..<12).map { Double(network.logits(of: disc($0, seed: seed))[0]) }
        let mean = logits.reduce(0, +) / Double(logits.count)
        let variance = logits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logits.count)
        let scale = 1.5 / max(variance.squareRoot(), 1e-6)
        let bias = Double(parameters["fc.bias"].first ?? 0)
        parameters["fc.weight"] = ArraySlice(parameters["fc.weight"].map { Float(Double($0) * scale) })
        parameters["fc.bias"] = [Float((bias - mean) * scale)]
        return parameters
    }

    /// Publishes a judge under `STATE/models` and makes it the champion.
    ///
    /// - Parameters:
    ///   - side: of its input, in pixels; the logits are spread out for 224.
    ///   - date: goes into the id; fixed, so that the same seed gives the same id.
    @discardableResult
    package static func writeModel(
        to stateFolder: FilePath, seed: UInt64 = 1, positiveClass: ModelRecord.PositiveClass = .normal,
        threshold: ModelRecord.MeasuredThreshold = .init(value: 0.5),
        operatingPoints: [ModelRecord.MeasuredThreshold]? = nil, side: Int = 224,
        date: Date = Date(timeIntervalSince1970: 1_795_000_000)
    ) throws -> ModelRecord {
        var model = NewModel(parameters: try judge(seed: seed), positiveClass: positiveClass)
        model.threshold = threshold
        model.operatingPoints = operatingPoints
        if side != model.preprocessing.width { model.preprocessing = Preprocessing(.squeeze, side: side) }
        model.recipe = "seeded test network, seed \(seed)"
        let store = ModelStore(root: stateFolder)
        let record = try store.publish(model, date: date)
        try store.promote(record.id)
        return record
    }

    /// Writes a narrow network's weights without a head, to train from.
    ///
    /// - Parameter isLacking: says which tensors the file lacks.
    package static func writeBase(
        to path: FilePath, outputs: Int? = nil, metadata: [String: String] = [:],
        isLacking: (String) -> Bool = { _ in false }
    ) throws {
        let parameters = parameters(layout: ResNet50Layout(baseWidth: narrowWidth, outputs: outputs), seed: 1)
        let tensors = SafetensorsWriter.tensors(parameters, weightType: .f32).filter { !isLacking($0.name) }
        try AtomicFile.write(
            try SafetensorsWriter.bytes(tensors, metadata: metadata, path: path.string), to: path)
    }

    /// A disc of one color with a blotch of noise on black, as a normalized network input.
    private static func disc(_ index: Int, seed: UInt64) -> [Float] {
        let side = 224
        var stream = SplitMix64(name: "disc/\(index)", seed: seed)
        let color = stream.values(count: 3, bound: 1)
        let strength = stream.nextUnit()
        var values = SeededInput.values(name: "disc/\(index)", seed: seed, height: side, width: side)
        for place in values.indices {
            let (y, x) = (place / side % side - side / 2, place % side - side / 2)
            let isInside = x * x + y * y < 104 * 104
            values[place] = isInside ? color[place / (side * side)] + strength * values[place] : -2
        }
        return values
    }
}
