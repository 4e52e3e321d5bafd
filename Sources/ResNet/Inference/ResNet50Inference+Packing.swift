// SPDX-License-Identifier: Apache-2.0
package import TensorMath

extension ResNet50Inference.Form {
    /// Folds and packs all weights, one tensor at a time: beside the result, no more than two of them are in memory.
    ///
    /// - Parameter read: gives each tensor of the layout's table once, in the table's order.
    package func packed<Failure: Error>(
        reading read: (ParameterSpecification) throws(Failure) -> [Float]
    ) throws(PackingFailure<Failure>) -> PackedWeights {
        var storage = TensorStorage(count: plan.weightCount)
        plan.pack(try layout.stem.folded(reading: read), of: .stem, into: &storage)
        for (index, block) in layout.blocks.enumerated() {
            for (place, unit) in block.units.enumerated() {
                plan.pack(try unit.folded(reading: read), of: .block(index, unit: place), into: &storage)
            }
        }
        let tensors = layout.headParameters
        if !tensors.isEmpty {
            plan.pack((try tensors[0].values(read), try tensors[1].values(read)), of: .head, into: &storage)
        }
        return PackedWeights(storage)
    }

    /// The same of parameters that are in memory.
    func packed(_ parameters: ResNet50Parameters) throws(FoldingFailure) -> PackedWeights {
        do throws(PackingFailure<Never>) {
            return try packed { (specification) throws(Never) in Array(parameters[specification.name]) }
        } catch {
            switch error {
            case .folding(let failure): throw failure
            }
        }
    }
}
