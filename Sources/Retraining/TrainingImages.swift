// SPDX-License-Identifier: Apache-2.0
internal import FundusImage
package import LabelledData

/// The pictures of a training, and which of them train, decide when to end, and measure.
package final class TrainingImages {
    package struct Example: Sendable, Equatable {
        /// In the file of pictures.
        package let picture: Int
        package let label: ImageLabel
        /// The person, or whatever else keeps images together.
        package let group: Int
        /// The camera, clinic or collection, where it is known.
        package let source: String?

        package init(picture: Int, label: ImageLabel, group: Int, source: String? = nil) {
            self.picture = picture
            self.label = label
            self.group = group
            self.source = source
        }
    }

    package let pictures: PictureFile
    package let training: [Example]
    /// Decide which epoch is kept; empty where the recipe keeps the last one.
    package let validation: [Example]
    /// Measure the end result and decide nothing.
    package let holdout: [Example]

    package init(
        pictures: consuming PictureFile, training: [Example], validation: [Example], holdout: [Example]
    ) {
        self.pictures = pictures
        self.training = training
        self.validation = validation
        self.holdout = holdout
    }

    /// Of those held out, the images whose class is known.
    package var judgedHoldout: [Example] { holdout.filter { $0.label.isDisease != nil } }

    /// An image's input: as it is, or altered.
    func input(
        _ example: Example, _ preprocessing: Preprocessing, altered: (RGBPicture) -> RGBPicture = { $0 }
    ) throws -> [Float] {
        var tensor = [Float](repeating: 0, count: preprocessing.elementCount)
        preprocessing.fill(&tensor, from: altered(try pictures.picture(example.picture)))
        return tensor
    }
}
