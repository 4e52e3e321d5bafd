/// CMYK as Adobe stores it in JPEG (inverted: 255 is no ink) to RGB, to the bit as Pillow does.
///
/// Pillow takes every four-component JPEG for Adobe's, marker or not, then computes with k = the stored black sample
/// r = k − (255 − c)·k/255, where the division rounds as (t + (t >> 8)) >> 8 with t = a·b + 128.
/// Source: Pillow's `JpegImagePlugin.py` (raw mode "CMYK;I") and `Convert.c` (`cmyk2rgb`).
enum AdobeCMYK {
    /// Rewrites `row` in place: `width` pixels of four samples become as many of three.
    static func convertToRGB(_ row: inout MutableSpan<UInt8>, width: Int) {
        for x in 0..<width {
            let black = Int(row[4 * x + 3])
            // The three samples written lie at or before the four read.
            for channel in 0..<3 {
                let product = (255 - Int(row[4 * x + channel])) * black + 128
                row[3 * x + channel] = UInt8(black - (product + product >> 8) >> 8)
            }
        }
    }
}
