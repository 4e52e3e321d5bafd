// SPDX-License-Identifier: Apache-2.0
/// Whether a picture may be judged at all, and how far it is from the limits.
package struct QualityGrade: Sendable, Equatable {
    /// 0 at or beyond a limit, 1 where every measure is as in an ordinary good photograph.
    package let score: Double
    /// What is wrong, the most telling first.
    package let findings: [QualityFinding]

    package var gradable: Bool { !findings.contains(where: \.isObstacle) }

    /// Why the picture must not be judged, and what else is to be said of it then; empty when it may be.
    package var reasons: [QualityFinding] { gradable ? [] : findings }

    /// The grade where a network has learned from experts' grades whether a picture may be judged: it decides, and the measures
    /// say why not, as far as they can.
    ///
    /// - Parameters:
    ///   - probability: P(gradable), which becomes the score.
    ///   - threshold: below it the picture is ungradable.
    package func decided(by probability: Double, threshold: Double) -> QualityGrade {
        let remarks = findings.filter { !$0.isObstacle }
        if probability >= threshold { return QualityGrade(score: probability, findings: remarks) }
        let obstacle = gradable ? [QualityFinding(kind: .poorQuality)] : []
        return QualityGrade(score: probability, findings: obstacle + findings)
    }
}

/// One thing that is wrong with a picture.
package struct QualityFinding: Sendable, Equatable {
    /// By the names that a verdict's reasons have.
    package enum Code: String, Sendable, CaseIterable {
        case tooDark = "too-dark"
        case tooBright = "too-bright"
        case noRetina = "no-retina"
        case blurred = "blurred"
        case poorQuality = "poor-quality"
        case notInColor = "not-in-color"
        case writingOutsideField = "writing-outside-field"
    }

    package let kind: Code

    package init(kind: Code) { self.kind = kind }

    /// Whether nobody should judge the picture for it; what is none is a remark.
    package var isObstacle: Bool { kind != .writingOutsideField && kind != .notInColor }

    /// The finding's code in a verdict.
    package var code: String { kind.rawValue }

    /// What is seen, and what to do.
    package var message: String {
        switch kind {
        case .tooDark:
            "The picture is almost black. Take it again with more flash or a wider pupil."
        case .tooBright:
            "Most of the retina is burnt out to white. Take it again with less flash."
        case .noRetina:
            "No round field of a retina on a dark surround is seen. Check that this is a whole fundus photograph."
        case .blurred:
            "The whole picture is blurred. Clean the lens, focus, and take it again."
        case .poorQuality:
            "Too little of the retina is seen clearly: blur, haze, shadow or reflexes. Clean the lens, focus, and take it again."
        case .notInColor:
            "The picture is gray, red-free or of the green channel alone. Models know color photographs: take one for a surer verdict."
        case .writingOutsideField:
            "Something is written or drawn outside the retina's field. It is left out of what is judged; see that it names nobody."
        }
    }
}
