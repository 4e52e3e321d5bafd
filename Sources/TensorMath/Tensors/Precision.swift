// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// What the maps and weights of a network are made of; sums are float32 always, but for whole numbers.
package enum Precision: String, Sendable, Codable {
    case float32
    /// The upper half of a float32: its range, with 8 bits of precision.
    case bfloat16 = "bf16"
    /// Whole numbers of 8 bits: maps of 0 … 255 and weights of −127 … 127 in steps that were measured, sums of 32 bits.
    case int8

    package static let all: [Precision] = [.float32, .bfloat16, .int8]

    /// Those that need nothing measured, and that training knows too.
    package static let floating: [Precision] = [.float32, .bfloat16]

    var bytes: Int {
        switch self {
        case .float32: 4
        case .bfloat16: 2
        case .int8: 1
        }
    }

    /// For the kernels of floats.
    var element: ck_element {
        precondition(self != .int8, "whole numbers have kernels of their own")
        return self == .float32 ? ck_float32 : ck_bfloat16
    }

    /// The words of 32 bits that hold so many elements.
    func wordCount(_ elements: Int) -> Int { (elements * bytes + 3) / 4 }
}

extension Float {
    /// The nearest bfloat16's bits, to even where two are as near; a NaN stays one.
    package var bfloat16Bits: UInt16 {
        isNaN ? 0x7fc0 : UInt16(truncatingIfNeeded: (bitPattern &+ 0x7fff &+ (bitPattern >> 16 & 1)) >> 16)
    }
}
