// SPDX-License-Identifier: Apache-2.0
/// A picture at the size asked for, with what the file said of its own size.
package struct DecodedImage: Sendable, Equatable {
    /// Pixels of the file's own picture, before it was made smaller.
    package let sourceWidth: Int
    package let sourceHeight: Int
    /// How much smaller a side was decoded: 1 where every pixel was.
    package let shrinkage: Int
    /// What of the source the picture shows, in the source's pixels: all of it, but for a cut-out field.
    package let rectangle: PictureRectangle
    package internal(set) var picture: RGBPicture
    /// The whole frame, for the quality grader; nil where the picture shows it.
    package let frame: GradedFrame?
    /// libjpeg's words about oddities of the file that cost no pixel, such as bytes between segments.
    package let warnings: [String]
}

/// A photograph's whole frame as the quality grader wants it.
package struct GradedFrame: Sendable, Equatable {
    /// Without writing.
    let picture: RGBPicture
    let hasWriting: Bool

    /// - Parameter layout: Of the frame that the picture shows.
    init(_ picture: RGBPicture, of layout: FrameLayout, showing frame: PictureRectangle) {
        self.picture = layout.withoutWriting(picture, showing: frame)
        hasWriting = layout.hasWriting
    }

    /// Of a whole frame, squeezed or not, of which nothing else is known.
    init(_ picture: RGBPicture) {
        let size = (picture.width, picture.height)
        self.init(picture, of: FrameLayout(in: picture, of: size), showing: PictureRectangle(wholeOf: size))
    }
}
