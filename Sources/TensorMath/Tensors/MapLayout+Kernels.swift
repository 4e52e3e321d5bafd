// SPDX-License-Identifier: Apache-2.0
internal import CKernels

/// What kernels do to a map's memory beside computing: copies, and a border's zeros.
extension MapLayout {
    /// Lays an image out, [channels, height, width] dense, in single planes; the border stays as it is.
    package func fill(_ map: inout MutableSpan<Float>, from values: Span<Float>, on engine: ComputeEngine) {
        precondition(lanes == 1 && images == 1 && precision == .float32, "no image in planes")
        precondition(values.count == valueCount && map.count >= count, "a map of another size")
        let bytes = precision.bytes
        unsafe map.withUnsafeMutableBytes { map in
            unsafe values.withUnsafeBytes { values in
                for plane in 0..<planes {
                    // SAFETY: the counts above cover every row of every plane.
                    var rows = unsafe ck_copy(
                        from: values.baseAddress.map { unsafe $0 + plane * height * width * bytes },
                        to: map.baseAddress.map { unsafe $0 + (plane * planePitch + origin()) * bytes },
                        pieces: height, bytes: width * bytes, from_pitch: width * bytes, to_pitch: rowPitch * bytes)
                    unsafe ck_copy_pieces(engine.team.handle, &rows)
                }
            }
        }
    }

    /// Puts the map of one image, laid out as this one, into the place of that image.
    package func insert(
        _ map: Span<Float>, asImage image: Int, on engine: ComputeEngine, into maps: inout MutableSpan<Float>
    ) {
        let single = holding(images: 1)
        precondition((0..<images).contains(image), "no such image")
        precondition(map.count >= single.count && maps.count >= count, "a map of another size")
        let bytes = precision.bytes
        unsafe maps.withUnsafeMutableBytes { maps in
            unsafe map.withUnsafeBytes { map in
                // SAFETY: the counts above cover every plane of either.
                var images = unsafe ck_copy(
                    from: map.baseAddress, to: maps.baseAddress.map { unsafe $0 + image * imagePitch * bytes },
                    pieces: planes, bytes: imagePitch * bytes, from_pitch: single.planePitch * bytes,
                    to_pitch: planePitch * bytes)
                unsafe ck_copy_pieces(engine.team.handle, &images)
            }
        }
    }

    /// Zeros in the border of a blocked map that has whatever was left in its memory; pixels stay as they are.
    package func clearBorder(of map: inout MutableSpan<Float>, on engine: ComputeEngine) {
        precondition(map.count >= count && lanes == Self.blockLanes, "a map of another size")
        let bytes = precision.bytes
        unsafe map.withUnsafeMutableBufferPointer { map in
            // SAFETY: `count` covers every plane with the borders of its images.
            var task = unsafe ck_border(
                map: map.baseAddress, planes: planes, plane: planePitch * bytes, images: images,
                image: imagePitch * bytes, height: height, row: rowPitch * bytes, pixel: lanes * bytes, border: border)
            unsafe ck_clear_border(engine.team.handle, &task)
        }
    }
}
