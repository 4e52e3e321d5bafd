internal import FundusImage

/// The pictures of a training, and which of them train, decide when to end, and measure.
package final class TrainingImages {
    package struct Example: Sendable, Equatable {
        /// In the file of pictures.
        package let picture: Int
        package let isDisease: Bool
        /// The person, or whatever else keeps images together.
        package let group: Int

        package init(picture: Int, isDisease: Bool, group: Int) {
            self.picture = picture
            self.isDisease = isDisease
            self.group = group
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

    /// An image's input for an epoch: as it is, or altered anew for each epoch.
    func input(
        _ example: Example, _ preprocessing: Preprocessing, _ augmentation: PictureAugmentation
    ) throws -> [Float] {
        var tensor = [Float](repeating: 0, count: preprocessing.elementCount)
        preprocessing.fill(&tensor, from: augmentation.applied(to: try pictures.picture(example.picture)))
        return tensor
    }
}
