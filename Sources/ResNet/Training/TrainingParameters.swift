// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// A network's parameters as training keeps them: packed for the kernels, end to end in one run of memory.
///
/// Gradients lie in another run of the same layout, and an optimizer's moments in two more, so that a step is one loop. The
/// running statistics lie apart: no gradient moves them.
final class TrainingParameters {
    let layout: ResNet50Layout
    let values: Tensor
    let gradients: Tensor
    let statistics: Tensor
    private let places: [String: TensorPlace]

    init(_ parameters: ResNet50Parameters) {
        layout = parameters.layout
        var counts = (trained: 0, statistics: 0)
        var places: [String: TensorPlace] = [:]
        for specification in layout.parameters {
            let place: TensorPlace
            switch specification.role {
            case .runningMean, .runningVariance:
                place = TensorPlace(specification, at: counts.statistics)
                counts.statistics = place.range.upperBound
            default:
                place = TensorPlace(specification, at: counts.trained)
                counts.trained = place.range.upperBound
            }
            places[specification.name] = place
        }
        self.places = places
        values = Tensor(count: counts.trained)
        gradients = Tensor(count: counts.trained)
        statistics = Tensor(count: counts.statistics)
        pack(parameters, into: values, statistics)
    }

    /// Packs parameters of the same layout into memory of the same sizes.
    func pack(_ parameters: ResNet50Parameters, into values: Tensor, _ statistics: Tensor) {
        for name in layout.parameters.map(\.name) {
            let place = place(name)
            place.form.pack(
                Array(parameters[name]), into: (place.isTrained ? values : statistics).all.slice(place.range))
        }
    }

    /// A tensor's values in packed form.
    func slice(_ name: String) -> TensorSlice { memory(of: name).all.slice(place(name).range) }

    /// A trained tensor's gradient in packed form.
    func gradient(_ name: String) -> TensorSlice { gradients.all.slice(place(name).range) }

    /// Where a trained tensor lies in `values`, and its gradient in `gradients`.
    func range(_ name: String) -> Range<Int> { place(name).range }

    /// A copy of all values, as files have them.
    func unpacked() -> ResNet50Parameters { unpacked(values, statistics) }

    /// The inverse of `pack(_:into:_:)`.
    func unpacked(_ values: Tensor, _ statistics: Tensor) -> ResNet50Parameters {
        ResNet50Parameters(layout: layout) {
            let place = place($0.name)
            return place.form.values(of: (place.isTrained ? values : statistics).all.slice(place.range))
        }
    }

    /// Whatever lies packed as `values` do, tensor by tensor as files have them; without the running statistics.
    func unpacked(_ packed: TensorSlice) -> [String: [Float]] {
        precondition(packed.count == values.count, "another number of floats")
        return trained { $0.form.values(of: packed.slice($0.range)) }
    }

    /// The inverse.
    func pack(_ tensors: [String: [Float]], into packed: TensorSlice) {
        precondition(packed.count == values.count, "another number of floats")
        _ = trained { place in
            guard let values = tensors[place.name] else { preconditionFailure("no values of \(place.name)") }
            place.form.pack(values, into: packed.slice(place.range))
        }
    }

    private func trained<Result>(_ body: (TensorPlace) -> Result) -> [String: Result] {
        let trained = layout.parameters.filter { $0.isTrained }
        return Dictionary(uniqueKeysWithValues: trained.map { ($0.name, body(place($0.name))) })
    }

    private func memory(of name: String) -> Tensor { place(name).isTrained ? values : statistics }

    private func place(_ name: String) -> TensorPlace {
        guard let place = places[name] else { preconditionFailure("ResNet-50 has no parameter \(name)") }
        return place
    }
}

/// Where a tensor lies in memory, and how.
private struct TensorPlace {
    let name: String
    let range: Range<Int>
    let form: Form
    let isTrained: Bool

    enum Form {
        case convolution(WeightLayout)
        /// One value after another, zeros up to the next cache line.
        case row(count: Int)
    }

    /// - Parameter start: a multiple of 16, as is the range's end.
    init(_ specification: ParameterSpecification, at start: Int) {
        name = specification.name
        isTrained = specification.isTrained
        let shape = specification.shape
        switch specification.role {
        case .convolution where shape[2] == 7:
            form = .convolution(.planar(outputs: shape[0], inputs: shape[1], kernel: shape[2]))
        case .convolution:
            form = .convolution(.blocked(outputs: shape[0], inputs: shape[1], kernel: shape[2]))
        default: form = .row(count: specification.count)
        }
        range = start..<start + form.packedCount
    }
}

extension TensorPlace.Form {
    var packedCount: Int {
        switch self {
        case .convolution(let weights): weights.count
        case .row(let count): (count + MapLayout.blockLanes - 1) / MapLayout.blockLanes * MapLayout.blockLanes
        }
    }

    func pack(_ values: [Float], into slice: TensorSlice) {
        var span = slice.mutableSpan
        switch self {
        case .convolution(let weights): weights.pack(values.span, into: &span)
        case .row(let count):
            precondition(values.count == count, "another number of values")
            for place in 0..<count { span[place] = values[place] }
        }
    }

    func values(of slice: TensorSlice) -> [Float] {
        let span = slice.span
        switch self {
        case .convolution(let weights): return weights.values(of: span)
        case .row(let count): return (0..<count).map { span[$0] }
        }
    }
}
