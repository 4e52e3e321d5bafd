// SPDX-License-Identifier: Apache-2.0
/// What a JPEG may cost, checked on its header or while its scans come in.
struct JPEGLimits: Sendable {
    let pixels: Int
    /// Cameras and optimizers write about 10 scans; each costs a pass over the whole picture.
    var scans = 100
    /// What libjpeg may hold in coefficients of a picture with many scans, its tables and rows of blocks included.
    var coefficientBytes: Int

    /// libjpeg's JPEG_MAX_DIMENSION.
    static let longestSide = 65500

    init(pixels: Int) {
        self.pixels = pixels
        // YCbCr without subsampling has three coefficients of two bytes a pixel; 64 MiB for the rest.
        let (bytes, overflows) = pixels.multipliedReportingOverflow(by: 6)
        coefficientBytes = overflows || bytes > .max - 64 << 20 ? .max : bytes + 64 << 20
    }
}
