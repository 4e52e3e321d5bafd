// SPDX-License-Identifier: Apache-2.0
internal import FundusImage
internal import Training

extension Recipe.Alterations {
    /// The picture as it is trained on; the generator's next numbers decide how it differs.
    func altered(_ picture: RGBPicture, using generator: inout some RandomNumberGenerator) -> RGBPicture {
        switch self {
        case .none: picture
        case .light: PictureAugmentation.drawn(using: &generator).applied(to: picture)
        case .camera: CameraAlteration.drawn(using: &generator).applied(to: picture)
        }
    }
}
