// SPDX-License-Identifier: Apache-2.0
/// How closely a picture is decoded that is much larger than the network's input; chosen by whoever runs the program.
///
/// This is no part of a model's `Preprocessing`: every model is trained and measured on fully decoded pictures, and
/// shrinking is an approximation of the same picture that costs less. `docs/numerics.md` says how good it is.
package enum DecodeFidelity: String, Sendable, CaseIterable {
    /// Every pixel, as Pillow does: the pixels that the model was trained with.
    case full
    /// Shrunk while it is decoded, as far as several pixels a side stay for each of the network's.
    case scaled

    /// Pixels a side that stay for each pixel of the target.
    private static let margin = 4

    func shrinkage(from source: (width: Int, height: Int), to target: (width: Int, height: Int)) -> DecodeShrinkage {
        switch self {
        case .full: .none
        case .scaled: DecodeShrinkage(from: source, to: target, margin: Self.margin)
        }
    }
}
