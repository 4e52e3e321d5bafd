// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FundusImage
import LabelledData
import LinuxIO
import Retraining
import SystemPackage
import Testing

/// Images as they come in, each content once.
@Suite struct LabelledCollectionTests {
    private let folder: TemporaryFolder

    init() { folder = TemporaryFolder() }

    private static func picture(_ number: Int) -> RGBPicture {
        var generator = SeededGenerator(seed: UInt64(number))
        return RGBPicture(width: 32, height: 32, pixels: (0..<3 * 32 * 32).map { _ in UInt8(generator.next() >> 56) })
    }

    private func collection(_ count: Int) throws -> LabelledCollection {
        var collection = try LabelledCollection(in: folder.path, side: 32)
        for number in 0..<count {
            let addition = try collection.add(
                path: "\(number).jpg", label: number % 2 == 0 ? .disease : .normal, sha256: "\(number * 7 % 100 + 100)",
                person: "p\(number / 3)", picture: Self.picture(number))
            #expect(addition == .added)
        }
        return collection
    }

    private static let whole = LabelledCollection.Division(holdoutFraction: 0.3, validationFraction: 0.3, seed: 2)

    @Test func `pictures come back, and their file has no name`() throws {
        var file = try PictureFile(in: folder.path, width: 32, height: 32)
        for number in 0..<5 { #expect(try file.append(Self.picture(number)) == number) }
        for number in [4, 0, 2] { #expect(try file.picture(number) == Self.picture(number)) }
        #expect(try Folder(folder.path).names().isEmpty)
    }

    @Test func `a copy counts once, and a content in both classes not at all`() throws {
        var collection = try collection(4)
        #expect(
            try collection.add(
                path: "copy.jpg", label: .disease, sha256: "100", person: nil, picture: Self.picture(0))
                == .copy(of: "0.jpg"))
        #expect(
            try collection.add(
                path: "wrong.jpg", label: .disease, sha256: "107", person: nil, picture: Self.picture(1))
                == .contradiction(with: "1.jpg"))
        #expect(collection.count(.disease) == 2 && collection.count(.normal) == 1)
        #expect(collection.divided(Self.whole).manifest.rows.map(\.path) == ["0.jpg", "2.jpg", "3.jpg"])
    }

    @Test func `no person is in two parts, and each image in one`() throws {
        let divided = try collection(60).divided(Self.whole)
        let parts = [divided.images.training, divided.images.validation, divided.images.holdout]
        #expect(parts.allSatisfy { !$0.isEmpty })
        #expect(parts.flatMap { $0.map(\.picture) }.sorted() == Array(0..<60))
        let groups = parts.map { Set($0.map(\.group)) }
        #expect(groups[0].isDisjoint(with: groups[1]) && groups[0].isDisjoint(with: groups[2]))
        #expect(groups[1].isDisjoint(with: groups[2]))
        #expect(divided.manifest.rows.count { $0.side == .holdout } == divided.images.holdout.count)
    }

    @Test func `the manifest names every image, and its fingerprint follows from contents, not from names`() throws {
        let manifest = try collection(9).divided(Self.whole).manifest
        let lines = String(decoding: manifest.csv, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 10 && lines[0] == "sha256,class,side,group,path,source")
        let renamed = ImageManifest(
            manifest.rows.map {
                .init(
                    sha256: $0.sha256, label: $0.label, side: $0.side, group: $0.group, path: "a \"b\", c.jpg")
            })
        #expect(renamed.fingerprint == manifest.fingerprint && manifest.fingerprint.utf8.count == 64)
        #expect(String(decoding: renamed.csv, as: UTF8.self).contains("\"a \"\"b\"\", c.jpg\""))
        let turned = ImageManifest(
            manifest.rows.map {
                .init(sha256: $0.sha256, label: .gradable, side: $0.side, group: $0.group, path: $0.path)
            })
        #expect(turned.fingerprint != manifest.fingerprint)
    }

    @Test(arguments: [
        (ImageLabel.gradable, ImageLabel.disease, ImageLabel?.some(.disease)), (.disease, .gradable, .disease),
        (.gradable, .normal, .normal), (.gradable, .gradable, .gradable), (.ungradable, .gradable, nil),
        (.ungradable, .normal, nil), (.disease, .ungradable, nil), (.normal, .disease, nil),
    ])
    func `a content in two folders is what both allow`(first: ImageLabel, second: ImageLabel, both: ImageLabel?) throws
    {
        var collection = try LabelledCollection(in: folder.path, side: 32)
        for (path, label) in [("1.jpg", first), ("2.jpg", second)] {
            let addition = try collection.add(
                path: path, label: label, sha256: "1", person: nil, picture: Self.picture(1))
            if path == "1.jpg" { #expect(addition == .added) }
            if path == "2.jpg" {
                #expect(addition == (both == nil ? .contradiction(with: "1.jpg") : .copy(of: "1.jpg")))
            }
        }
        #expect(collection.images.map(\.label) == (both.map { [$0] } ?? []))
    }

    @Test func `images that only tell what is gradable count where that is learned`() throws {
        func divided(_ learnsGradability: Bool) throws -> LabelledCollection.Divided {
            var collection = try collection(40)
            for (number, label) in [ImageLabel.ungradable, .gradable, .ungradable].enumerated() {
                _ = try collection.add(
                    path: "u\(number).jpg", label: label, sha256: "9\(number)", person: nil, source: "camera",
                    picture: Self.picture(100 + number))
            }
            var division = Self.whole
            division.learnsGradability = learnsGradability
            return collection.divided(division)
        }
        let (one, two) = (try divided(false), try divided(true))
        #expect(one.manifest.rows.count == 40 && one.manifest.outputs == 1)
        #expect(two.manifest.rows.count == 43 && two.manifest.outputs == 2)
        let read = try ImageManifest(parsing: two.manifest.csv)
        #expect(read == two.manifest)
        #expect(read.rows.filter { $0.label.isDisease == nil }.map(\.source) == ["camera", "camera", "camera"])
        #expect(two.images.judgedHoldout.count == two.images.holdout.count { $0.label.isDisease != nil })
        // The others are divided as they were.
        #expect(one.manifest.sides.allSatisfy { two.manifest.sides[$0.key] == $0.value })
    }
}
