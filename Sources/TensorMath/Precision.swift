// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// What the maps and weights of a network are made of; sums are float32 always.
package enum Precision: String, Sendable, CaseIterable, Codable {
    case float32
    /// The upper half of a float32: its range, with 8 bits of precision.
    case bfloat16 = "bf16"

    var bytes: Int { self == .float32 ? 4 : 2 }

    var element: ck_element { self == .float32 ? ck_float32 : ck_bfloat16 }

    /// The words of 32 bits that hold so many elements.
    func wordCount(_ elements: Int) -> Int { (elements * bytes + 3) / 4 }
}

extension Float {
    /// The nearest bfloat16's bits, to even where two are as near; a NaN stays one.
    package var bfloat16Bits: UInt16 {
        isNaN ? 0x7fc0 : UInt16(truncatingIfNeeded: (bitPattern &+ 0x7fff &+ (bitPattern >> 16 & 1)) >> 16)
    }
}
