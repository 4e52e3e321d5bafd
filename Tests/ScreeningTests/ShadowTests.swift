// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import FundusImage
import Ledger
import SystemPackage
import Testing
import Verdict

@testable import Screening

@Suite struct ShadowTests {
    private func picture(_ number: Int, by model: String = "champion") -> JudgedPicture {
        JudgedPicture(
            name: ImageName(stringLiteral: "eye-\(number).jpg"), sha256: "\(number)", model: model,
            probability: Double(number) / 100, picture: RGBPicture(width: 1, height: 1, pixels: [1, 2, 3]),
            geometry: .squeeze)
    }

    @Test func `nothing is kept while nobody looks, and closing drops what waits`() throws {
        let pictures = try ShadowPictures()
        pictures.offer(picture(1))
        #expect(pictures.isEmpty && pictures.take() == nil)
        pictures.setOpen(true)
        pictures.offer(picture(2))
        #expect(!pictures.isEmpty)
        pictures.setOpen(false)
        #expect(pictures.isEmpty)
    }

    @Test func `the newest stay, the oldest is taken first`() throws {
        let pictures = try ShadowPictures()
        pictures.setOpen(true)
        for number in 0..<(ShadowPictures.capacity + 3) { pictures.offer(picture(number)) }
        var taken: [String] = []
        while let next = pictures.take() { taken.append(next.sha256) }
        #expect(taken == (3..<(ShadowPictures.capacity + 3)).map(String.init))
    }

    @Test func `scores are kept by pair of models, one an image, oldest first`() throws {
        let folder = TemporaryFolder()
        let path = folder.path.appending("shadow.sqlite")
        let scores = try ShadowScores(at: path)
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        try scores.record(picture(2), by: "new", 0.75, at: start + 1)
        try scores.record(picture(1), by: "new", 0.5, at: start)
        try scores.record(picture(1), by: "new", 0.25, at: start)
        try scores.record(picture(1, by: "other"), by: "new", 0.5, at: start)
        try scores.record(picture(1), by: "gone", 0.5, at: start)
        let read = try ShadowScores(reading: path).scores(of: "new", beside: "champion")
        #expect(read.map(\.sha256) == ["1", "2"])
        #expect(read.map(\.challenger) == [0.25, 0.75] && read.map(\.champion) == [0.01, 0.02])

        try scores.forgetAll(but: ["new", "champion"])
        #expect(try scores.scores(of: "gone", beside: "champion") == [])
        #expect(try scores.scores(of: "new", beside: "other").count == 1)
    }
}
