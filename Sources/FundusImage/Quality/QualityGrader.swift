// SPDX-License-Identifier: Apache-2.0
/// Says which pictures no one should judge: too dark, too bright, blurred, or without a retina.
///
/// It works on the whole frame at the size that networks see (224 × 224): what is invisible there the network cannot
/// judge, however sharp the original, and a flaw that vanishes there does it no harm. A finding costs the patient
/// another photograph, and a poor picture of a sick eye (a cataract is featureless) is still evidence, so the limits
/// stand clear of every photograph of the sets measured in `docs/quality.md`: only the hopeless is refused.
package enum QualityGrader {
    /// Pixels of the frame's sides where it is not the network's own picture that is graded.
    static let pictureSide = 224

    /// Grades the whole frame, whatever of it the network sees: a cut-out field has no surround.
    package static func grade(_ image: DecodedImage) -> QualityGrade {
        image.frame.map(grade) ?? grade(image.picture)
    }

    /// Grades a picture of a whole frame.
    package static func grade(_ picture: RGBPicture) -> QualityGrade { grade(GradedFrame(picture)) }

    private static func grade(_ frame: GradedFrame) -> QualityGrade {
        let measures = PictureMeasures(of: frame.picture)
        let remarks = [
            (kind: QualityFinding.Code.notInColor, isSeen: retinaMargin(measures) > 0 && !measures.isInColor),
            (kind: .writingOutsideField, isSeen: frame.hasWriting),
        ]
        let margins: [(kind: QualityFinding.Code, margin: Double)] = [
            (.tooDark, darknessMargin(measures)),
            (.tooBright, brightnessMargin(measures)),
            (.noRetina, retinaMargin(measures)),
            (.blurred, sharpnessMargin(measures)),
        ]
        return QualityGrade(
            score: margins.map(\.margin).min() ?? 0,
            findings: margins.filter { $0.margin <= 0 }.map { QualityFinding(kind: $0.kind) }
                + remarks.filter(\.isSeen).map { QualityFinding(kind: $0.kind) })
    }

    /// 0 at `limit` and beyond, 1 at `ordinary` and beyond, linear between.
    private static func margin(of value: Double, limit: Double, ordinary: Double) -> Double {
        min(max((value - limit) / (ordinary - limit), 0), 1)
    }

    /// Even the brightest hundredth of the picture is dark.
    private static func darknessMargin(_ measures: PictureMeasures) -> Double {
        margin(of: measures.highlight, limit: 42, ordinary: 110)
    }

    /// Most of the field is white; of a picture without a field nothing is said.
    private static func brightnessMargin(_ measures: PictureMeasures) -> Double {
        guard retinaMargin(measures) > 0 else { return 1 }
        return margin(of: measures.burntShare, limit: 0.65, ordinary: 0.05)
    }

    /// A lit disc, whole or cut by the frame, on a dark surround; warm in color, or of one color as red-free photographs are;
    /// with the faint detail of a retina, not the hard edges of things.
    private static func retinaMargin(_ measures: PictureMeasures) -> Double {
        guard measures.unlitCorners == 4 else { return 0 }
        return [
            margin(of: measures.fieldArea, limit: 0.2, ordinary: 0.45),
            margin(of: measures.fieldSolidity, limit: 0.7, ordinary: 0.95),
            margin(of: measures.coarseDetail, limit: 14, ordinary: 8),
            measures.isInColor ? margin(of: measures.warmShare, limit: 0.25, ordinary: 0.85) : 1,
        ].min() ?? 0
    }

    /// The border of the field is soft, or there is nothing in the field at all. Where no disc is seen or all is dark,
    /// sharpness means nothing.
    private static func sharpnessMargin(_ measures: PictureMeasures) -> Double {
        guard retinaMargin(measures) > 0, darknessMargin(measures) > 0 else { return 1 }
        return min(
            margin(of: measures.borderWidth ?? 0, limit: 6, ordinary: 2.5),
            margin(of: measures.coarseDetail, limit: 0.42, ordinary: 1.2))
    }
}
