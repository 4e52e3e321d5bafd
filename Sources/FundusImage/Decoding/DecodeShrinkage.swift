// SPDX-License-Identifier: Apache-2.0
/// How much smaller libjpeg makes a picture while it decodes: it computes fewer pixels from each 8×8 block.
///
/// Only powers of two have fast code in libjpeg-turbo. A block's low frequencies are used as they are, so this is a sharper
/// filter than a mean over pixels, and the resize that follows decides what the picture looks like.
enum DecodeShrinkage: Int, CaseIterable {
    case none = 1
    case half = 2
    case quarter = 4
    case eighth = 8

    /// The strongest that leaves at least `margin` pixels a side for each pixel of the target.
    init(from source: (width: Int, height: Int), to target: (width: Int, height: Int), margin: Int) {
        let fitting = Self.allCases.last { shrinkage in
            source.width >= target.width * margin * shrinkage.rawValue
                && source.height >= target.height * margin * shrinkage.rawValue
        }
        self = fitting ?? .none
    }
}
