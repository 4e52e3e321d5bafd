// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FundusImage
import Testing

@Suite struct QualityTests {
    @Test(arguments: 0..<12)
    func `synthetic eyes may be judged`(_ seed: Int) throws {
        let shapes = [(512, 512), (256, 256), (640, 480), (800, 600)]
        let (width, height) = shapes[seed % shapes.count]
        let eye = SyntheticEye(seed: UInt64(seed), width: width, height: height, lesionCount: seed % 3 * 6)
        let grade = try grade(eye.jpeg())
        #expect(grade.findings.isEmpty)
        #expect(grade.gradable)
        #expect(grade.score > 0.3)
    }

    @Test(arguments: [JPEGEncoder.Colors.gray, .cmyk, .yCbCr(.full), .yCbCr(.halfAcross)])
    func `an eye in other colors may be judged`(_ colors: JPEGEncoder.Colors) throws {
        let eye = SyntheticEye(seed: 21).picture
        let grade = try grade(SyntheticPictures.encode(eye, colors: colors))
        let codes = if case .gray = colors { ["not-in-color"] } else { [String]() }
        #expect(grade.gradable && grade.findings.map(\.code) == codes)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let picture: RGBPicture
        let codes: [String]

        init(_ name: String, _ picture: RGBPicture, _ codes: [String]) {
            (testDescription, self.picture, self.codes) = (name, picture, codes)
        }
    }

    static let bad: [Case] = [
        Case("dark", SyntheticPictures.tooDark(), ["too-dark"]),
        Case("bright", SyntheticPictures.tooBright(), ["too-bright"]),
        Case("blurred", SyntheticPictures.blurred(), ["blurred"]),
        Case("black", SyntheticPictures.solid(red: 0, green: 0, blue: 0), ["too-dark", "no-retina"]),
        Case("white", SyntheticPictures.solid(red: 255, green: 255, blue: 255), ["no-retina"]),
        Case("orange", SyntheticPictures.solid(red: 190, green: 95, blue: 45), ["no-retina"]),
        Case("noise", SyntheticPictures.noise(), ["no-retina"]),
        Case("text", SyntheticPictures.textPage(), ["no-retina"]),
        Case("landscape", SyntheticPictures.landscape(), ["no-retina"]),
        Case("letterboxed", SyntheticPictures.letterboxed(), ["no-retina"]),
    ]

    /// Whoever sees the whole frame, squeezed, judges it as without the mark; the mark is a remark.
    @Test(arguments: WritingBesideField.marks) func `writing keeps no picture from being judged`(
        _ mark: WritingBesideField
    )
        throws
    {
        let plain = try grade(SyntheticPictures.encode(WritingBesideField.eye.picture))
        let marked = try grade(SyntheticPictures.encode(mark.eye.picture))
        #expect(plain.findings.isEmpty && marked.gradable && marked.reasons.isEmpty)
        #expect(marked.findings.map(\.code) == ["writing-outside-field"])
        #expect(abs(marked.score - plain.score) < 0.1)
    }

    static let oneColor: [(name: String, channels: [Int?])] = [
        ("the green channel alone", [1, 1, 1]), ("red-free", [nil, 1, 2]), ("green only", [nil, 1, nil]),
    ]

    @Test(arguments: oneColor) func `a picture of one color is judged and told`(_ name: String, _ channels: [Int?])
        throws
    {
        let eye = SyntheticEye(seed: 21, width: 512, height: 512).picture
        let pixels = stride(from: 0, to: eye.pixels.count, by: 3).flatMap { start in
            channels.map { channel in channel.map { eye.pixels[start + $0] } ?? 0 }
        }
        let grade = try grade(SyntheticPictures.encode(RGBPicture(width: 512, height: 512, pixels: pixels)))
        #expect(grade.gradable && grade.findings.map(\.code) == ["not-in-color"])
        let refused = grade.decided(by: 0.1, threshold: 0.5)
        #expect(refused.reasons.map(\.code) == ["poor-quality", "not-in-color"])
        #expect(grade.decided(by: 0.9, threshold: 0.5).reasons.isEmpty)
    }

    @Test(arguments: bad)
    func `bad pictures are not judged`(_ bad: Case) throws {
        let grade = try grade(SyntheticPictures.encode(bad.picture))
        #expect(grade.findings.map(\.code) == bad.codes)
        #expect(!grade.gradable)
        #expect(grade.score == 0)
    }

    @Test(arguments: 1..<4, 1..<4)
    func `tiny pictures are graded without a trap`(_ width: Int, _ height: Int) {
        let pixels = [UInt8](repeating: 128, count: width * height * 3)
        #expect(!QualityGrader.grade(RGBPicture(width: width, height: height, pixels: pixels)).gradable)
    }

    private func grade(_ jpeg: [UInt8]) throws -> QualityGrade {
        let decoded = try JPEGDecoder.decode(jpeg, resizedTo: (224, 224), maximumPixels: 1_000_000)
        return QualityGrader.grade(decoded.picture)
    }
}
