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
                path: "\(number).jpg", isDisease: number % 2 == 0, sha256: "\(number * 7 % 100 + 100)",
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
                path: "copy.jpg", isDisease: true, sha256: "100", person: nil, picture: Self.picture(0))
                == .copy(of: "0.jpg"))
        #expect(
            try collection.add(
                path: "wrong.jpg", isDisease: true, sha256: "107", person: nil, picture: Self.picture(1))
                == .contradiction(with: "1.jpg"))
        #expect(collection.count(isDisease: true) == 2 && collection.count(isDisease: false) == 1)
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
        #expect(lines.count == 10 && lines[0] == "sha256,class,side,group,path")
        let renamed = ImageManifest(
            manifest.rows.map {
                .init(
                    sha256: $0.sha256, isDisease: $0.isDisease, side: $0.side, group: $0.group, path: "a \"b\", c.jpg")
            })
        #expect(renamed.fingerprint == manifest.fingerprint && manifest.fingerprint.utf8.count == 64)
        #expect(String(decoding: renamed.csv, as: UTF8.self).contains("\"a \"\"b\"\", c.jpg\""))
        let turned = ImageManifest(
            manifest.rows.map {
                .init(sha256: $0.sha256, isDisease: !$0.isDisease, side: $0.side, group: $0.group, path: $0.path)
            })
        #expect(turned.fingerprint != manifest.fingerprint)
    }
}
