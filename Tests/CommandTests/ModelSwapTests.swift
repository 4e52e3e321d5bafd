// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
import LinuxIO
import SystemPackage
import Testing

/// A running `fundusd watch` follows the champion, image by image, and keeps to the old one when the new one is bad.
@Suite struct ModelSwapTests {
    private static let narrow = PackageRoot.path.pushing("Tests/ModelStoreTests/Golden/checkpoints/narrow.pth").string

    /// A site whose champion is `first`, with another model beside it.
    private func twoModels(configuration: String = "") throws -> (site: ScreeningSite, first: String, second: String) {
        let site = try ScreeningSite(model: .copied, configuration: configuration)
        let first = try #require(try site.status().model)
        let second = try #require(
            try site.run("model", "import", "--positive-class", "normal", Self.narrow).lines.first)
        return (site, first, second)
    }

    /// Each name's content is its own: the same content under another name would be no other image.
    private func deliver(_ numbers: Range<Int>, to site: ScreeningSite) throws {
        for number in numbers { try site.write(Eyes.all[number % 3], to: "inbox/eye-\(number).jpg") }
    }

    @Test func `while images come the model changes twice: each has one verdict, by one of the two`() throws {
        let (site, first, second) = try twoModels(configuration: "workers: 2")
        let daemon = try site.watch()
        try deliver(0..<40, to: site)
        try site.waitForVerdicts(5)
        #expect(try site.run("model", "promote", second).status == 0)
        try deliver(40..<80, to: site)
        try daemon.waitForLine("The model \(second) judges from now on; \(first) did before.")
        try site.write(Eyes.first, to: "inbox/after.jpg")
        #expect(try site.verdict(of: "after.jpg").model.id == second)
        #expect(try site.status().model == second)

        #expect(try site.run("model", "rollback").status == 0)
        try deliver(80..<120, to: site)
        try daemon.waitForLine("The model \(first) judges from now on; \(second) did before.")
        try site.write(Eyes.second, to: "inbox/back.jpg")
        #expect(try site.verdict(of: "back.jpg").model.id == first)

        try site.waitForVerdicts(122)
        #expect(try daemon.stop() == 0)
        let verdicts = try site.verdictNames().map { try VerdictDocument(checking: try site.read("outbox/\($0)")) }
        #expect(verdicts.count == 122)
        #expect(Set(verdicts.map(\.model.id)) == [first, second])
        #expect(
            daemon.said.split(separator: "\n").count { $0.contains(": disease (P") || $0.contains(": normal (P") }
                == 122)
        try expectTheModelsOwnProbabilities(verdicts, site, [first, second])
    }

    /// What a verdict says must be what the model that it names says of that picture, by itself.
    private func expectTheModelsOwnProbabilities(
        _ verdicts: [VerdictDocument], _ site: ScreeningSite, _ models: [String]
    ) throws {
        for model in models {
            for (number, eye) in Eyes.all.enumerated() {
                try site.write(eye, to: "alone-\(number).jpg")
                let alone = try #require(
                    try site.run("classify", "alone-\(number).jpg", "--model", model).verdicts().first)
                let same = verdicts.filter { $0.model.id == model && $0.image.sha256 == alone.image.sha256 }
                #expect(same.allSatisfy { $0.probability == alone.probability })
            }
        }
    }

    @Test func `the threshold is the new model's own`() throws {
        let (site, _, second) = try twoModels()
        var record = String(decoding: try site.read("state/models/\(second)/model.json"), as: UTF8.self)
        let half = try #require(record.firstRange(of: "\"value\" : 0.5"))
        record.replaceSubrange(half, with: "\"value\" : 0.125")
        try site.write(record, to: "state/models/\(second)/model.json")
        let daemon = try site.watch()
        try site.write(Eyes.first, to: "inbox/before.jpg")
        #expect(try site.verdict(of: "before.jpg").threshold.value == 0.5)
        try site.run("model", "promote", second)
        try daemon.waitForLine("judges from now on")
        try site.write(Eyes.first, to: "inbox/after.jpg")
        #expect(try site.verdict(of: "after.jpg").threshold.value == 0.125)

        // A setting read again meets the model that sits now, and a model the settings of now.
        try site.configure("threshold: 0.75")
        daemon.signal(SIGHUP)
        try daemon.waitForLine("The configuration was read again")
        try site.write(Eyes.first, to: "inbox/set.jpg")
        let set = try site.verdict(of: "set.jpg")
        #expect(set.threshold.value == 0.75 && set.model.id == second)
        try site.run("model", "rollback")
        try daemon.waitForLine("judges from now on", times: 2)
        try site.write(Eyes.first, to: "inbox/back.jpg")
        #expect(try site.verdict(of: "back.jpg").threshold.value == 0.75)
        #expect(try daemon.stop() == 0)
    }

    enum Damage: String, CaseIterable, CustomTestStringConvertible {
        case truncatedWeights, noWeights, brokenRecord, noFolder, foreignWeights
        var testDescription: String { rawValue }
    }

    @Test(arguments: Damage.allCases)
    func `a champion that can't judge is refused, the old one goes on, and it may be put right`(
        damage: Damage
    ) throws {
        let (site, first, second) = try twoModels()
        let daemon = try site.watch()
        let folder = "state/models/\(second)"
        let files = ["model.json", "model.safetensors"].map { "\(folder)/\($0)" }
        let kept = try files.map { try site.read($0) }
        switch damage {
        case .truncatedWeights: try site.write(Array(kept[1].prefix(999)), to: files[1])
        case .noWeights: try site.remove(files[1])
        case .brokenRecord: try site.write("{", to: files[0])
        case .noFolder: try AtomicFile.rename(site.path(folder), to: site.path("elsewhere"))
        case .foreignWeights: try site.write(try site.read("state/models/\(first)/model.safetensors"), to: files[1])
        }
        // `promote` would refuse it: the link is set by hand, as a faulty disk or tool would.
        try point("champion", to: second, in: site)
        try daemon.waitForLine("The champion \(second) can't judge, so \(first) goes on")
        try site.write(Eyes.first, to: "inbox/eye.jpg")
        #expect(try site.verdict(of: "eye.jpg").model.id == first)
        let status = try site.status()
        #expect(status.model == first && status.waitingChampion == second)
        #expect(try site.run("status").output.contains("the champion \(second) does not judge yet"))

        if damage == .noFolder { try AtomicFile.rename(site.path("elsewhere"), to: site.path(folder)) }
        for (file, bytes) in zip(files, kept) { try site.write(bytes, to: file) }
        #expect(try site.run("model", "promote", second).status == 0)
        try daemon.waitForLine("The model \(second) judges from now on")
        #expect(daemon.said.split(separator: "\n").count { $0.contains("can't judge") } == 1)
        #expect(try daemon.stop() == 0)
    }

    @Test func `a champion that the settings refuse is taken when they change`() throws {
        let (site, first, second) = try twoModels(configuration: "rescan-seconds: 1")
        try giveOperatingPoint(to: first, in: site)
        try site.configure("rescan-seconds: 1\ntarget-sensitivity: 0.9")
        let daemon = try site.watch()
        #expect(try site.run("model", "promote", second).status == 0)
        try daemon.waitForLine("The champion \(second) can't judge, so \(first) goes on: target-sensitivity")
        try site.configure("rescan-seconds: 1")
        daemon.signal(SIGHUP)
        try daemon.waitForLine("The model \(second) judges from now on")
        #expect(try daemon.stop() == 0)
    }

    @Test func `a refused champion is tried again when it is promoted again`() throws {
        let (site, first, second) = try twoModels()
        try giveOperatingPoint(to: first, in: site)
        try site.configure("target-sensitivity: 0.9")
        let daemon = try site.watch()
        for times in 1...2 {
            #expect(try site.run("model", "promote", second).status == 0)
            try daemon.waitForLine("The champion \(second) can't judge, so \(first) goes on", times: times)
        }
        #expect(try daemon.stop() == 0)
    }

    /// Hold-out figures, without which no `target-sensitivity` can be had.
    private func giveOperatingPoint(to id: String, in site: ScreeningSite) throws {
        var record = String(decoding: try site.read("state/models/\(id)/model.json"), as: UTF8.self)
        let start = try #require(record.firstIndex(of: "{"))
        record.insert(
            contentsOf: "\"operating_points\": [{\"value\": 0.25, \"sensitivity\": 0.95}],",
            at: record.index(after: start))
        try site.write(record, to: "state/models/\(id)/model.json")
    }

    private func point(_ link: String, to id: String, in site: ScreeningSite) throws {
        #expect(symlink(id, site.path("state/models/.new").string) == 0)
        try AtomicFile.rename(site.path("state/models/.new"), to: site.path("state/models/\(link)"))
    }
}
