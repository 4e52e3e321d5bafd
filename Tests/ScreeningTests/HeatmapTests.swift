// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import FundusImage
import Ledger
import LinuxIO
import Screening
import SystemPackage
import Testing
import Verdict

/// The pictures beside the verdicts: there before the verdict, of the same image, and as durable.
@Suite struct HeatmapTests {
    private static let eye = SyntheticEye(seed: 1, width: 256, height: 200).jpeg()
    private static let other = SyntheticEye(seed: 2, width: 256, height: 256).jpeg()

    private func line(_ probability: Double = 0.8) throws -> ScreeningUnderTest {
        try ScreeningUnderTest(judge: .constant(probability, drawsHeatmaps: true))
    }

    private func bytes(_ name: String, in line: ScreeningUnderTest) throws -> [UInt8] {
        try Folder(line.outbox).openFile(FilePath(name)).read(upTo: 1 << 22)
    }

    @Test(arguments: [0.8, 0.2]) func `a judged eye has its heatmap beside its verdict`(probability: Double) throws {
        let line = try line(probability)
        try line.drop(Self.eye, as: "a.jpg")
        #expect(line.screen("a.jpg") == .done)
        #expect(try line.verdictFiles() == ["a.jpg.heatmap.jpg", "a.jpg.json"])
        let heatmap = try bytes("a.jpg.heatmap.jpg", in: line)
        let picture = try JPEGDecoder.decode(heatmap, maximumPixels: 1 << 20).picture
        #expect(picture.width == 256 && picture.height == 200)
        let verdict = try #require(try line.verdict("a.jpg"))
        #expect(String(decoding: heatmap.prefix(400), as: UTF8.self).contains(verdict.image.sha256))
    }

    @Test func `what is not judged has none`() throws {
        let line = try line()
        try line.drop(SyntheticPictures.encode(SyntheticPictures.tooDark()), as: "dark.jpg")
        try line.drop(SyntheticPictures.text(), as: "text.jpg")
        for name in ["dark.jpg", "text.jpg"] { #expect(line.screen(ImageName(FilePath(name))) == .done) }
        #expect(try line.verdictFiles() == ["dark.jpg.json", "text.jpg.json"])
    }

    @Test func `after a crash both are published byte for byte, though the image is gone and heatmaps are off`() throws
    {
        let line = try line()
        try line.drop(Self.eye, as: "a.jpg")
        let away = line.folder.path.appending("away")
        try AtomicFile.rename(line.outbox, to: away)
        guard case .heldBack = line.screen("a.jpg") else { return #expect(Bool(false), "held back") }
        let judged = try #require(try line.ledger.unpublished("a.jpg").first)
        try AtomicFile.rename(away, to: line.outbox)
        try AtomicFile.remove(line.inbox.appending("a.jpg"))
        var rules = line.pipeline.currentRules
        rules.judge = .constant()
        line.pipeline.adopt(rules)
        #expect(line.screen("a.jpg") == .done)
        #expect(try bytes("a.jpg.json", in: line) == judged.document)
        #expect(try bytes("a.jpg.heatmap.jpg", in: line) == judged.heatmap)
        #expect(try line.ledger.unpublished("a.jpg") == [])
    }

    @Test func `newer content takes the name, and the older heatmap goes with the older verdict`() throws {
        let line = try line()
        try line.drop(Self.eye, as: "a.jpg")
        #expect(line.screen("a.jpg") == .done)
        let first = try bytes("a.jpg.heatmap.jpg", in: line)
        let hash = try #require(try line.verdict("a.jpg")).image.sha256.prefix(12)
        try line.drop(Self.other, as: "a.jpg")
        #expect(line.screen("a.jpg") == .done)
        #expect(
            try line.verdictFiles()
                == ["a.jpg.\(hash).heatmap.jpg", "a.jpg.\(hash).json", "a.jpg.heatmap.jpg", "a.jpg.json"])
        #expect(try bytes("a.jpg.\(hash).heatmap.jpg", in: line) == first)
        #expect(try bytes("a.jpg.heatmap.jpg", in: line) != first)
    }

    @Test func `an old heatmap does not lie beside a newer verdict that has none`() throws {
        let line = try line()
        try line.drop(Self.eye, as: "a.jpg")
        #expect(line.screen("a.jpg") == .done)
        let hash = try #require(try line.verdict("a.jpg")).image.sha256.prefix(12)
        try line.drop(SyntheticPictures.text(), as: "a.jpg")
        #expect(line.screen("a.jpg") == .done)
        #expect(
            try line.verdictFiles() == ["a.jpg.\(hash).heatmap.jpg", "a.jpg.\(hash).json", "a.jpg.json"])
    }

