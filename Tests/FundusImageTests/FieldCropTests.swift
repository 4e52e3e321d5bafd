// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Testing

@testable import FundusImage

/// The field is found in whatever frame a camera or a viewer has put it, and nothing else is taken for one.
@Suite struct FieldCropTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let eye: EyeInFrame

        init(_ name: String, _ eye: EyeInFrame) { (testDescription, self.eye) = (name, eye) }
    }

    private static let eye = EyeInFrame(side: 380, at: (x: 130, y: 10), in: (width: 640, height: 400))
    private static let large = EyeInFrame(seed: 4, side: 1500, at: (x: 350, y: 20), in: (width: 2100, height: 1540))

    static let fields = [
        Case("alone", eye), Case("large, decoded smaller for the search", large),
        Case("text in a corner", eye.withText(columns: 4..<120, rows: 4..<40)),
        Case("text into the field", eye.withText(columns: 4..<240, rows: 340..<396)),
        Case("a logo", eye.covering(columns: 540..<620, rows: 20..<70, gray: 220)),
        Case("a logo at the field", eye.covering(columns: 430..<540, rows: 20..<100, gray: 220)),
        Case("a notch", eye.covering(columns: 490..<520, rows: 180..<215, gray: 0)),
        Case("a bright tab at the border", eye.covering(columns: 495..<525, rows: 100..<125, gray: 160)),
        Case("a black strip", eye.covering(columns: 0..<640, rows: 340..<400, gray: 0)),
        Case("a white strip", eye.covering(columns: 0..<640, rows: 370..<400, gray: 255)),
        Case("a white frame", eye.framed(by: 9, gray: 255)), Case("a gray frame", eye.framed(by: 6, gray: 180)),
        Case("a white strip with a line of text", eye.covering(columns: 0..<640, rows: 0..<10, gray: 255)),
        Case("cut off above and below", EyeInFrame(side: 460, at: (x: 90, y: -30), in: (width: 640, height: 400))),
        Case("cut off on all sides", EyeInFrame(side: 430, at: (x: -15, y: -15), in: (width: 400, height: 400))),
        Case("partly beyond the left", EyeInFrame(side: 380, at: (x: -90, y: 10), in: (width: 500, height: 400))),
        Case("partly beyond a corner", EyeInFrame(side: 380, at: (x: 230, y: 120), in: (width: 500, height: 400))),
        Case("very dark", EyeInFrame(side: 380, at: (x: 130, y: 10), in: (width: 640, height: 400), light: 0.12)),
        Case("small in a large frame", EyeInFrame(side: 330, at: (x: 500, y: 200), in: (width: 1000, height: 700))),
        Case("tiny picture", EyeInFrame(side: 60, at: (x: 12, y: 3), in: (width: 90, height: 64))),
    ]

    @Test(arguments: fields) func `the circle is found`(_ field: Case) throws {
        let found = try rectangle(in: field.eye.picture)
        let eye = field.eye
        let tolerance = max(0.02 * eye.radius, 1)
        #expect(abs(Double(found.x) + Double(found.width) / 2 - eye.x) <= tolerance, "\(found)")
        #expect(abs(Double(found.y) + Double(found.height) / 2 - eye.y) <= tolerance, "\(found)")
        #expect(abs(Double(found.width) / 2 - eye.radius) <= tolerance, "\(found)")
        #expect(found.width == found.height)
    }

    /// Somebody made a square of a frame of 4:3: the rectangle gives the field its roundness back.
    @Test(arguments: [(4, 3), (3, 2), (6, 5)]) func `a squeezed field becomes round`(_ shape: (across: Int, down: Int))
        throws
    {
        let (width, height) = (96 * shape.across, 96 * shape.down)
        let eye = EyeInFrame(side: height - 20, at: (x: width / 2 - height / 2, y: 10), in: (width, height))
        let found = try rectangle(in: ReferenceResizer.resize(eye.picture, to: (320, 320)))
        let stretch = Double(width) / Double(height)
        #expect(abs(Double(found.height) / Double(found.width) - stretch) < 0.05, "\(found)")
        #expect(abs(Double(found.height) * Double(height) / 320 / 2 - eye.radius) < 0.04 * eye.radius, "\(found)")
    }

    static let fieldless = [
        ("black", SyntheticPictures.solid(red: 0, green: 0, blue: 0)),
        ("white", SyntheticPictures.solid(red: 255, green: 255, blue: 255)),
        ("noise", SyntheticPictures.noise()), ("text", SyntheticPictures.textPage()),
        ("letterboxed", SyntheticPictures.letterboxed()), ("one pixel", drawnGray(1, 1)),
        ("one row", drawnGray(5000, 1)),
        ("one column", drawnGray(1, 5000)), ("two by three", drawnGray(2, 3)),
        ("a speck", EyeInFrame(side: 40, at: (x: 300, y: 200), in: (width: 640, height: 400)).picture),
    ]

    /// Where no field is seen the network sees the whole frame, in its proportions.
    @Test(arguments: fieldless) func `the whole frame is taken`(_ name: String, _ picture: RGBPicture) throws {
        let longest = max(picture.width, picture.height)
        let found = try rectangle(in: picture)
        #expect(found.width == longest && found.height == longest)
        #expect(abs(2 * found.x + longest - picture.width) <= 1 && abs(2 * found.y + longest - picture.height) <= 1)
    }

    /// A damaged file is refused, wherever the damage lies: below the field as well.
    @Test func `a file that is cut below the field is refused`() throws {
        let eye = EyeInFrame(side: 200, at: (x: 20, y: 4), in: (width: 240, height: 600))
        let jpeg = SyntheticPictures.encode(eye.picture)
        #expect(try decode(jpeg).rectangle.height < 220)
        #expect(throws: DecodeFailure.truncated) { try decode(Array(jpeg.dropLast(60))) }
        #expect(throws: DecodeFailure.self) { try decode(Array(jpeg.dropLast(2))) }
    }

    /// The grader's frame is the squeezed one, and only it: what the network sees has no surround.
    @Test func `the grader sees the whole frame`() throws {
        let jpeg = SyntheticPictures.encode(Self.eye.picture)
        let squeezed = try JPEGDecoder.decode(jpeg, as: .torchvision224, maximumPixels: 1_000_000)
        let cropped = try decode(jpeg)
        #expect(cropped.frame == GradedFrame(squeezed.picture) && squeezed.frame == nil)
        #expect(QualityGrader.grade(cropped) == QualityGrader.grade(squeezed))
        #expect(squeezed.rectangle == PictureRectangle(x: 0, y: 0, width: 640, height: 400))
    }

    /// What stands beside the field changes nothing of what the network sees, and is told.
    @Test(arguments: WritingBesideField.marks) func `writing is left out`(_ mark: WritingBesideField) throws {
        let plain = try decode(SyntheticPictures.encode(WritingBesideField.eye.picture, quality: 95), side: 96)
        let marked = try decode(SyntheticPictures.encode(mark.eye.picture, quality: 95), side: 96)
        #expect(plain.frame?.hasWriting == false && marked.frame?.hasWriting == true)
        #expect(marked.rectangle == plain.rectangle)
        let differences = zip(marked.picture.pixels, plain.picture.pixels).map { abs(Int($0) - Int($1)) }
        #expect(differences.max() ?? 0 <= 12)
    }

    /// As large as its field asks for, not its frame.
    @Test func `a field is decoded smaller by its own size`() throws {
        let jpeg = SyntheticPictures.encode(Self.large.picture)
        let preprocessing = Preprocessing(.fieldCrop, side: 175)
        let full = try JPEGDecoder.decode(jpeg, as: preprocessing, maximumPixels: 10_000_000)
        let scaled = try JPEGDecoder.decode(jpeg, as: preprocessing, maximumPixels: 10_000_000, fidelity: .scaled)
        #expect(full.shrinkage == 1 && scaled.shrinkage == 2 && full.rectangle == scaled.rectangle)
        let differences = zip(full.picture.pixels, scaled.picture.pixels).map { abs(Int($0) - Int($1)) }
        #expect(differences.max() ?? 0 <= 8)
        #expect(Double(differences.reduce(0, +)) < 0.2 * Double(differences.count))
    }

    /// No photograph's rectangle is written down here, so this only says that something sensible is found in most of them.
    @Test(arguments: ["validation", "foreign", "originals", "labelled"]) func `real fields are seen`(_ folder: String)
        throws
    {
        let images = RealData.images(in: folder)
        guard !images.isEmpty else {
            print("Skipped: ../shared/data/\(folder) is not here.")
            return
        }
        let photographs = PhotographDecoder(.jpeg, maximumPixels: 100_000_000)
        for path in stride(from: 0, to: images.count, by: max(images.count / 20, 1)).map({ images[$0] }) {
            let overview = try photographs.overview(of: RealData.bytes(of: path), {})
            let field = try #require(overview.layout.field, "\(path)")
            #expect(field.support >= 0.4, "\(path)")
            #expect(field.x > 0 && field.x < Double(overview.source.width), "\(path)")
            #expect(field.y > 0 && field.y < Double(overview.source.height), "\(path)")
        }
    }

    private static func drawnGray(_ width: Int, _ height: Int) -> RGBPicture {
        RGBPicture(width: width, height: height, pixels: (0..<width * height * 3).map { UInt8(60 + $0 / 3 % 100) })
    }

    private func rectangle(in picture: RGBPicture) throws -> PictureRectangle {
        try decode(SyntheticPictures.encode(picture, quality: 95)).rectangle
    }

    private func decode(_ jpeg: [UInt8], side: Int = 32) throws -> DecodedImage {
        try JPEGDecoder.decode(jpeg, as: Preprocessing(.fieldCrop, side: side), maximumPixels: 10_000_000)
    }
}

