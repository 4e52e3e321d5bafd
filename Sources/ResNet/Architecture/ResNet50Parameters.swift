// SPDX-License-Identifier: Apache-2.0
/// All weights and statistics of one network, end to end in one array in the order of the layout's table.
package struct ResNet50Parameters: Sendable, Equatable {
    package let layout: ResNet50Layout
    /// All tensors one after another, in the order of `layout.parameters`.
    package private(set) var values: [Float]
    private let ranges: [String: Range<Int>]

    /// Asks `read` for each tensor of the table in turn.
    ///
    /// - Parameter read: gives exactly `specification.count` floats, row-major in `specification.shape`.
    package init<Failure: Error>(
        layout: ResNet50Layout, read: (ParameterSpecification) throws(Failure) -> [Float]
    ) throws(Failure) {
        var values: [Float] = []
        values.reserveCapacity(layout.parameterCount)
        var ranges: [String: Range<Int>] = [:]
        for specification in layout.parameters {
            let tensor = try read(specification)
            precondition(tensor.count == specification.count, "\(specification.name) has another number of values")
            ranges[specification.name] = values.count..<values.count + tensor.count
            values.append(contentsOf: tensor)
        }
        self.layout = layout
        self.values = values
        self.ranges = ranges
    }

    /// The values of one tensor, which the layout must name.
    package subscript(name: String) -> ArraySlice<Float> {
        get { values[range(of: name)] }
        set {
            precondition(newValue.count == range(of: name).count, "\(name) has another number of values")
            values.replaceSubrange(range(of: name), with: newValue)
        }
    }

    private func range(of name: String) -> Range<Int> {
        guard let range = ranges[name] else { preconditionFailure("ResNet-50 has no parameter \(name)") }
        return range
    }
}
