// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FundusImage
import SystemPackage
import Testing

/// What needs real eyes; says so plainly where there are none.
@Suite struct RealPhotographTests {
    /// Every photograph of these sets must be decoded and judged.
    @Test(arguments: ["validation": 585, "foreign/palm": 371, "foreign/drive": 39, "originals": 10, "control": 1])
    func `photographs are judged`(_ set: (folder: String, count: Int)) throws {
        let images = RealData.images(in: set.folder)
        guard !images.isEmpty else {
            print("Skipped: ../shared/data/\(set.folder) is not here.")
            return
        }
        #expect(images.count == set.count)
        for path in images {
            let decoded = try JPEGDecoder.decode(
                RealData.bytes(of: path), resizedTo: (224, 224), maximumPixels: 100_000_000)
            let grade = QualityGrader.grade(decoded.picture)
            #expect(grade.gradable, "\(path)")
            // A person who looks at them sees a date and a time in the upper left corner of these two.
            let isStamped = ["1450_right", "307_left"].contains {
                path.string.contains("validation/normal/odir__\($0)")
            }
            #expect(grade.findings.map(\.code) == (isStamped ? ["writing-outside-field"] : []), "\(path)")
        }
    }

    /// The grader sees the same, however large photographs are decoded.
    @Test func `decoding smaller changes no finding`() throws {
        let images = RealData.images(in: "originals")
        if images.isEmpty { print("Skipped: ../shared/data/originals is not here.") }
        for path in images {
            let decoded = try JPEGDecoder.decode(
                RealData.bytes(of: path), resizedTo: (224, 224), maximumPixels: 100_000_000, fidelity: .scaled)
            #expect(decoded.shrinkage == 2, "\(path)")
            #expect(QualityGrader.grade(decoded.picture).findings.isEmpty, "\(path)")
        }
    }

    /// Pictures that show no retina, and the damage that the grader sees.
    @Test(arguments: ["nonfundus_": "no-retina", "synth_under": "too-dark", "synth_blur8": "blurred"])
    func `poor pictures are not judged`(_ kind: (prefix: String, code: String)) throws {
        let images = RealData.images(in: "poor", prefix: kind.prefix)
        if images.isEmpty { print("Skipped: ../shared/data/poor is not here.") }
        for path in images {
            let decoded = try JPEGDecoder.decode(
                RealData.bytes(of: path), resizedTo: (224, 224), maximumPixels: 100_000_000)
            #expect(QualityGrader.grade(decoded.picture).findings.map(\.code) == [kind.code], "\(path)")
        }
    }
}
