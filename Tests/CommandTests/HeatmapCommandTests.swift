// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FundusImage
import Glibc
import Testing

/// Heatmaps as a user meets them: `classify --heatmap`, and the daemon with `heatmap: true`.
@Suite struct HeatmapCommandTests {
    private func picture(_ bytes: [UInt8]) throws -> RGBPicture {
        try JPEGDecoder.decode(bytes, maximumPixels: 1 << 22).picture
    }

    @Test func `the daemon writes a heatmap beside the verdict, and none for what is not judged`() throws {
        let site = try ScreeningSite(configuration: "heatmap: true")
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        try site.write(Eyes.tooDark, to: "inbox/dark.jpg")
        let daemon = try site.watch()
        // It is there as soon as the verdict is.
        #expect(try site.verdict(of: "eye.jpg").probability != nil)
        #expect(try picture(site.read("outbox/eye.jpg.heatmap.jpg")).width == 256)
        try site.waitForVerdicts(3)
        #expect(try daemon.stop() == 0)
        #expect(try site.verdictNames() == ["dark.jpg.json", "eye.jpg.heatmap.jpg", "eye.jpg.json"])
    }

    @Test func `killed in the middle of a heap of images, each verdict has its own heatmap after the restart`() throws {
        let count = 30
        let site = try ScreeningSite(configuration: "heatmap: true")
        for number in 0..<count { try site.write(Eyes.all[number % 3], to: "inbox/eye-\(number).jpg") }
        for threshold in [1, 20] {
            let daemon = try site.watch()
            try site.waitForVerdicts(threshold)
            #expect(try daemon.stop(with: SIGKILL) == 128 + SIGKILL)
            // Who saw a verdict found its heatmap.
            for name in try site.verdictNames() where name.hasSuffix(".json") {
                #expect(site.exists("outbox/\(name.dropLast(5)).heatmap.jpg"))
            }
        }
        #expect(try site.verdictNames().count < 2 * count, "the kill came too late to show anything")
        #expect(try site.run("screen", "--once").status == 0)
        let names = (0..<count).flatMap { ["eye-\($0).jpg.heatmap.jpg", "eye-\($0).jpg.json"] }
        #expect(try site.verdictNames() == names.sorted())
        for number in 0..<count {
            let hash = try site.publishedVerdict(of: "eye-\(number).jpg").image.sha256
            let heatmap = try site.read("outbox/eye-\(number).jpg.heatmap.jpg")
            #expect(String(decoding: heatmap.prefix(200), as: UTF8.self).contains(hash))
        }
    }

    @Test func `a heatmap in the inbox is an image like any other`() throws {
        let site = try ScreeningSite(configuration: "heatmap: true")
        try site.write(Eyes.first, to: "inbox/a.jpg")
        try site.write(Eyes.second, to: "inbox/a.jpg.heatmap.jpg")
        #expect(try site.run("screen", "--once").status == 0)
        #expect(
            try site.verdictNames() == [
                "a.jpg.heatmap.jpg", "a.jpg.heatmap.jpg.heatmap.jpg", "a.jpg.heatmap.jpg.json", "a.jpg.json",
            ])
    }

    @Test func `without the setting there are none`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        #expect(try site.run("screen", "--once").status == 0)
        #expect(try site.verdictNames() == ["eye.jpg.json"])
    }

    @Test func `classify puts them into the folder that is named, and makes it`() throws {
        let site = try ScreeningSite()
        for folder in ["a", "b"] { try site.makeFolder(folder) }
        try site.write(Eyes.first, to: "a/eye.jpg")
        try site.write(Eyes.second, to: "b/eye.jpg")
        let plain = try site.run("classify", "a/eye.jpg", "b/eye.jpg")
        let outcome = try site.run(
            "classify", "--heatmap", "maps/new", "a/eye.jpg", "b/eye.jpg", "-", input: "a/eye.jpg")
        #expect(outcome.status == 0)
        let verdicts = try outcome.verdicts()
        #expect(try verdicts.prefix(2).map(\.probability) == plain.verdicts().map(\.probability))
        let hash = verdicts[1].image.sha256.prefix(12)
        #expect(
            try site.names(in: "maps/new") == [
                "eye.jpg.\(hash).heatmap.jpg", "eye.jpg.heatmap.jpg", "standard-input.heatmap.jpg",
            ])
        let map = try picture(site.read("maps/new/eye.jpg.heatmap.jpg"))
        #expect(map.width == 256)
        #expect(try map.pixels != picture(Eyes.first).pixels)
    }

    @Test func `a folder that can't be made ends with 73, before anything is judged`() throws {
        let site = try ScreeningSite()
        try site.write(Eyes.first, to: "eye.jpg")
        let outcome = try site.run("classify", "--heatmap", "eye.jpg/maps", "eye.jpg")
        #expect(outcome.status == 73)
        #expect(outcome.output.isEmpty && outcome.errors.contains("eye.jpg"))
    }
}
