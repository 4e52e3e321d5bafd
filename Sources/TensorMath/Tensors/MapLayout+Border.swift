// SPDX-License-Identifier: Apache-2.0
internal import CKernels

extension MapLayout {
    /// Zeros in the border of a blocked map that has whatever was left in its memory; pixels stay as they are.
    package func clearBorder(of map: inout MutableSpan<Float>) {
        precondition(map.count >= count && lanes == Self.blockLanes, "a map of another size")
        let bytes = precision.bytes
        unsafe map.withUnsafeMutableBufferPointer { map in
            // SAFETY: `count` covers every plane with the borders of its images.
            var task = unsafe ck_border(
                map: map.baseAddress, planes: planes, plane: planePitch * bytes, images: images,
                image: imagePitch * bytes, height: height, row: rowPitch * bytes, pixel: lanes * bytes, border: border)
            unsafe ck_clear_border(&task)
        }
    }
}