/// A drawn eye with something lit beside its field.
struct WritingBesideField: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let eye: EyeInFrame

    /// Nothing of it touches the frame's edges.
    static let eye = EyeInFrame(side: 380, at: (x: 10, y: 10), in: (width: 400, height: 400))
    static let marks = [
        WritingBesideField("a name", eye.withText(columns: 4..<60, rows: 4..<30)),
        WritingBesideField("a faint name", eye.withText(columns: 4..<60, rows: 4..<30, gray: 90)),
        WritingBesideField("a white square", eye.covering(columns: 4..<14, rows: 4..<14, gray: 255)),
        WritingBesideField("a gray square", eye.covering(columns: 380..<392, rows: 384..<396, gray: 110)),
        WritingBesideField("a logo", eye.covering(columns: 350..<396, rows: 360..<390, gray: 200)),
        WritingBesideField("marks in all corners", corners),
        WritingBesideField("a white strip", eye.covering(columns: 0..<400, rows: 0..<8, gray: 255)),
        WritingBesideField("a white frame", eye.framed(by: 7, gray: 255)),
    ]
    private static let corners = eye.covering(columns: 4..<24, rows: 4..<24, gray: 255).covering(
        columns: 376..<396, rows: 4..<24, gray: 255
    ).covering(columns: 4..<24, rows: 376..<396, gray: 255).covering(
        columns: 376..<396, rows: 376..<396, gray: 255)

    init(_ name: String, _ eye: EyeInFrame) { (testDescription, self.eye) = (name, eye) }
}
