// SPDX-License-Identifier: Apache-2.0
/// Where in a picture the network saw disease, coarsely: one value for each place of a grid.
package struct DiseaseMap: Sendable, Equatable {
    /// Places of the grid.
    package let width: Int
    package let height: Int
    /// [height × width]: the logit of disease if the whole picture were like this place; below 0 speaks for normal.
    package let logits: [Float]
    /// The picture that the network saw, in pixels, and how many of them lie between two places; place (0, 0) is at pixel
    /// (0, 0).
    package let inputWidth: Int
    package let inputHeight: Int
    package let pixelsPerPlace: Int

    package init(
        width: Int, height: Int, logits: [Float], inputWidth: Int, inputHeight: Int, pixelsPerPlace: Int
    ) {
        precondition(width > 0 && height > 0 && logits.count == width * height, "a value for each place")
        precondition(inputWidth > 0 && inputHeight > 0 && pixelsPerPlace > 0, "a grid over a picture")
        self.width = width
        self.height = height
        self.logits = logits
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.pixelsPerPlace = pixelsPerPlace
    }
}
