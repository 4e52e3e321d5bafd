/// Whether a picture may be judged at all, and how far it is from the limits.
package struct QualityGrade: Sendable, Equatable {
    /// 0 at or beyond a limit, 1 where every measure is as in an ordinary good photograph.
    package let score: Double
    /// Why not, the most telling first; empty when the picture may be judged.
    package let findings: [QualityFinding]

    package var gradable: Bool { findings.isEmpty }

    /// The grade where a network has learned from experts' grades whether a picture may be judged: it decides, and the measures
    /// say why not, as far as they can.
    ///
    /// - Parameters:
    ///   - probability: P(gradable), which becomes the score.
    ///   - threshold: below it the picture is ungradable.
    package func decided(by probability: Double, threshold: Double) -> QualityGrade {
        if probability >= threshold { return QualityGrade(score: probability, findings: []) }
        return QualityGrade(
            score: probability, findings: findings.isEmpty ? [QualityFinding(kind: .poorQuality)] : findings)
    }
}

/// One reason why nobody should judge a picture.
package struct QualityFinding: Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        case tooDark = "too-dark"
        case tooBright = "too-bright"
        case noRetina = "no-retina"
        case blurred = "blurred"
        case poorQuality = "poor-quality"
    }

    package let kind: Code

    /// The reason's code in a verdict.
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
        }
    }
}