    /// Crashes between any two steps are tries that came so far; the last one must end in the same files.
    @Test func `publishing again after an interruption ends in the same files`() throws {
        let folder = TemporaryFolder()
        let outbox = Outbox(root: folder.path)
        let older = Publication(sha256: "0123456789abcdef", document: [1])
        let newer = Publication(sha256: "fedcba9876543210", document: [2], heatmap: [20])
        try outbox.publish(older, for: "a.jpg", replacing: nil)
        // The older verdict has no heatmap; the interrupted try has put the newer one there.
        try AtomicFile.write([20], to: folder.path.appending("a.jpg.heatmap.jpg"))
        for _ in 1...2 {
            try outbox.publish(newer, for: "a.jpg", replacing: older)
            let files = try Folder(folder.path).names().map(\.string).sorted()
            #expect(files == ["a.jpg.0123456789ab.json", "a.jpg.heatmap.jpg", "a.jpg.json"])
        }
    }

    @Test func `the names of heatmaps and verdicts never meet`() {
        let names = ["a.jpg", "a.jpg.heatmap.jpg", "a.jpg.json", "a", "a.heatmap.jpg"].map {
            ImageName(FilePath($0))
        }
        let paths = names.flatMap { [Outbox.verdictPath(for: $0), Outbox.heatmapPath(for: $0)] }
        #expect(Set(paths).count == paths.count)
    }

    @Test(arguments: [
        (2000, 1500, 1024, 768), (1500, 2000, 768, 1024), (1024, 3, 1024, 3), (4000, 2, 1024, 1), (2, 4000, 1, 1024),
    ])
    func `large photographs are made smaller, in proportion`(width: Int, height: Int, toWidth: Int, toHeight: Int)
        throws
    {
        let picture = RGBPicture(
            width: width, height: height, pixels: [UInt8](repeating: 60, count: 3 * width * height))
        let content = ImageContent(
            sha256: "", byteCount: 1, bytes: SyntheticPictures.encode(picture))
        let map = try ConstantModel().diseaseMap(of: []).map
        let jpeg = try Heatmap.jpeg(map, over: content, by: ConstantModel().identity, maximumPixels: 10_000_000)
        let header = try JPEGDecoder.header(of: jpeg, maximumPixels: 10_000_000)
        #expect(header.width == toWidth && header.height == toHeight)
    }

    /// A small eye at the right of a wide frame: the model, which saw only the eye, speaks for disease in its middle.
    @Test(arguments: [(width: 640, height: 240), (width: 2560, height: 960)])
    func `what a model saw in a cut-out field is painted on the field`(frame: (width: Int, height: Int)) throws {
        let scale = frame.height / 240
        let eye = EyeInFrame(side: 220 * scale, at: (x: 400 * scale, y: 10 * scale), in: frame)
        var model = ConstantModel(probability: 0.8)
        model.preprocessing = Preprocessing(.fieldCrop, side: 224)
        let judge = Judge(
            model: model, operatingPoint: OperatingPoint(value: 0.5, source: .model), drawsHeatmaps: true)
        let jpeg = SyntheticPictures.encode(eye.picture)
        let content = ImageContent(sha256: "", byteCount: jpeg.count, bytes: jpeg)
        guard case .decoded(let examined) = try judge.examine(content) else { return #expect(Bool(false), "decoded") }
        let painted = try JPEGDecoder.decode(
            Heatmap.jpeg(
                try judge.diseaseMap(of: examined.image.picture), seen: examined.image.rectangle, over: content,
                by: model.identity, maximumPixels: 1 << 23), maximumPixels: 1 << 23
        ).picture
        let plain = try JPEGDecoder.decode(
            Heatmap.photograph(content, longestSide: Heatmap.longestSide, maximumPixels: 1 << 23),
            maximumPixels: 1 << 23
        ).picture
        let ratio = Double(painted.width) / Double(frame.width)
        let reach = ratio * eye.radius
        // Changes in and around the field, in its middle and away from it; JPEG alone changes a little.
        var (near, far): ([Int], [Int]) = ([], [])
        for place in 0..<painted.width * painted.height {
            let x = Double(place % painted.width) - ratio * eye.x
            let y = Double(place / painted.width) - ratio * eye.y
            let change = abs(Int(painted.pixels[3 * place]) - Int(plain.pixels[3 * place]))
            if max(abs(x), abs(y)) < 0.1 * reach { near.append(change) }
            if max(abs(x), abs(y)) > 0.6 * reach { far.append(change) }
        }
        #expect(near.reduce(0, +) > 30 * near.count)
        #expect(far.reduce(0, +) < far.count && far.max() ?? 255 < 25)
    }
}
