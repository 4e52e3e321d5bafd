// SPDX-License-Identifier: Apache-2.0
import TensorMath
import Testing

struct TensorStorageTests {
    /// Below, at and above the sizes from which the memory is whole pages of the kernel, and huge ones.
    @Test(arguments: [0, 1, 15, 1 << 16 - 1, 1 << 16, 1 << 18, 1 << 19, 1 << 20 + 3])
    func `memory is zeroed, aligned and writable`(count: Int) {
        for _ in 0..<2 {
            var storage = TensorStorage(count: count)
            #expect(storage.count == count && storage.span.count == count)
            storage.span.withUnsafeBytes { bytes in
                #expect(UInt(bitPattern: bytes.baseAddress) % 64 == 0)
                #expect(bytes.allSatisfy { $0 == 0 })
            }
            var values = storage.mutableSpan
            for place in values.indices { values[place] = Float(place) }
            #expect((0..<count).allSatisfy { storage.span[$0] == Float($0) })
        }
    }
}
