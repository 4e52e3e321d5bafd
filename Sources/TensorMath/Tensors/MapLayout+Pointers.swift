// SPDX-License-Identifier: Apache-2.0
extension MapLayout {
    /// Where the kernels begin to read: the pixel (0, 0), or the one of the border `padding` left of and above it.
    func pointer(_ map: UnsafePointer<Float>?, padding: Int = 0) -> UnsafeRawPointer {
        unsafe UnsafeRawPointer(TensorStorage.aligned(map)) + origin(padding: padding) * precision.bytes
    }

    /// Where the kernels begin to write.
    func pointer(_ map: UnsafeMutablePointer<Float>?) -> UnsafeMutableRawPointer {
        unsafe UnsafeMutableRawPointer(TensorStorage.aligned(map)) + origin() * precision.bytes
    }
}
