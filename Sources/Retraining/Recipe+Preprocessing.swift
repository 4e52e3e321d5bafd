// SPDX-License-Identifier: Apache-2.0
package import FundusImage
package import Training

extension Recipe {
    /// ImageNet's normalization, at the recipe's size and in its geometry.
    package var preprocessing: Preprocessing {
        Preprocessing(PictureGeometry(geometry), side: inputSide)
    }
}

extension PictureGeometry {
    fileprivate init(_ geometry: Recipe.Geometry) {
        switch geometry {
        case .squeeze: self = .squeeze
        case .fieldCrop: self = .fieldCrop
        }
    }
}

extension Recipe.Geometry {
    /// `Training` knows no pictures, so it has a name of its own for what is done to them.
    package init(_ geometry: PictureGeometry) {
        switch geometry {
        case .squeeze: self = .squeeze
        case .fieldCrop: self = .fieldCrop
        }
    }
}
