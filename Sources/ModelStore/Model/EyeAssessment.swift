// SPDX-License-Identifier: Apache-2.0
/// What a network says of one picture.
package struct EyeAssessment: Sendable, Equatable {
    /// 0…1, whatever class the network's logit speaks for.
    package let probabilityOfDisease: Double
    /// 0…1: whether anyone should judge the picture; nil where the network has no such output.
    package let probabilityOfGradable: Double?

    /// - Parameter probabilityOfGradable: nil of a network that has not learned to tell.
    package init(probabilityOfDisease: Double, probabilityOfGradable: Double? = nil) {
        self.probabilityOfDisease = probabilityOfDisease
        self.probabilityOfGradable = probabilityOfGradable
    }
}
