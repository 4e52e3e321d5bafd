// SPDX-License-Identifier: Apache-2.0
/// CMYK as Adobe stores it in JPEG (inverted: 255 is no ink) to RGB, to the bit as Pillow does.
///
/// Pillow takes every four-component JPEG for Adobe's, marker or not, then computes with k = the stored black sample
/// r = k − (255 − c)·k/255, where the division rounds as (t + (t >> 8)) >> 8 with t = a·b + 128.
/// Source: Pillow's `JpegImagePlugin.py` (raw mode "CMYK;I") and `Convert.c` (`cmyk2rgb`).
enum AdobeCMYK {
    /// Rewrites pixels of four inks in place as red, green and blue; the fourth sample stays and means nothing then.
    static func convertToRGB(_ samples: inout MutableSpan<UInt8>) {
        for pixel in stride(from: 0, to: samples.count, by: 4) {
            let black = Int(samples[pixel + 3])
            for channel in pixel..<pixel + 3 {
                let product = (255 - Int(samples[channel])) * black + 128
                samples[channel] = UInt8(black - (product + product >> 8) >> 8)
            }
        }
    }
}
