// SPDX-License-Identifier: Apache-2.0
/// How a photograph's frame is brought to the shape of a network's input.
package enum PictureGeometry: String, Codable, Sendable, CaseIterable {
    /// The whole frame, its proportions lost.
    case squeeze
    /// The square around the retina's round field, black beyond the frame; the whole frame in a square where no field is seen.
    case fieldCrop = "field-crop"
}
