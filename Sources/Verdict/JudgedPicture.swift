// SPDX-License-Identifier: Apache-2.0
package import FundusImage

/// A picture as the network saw it, and what came of it: for whoever looks on.
package struct JudgedPicture: Sendable {
    package let name: ImageName
    package let sha256: String
    /// The id of the model that judged it.
    package let model: String
    /// P(disease).
    package let probability: Double
    package let picture: RGBPicture
    /// How it was made of the photograph.
    package let geometry: PictureGeometry

    package init(
        name: ImageName, sha256: String, model: String, probability: Double, picture: RGBPicture,
        geometry: PictureGeometry
    ) {
        self.name = name
        self.sha256 = sha256
        self.model = model
        self.probability = probability
        self.picture = picture
        self.geometry = geometry
    }
}
