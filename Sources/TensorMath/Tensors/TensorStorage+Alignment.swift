// SPDX-License-Identifier: Apache-2.0
extension TensorStorage {
    /// The pointer itself, once it is known to be where a kernel's aligned loads may begin.
    static func aligned(_ pointer: UnsafePointer<Float>?) -> UnsafePointer<Float> {
        guard let pointer = unsafe pointer, UInt(bitPattern: pointer) % UInt(alignmentBytes) == 0 else {
            preconditionFailure("kernels take memory that starts on a cache line")
        }
        return unsafe pointer
    }

    static func aligned(_ pointer: UnsafeMutablePointer<Float>?) -> UnsafeMutablePointer<Float> {
        unsafe UnsafeMutablePointer(mutating: aligned(UnsafePointer(pointer)))
    }

    /// Where a buffer's floats begin, wherever that is.
    static func start(_ buffer: UnsafeBufferPointer<Float>) -> UnsafePointer<Float> {
        guard let start = buffer.baseAddress else { preconditionFailure("no memory") }
        return unsafe start
    }

    static func start(_ buffer: UnsafeMutableBufferPointer<Float>) -> UnsafeMutablePointer<Float> {
        guard let start = buffer.baseAddress else { preconditionFailure("no memory") }
        return unsafe start
    }
}
