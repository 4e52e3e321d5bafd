// SPDX-License-Identifier: Apache-2.0
extension PickleMachine {
    /// A persistent reference: ('storage', type, key, device, number of elements), and None in the older format.
    func storage(_ value: PickleValue) throws(ModelFailure) -> PickledStorage {
        guard case .tuple(let handle) = value, (5...6).contains(tuples[handle].count),
            case .string("storage") = tuples[handle][0], case .storageType(let type) = tuples[handle][1],
            case .string(let key) = tuples[handle][2], case .integer(let count) = tuples[handle][4], count >= 0
        else { throw damaged("refers to a storage in an unknown way") }
        if tuples[handle].count == 6 {
            guard case .none = tuples[handle][5] else { throw damaged("refers to a part of a storage") }
        }
        return PickledStorage(key: key, type: type, count: count)
    }

    /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks[, metadata])`.
    func tensor(_ arguments: [PickleValue]) throws(ModelFailure) -> PickledTensor {
        guard (6...7).contains(arguments.count), case .storage(let handle) = arguments[0],
            case .integer(let offset) = arguments[1], offset >= 0, let shape = extents(arguments[2]),
            let strides = extents(arguments[3]), shape.count == strides.count
        else { throw damaged("makes a tensor in an unknown way") }
        let tensor = PickledTensor(storage: storages[handle], offset: offset, shape: shape, strides: strides)
        guard tensor.liesInsideItsStorage else { throw damaged("makes a tensor that is larger than its storage") }
        return tensor
    }

    private func extents(_ value: PickleValue) -> [Int]? {
        guard case .tuple(let handle) = value, tuples[handle].count <= Self.highestRank else { return nil }
        var extents: [Int] = []
        for item in tuples[handle] {
            guard case .integer(let extent) = item, extent >= 0 else { return nil }
            extents.append(extent)
        }
        return extents
    }
}

extension PickledStorage {
    /// Nil where no memory could hold so many.
    var byteCount: Int? {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
        return overflow ? nil : bytes
    }
}

extension PickledTensor {
    /// Elements, known not to overflow once `liesInsideItsStorage` holds.
    var count: Int { shape.contains(0) ? 0 : shape.reduce(1, *) }

    /// No more elements than the storage has, the last of them inside it: an expanded view could ask for any memory.
    fileprivate var liesInsideItsStorage: Bool {
        guard let count = byteCount(shape: shape, type: .u8), count <= storage.count, offset <= storage.count else {
            return false
        }
        if count == 0 { return true }
        var last = offset
        for (extent, stride) in zip(shape, strides) {
            let (reach, overflow) = stride.multipliedReportingOverflow(by: extent - 1)
            let (sum, sumOverflow) = last.addingReportingOverflow(reach)
            guard !overflow, !sumOverflow else { return false }
            last = sum
        }
        return last < storage.count
    }

    /// The bytes of the tensor's elements in row-major order, out of those of its storage.
    ///
    /// Costs as much as the tensor has elements, however large the storage is.
    ///
    /// - Parameter storageBytes: as many as the storage says.
    func bytes(of storageBytes: [UInt8]) -> [UInt8] {
        // Where one extent is 0, the others may be anything: none of them is multiplied or counted to.
        if count == 0 { return [] }
        let width = storage.type.byteCount
        if isContiguous { return Array(storageBytes[offset * width..<(offset + count) * width]) }
        var gathered: [UInt8] = []
        gathered.reserveCapacity(count * width)
        var place = offset
        var index = [Int](repeating: 0, count: shape.count)
        for _ in 0..<count {
            gathered += storageBytes[place * width..<(place + 1) * width]
            advance(&index, &place)
        }
        return gathered
    }

    /// To the next element in row-major order; from the last one to the first.
    private func advance(_ index: inout [Int], _ place: inout Int) {
        for axis in shape.indices.reversed() {
            index[axis] += 1
            place += strides[axis]
            if index[axis] < shape[axis] { return }
            place -= index[axis] * strides[axis]
            index[axis] = 0
        }
    }

    /// True where row-major order is the storage's order.
    private var isContiguous: Bool {
        var expected = 1
        for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
            if stride != expected { return false }
            expected *= extent
        }
        return true
    }
}
