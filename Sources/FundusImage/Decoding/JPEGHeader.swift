// SPDX-License-Identifier: Apache-2.0
/// What a JPEG says of itself before any of its pixels is read.
package struct JPEGHeader: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// 1 gray, 3 YCbCr or RGB, 4 CMYK or YCCK.
    package let components: Int
    package let isProgressive: Bool
    /// What decoding holds in memory for a picture whose scans don't each cover all components; 0 where rows suffice.
    package let coefficientBytes: Int
}
