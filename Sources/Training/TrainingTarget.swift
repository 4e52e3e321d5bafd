// SPDX-License-Identifier: Apache-2.0
/// What a training knows of an image, besides its pixels.
package struct TrainingTarget: Sendable, Hashable {
    /// Nil where nobody has said.
    package let isDisease: Bool?
    package let isGradable: Bool
    /// The camera, clinic or collection that it comes from; images without one are of one source.
    package let source: String?

    package init(isDisease: Bool?, isGradable: Bool = true, source: String? = nil) {
        self.isDisease = isDisease
        self.isGradable = isGradable
        self.source = source
    }

    /// Of a picture that was damaged for the training: whatever the eye has, no one can see it.
    static let damaged = TrainingTarget(isDisease: nil, isGradable: false)
}
