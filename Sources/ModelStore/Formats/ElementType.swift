// SPDX-License-Identifier: Apache-2.0
/// A number type of a weight file, by its safetensors name.
package enum ElementType: String, Sendable, CaseIterable {
    case f64 = "F64"
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case i64 = "I64"
    case i32 = "I32"
    case i16 = "I16"
    case i8 = "I8"
    case u8 = "U8"
    case bool = "BOOL"

    package var byteCount: Int {
        switch self {
        case .f64, .i64: 8
        case .f32, .i32: 4
        case .f16, .bf16, .i16: 2
        case .i8, .u8, .bool: 1
        }
    }

    /// The little-endian bytes as floats, or nil where the type is no weight's.
    package func floats(_ bytes: [UInt8]) -> [Float]? {
        switch self {
        case .f64: words(bytes, UInt64.self) { Float(Double(bitPattern: $0)) }
        case .f32: words(bytes, UInt32.self) { Float(bitPattern: $0) }
        case .f16: words(bytes, UInt16.self) { Float(Float16(bitPattern: $0)) }
        case .bf16: words(bytes, UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        case .i64, .i32, .i16, .i8, .u8, .bool: nil
        }
    }

    private func words<Word: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: [UInt8], _ type: Word.Type, _ value: (Word) -> Float
    ) -> [Float] {
        let raw = unsafe bytes.span.bytes
        return (0..<bytes.count / byteCount).map { index in
            // SAFETY: a whole word lies at this offset, and every bit pattern is an integer.
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index * byteCount, as: type)
            return value(Word(littleEndian: word))
        }
    }

    /// The floats as little-endian bytes of this type, rounded to nearest even; nil where the type is no weight's.
    package func bytes(_ values: [Float]) -> [UInt8]? {
        switch self {
        case .f64: littleEndian(values) { Double($0).bitPattern }
        case .f32: littleEndian(values) { $0.bitPattern }
        case .f16: littleEndian(values) { Float16($0).bitPattern }
        case .bf16: littleEndian(values, Self.roundedToBFloat16)
        case .i64, .i32, .i16, .i8, .u8, .bool: nil
        }
    }

    /// The upper half of the float, rounded to nearest even; a NaN stays one.
    private static func roundedToBFloat16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
    }

    private func littleEndian<Word: FixedWidthInteger & BitwiseCopyable>(
        _ values: [Float], _ word: (Float) -> Word
    ) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: values.count * byteCount) { buffer, filled in
            for (index, value) in values.enumerated() {
                // SAFETY: the buffer has `byteCount` bytes for each value.
                unsafe UnsafeMutableRawBufferPointer(buffer).storeBytes(
                    of: word(value).littleEndian, toByteOffset: index * byteCount, as: Word.self)
            }
            filled = values.count * byteCount
        }
    }
}
