// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Glibc
import SystemPackage
import Testing

/// `fundusd unpack`: from a camera's DICOM files to photographs in the inbox.
@Suite struct UnpackCommandTests {
    private static let golden = PackageRoot.path.pushing("Tests/FundusImageTests/Golden/dicom")

    private struct Line: Decodable {
        let photograph: String
        let sha256: String
        let attributes: [String: String]
    }

    @Test func `photographs go into the inbox and are judged there`() throws {
        let site = try ScreeningSite()
        let outcome = try site.runBare(["unpack", "--output", "inbox", Self.golden.appending("photograph.dcm").string])
        #expect(outcome.status == 0)
        let line = try #require(outcome.lines.first)
        let told = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        #expect(told.photograph == "inbox/photograph.jpg" && told.attributes["ImageLaterality"] == "L")
        #expect(try site.run("screen", "--once").status == 0)
        #expect(try site.publishedVerdict(of: "photograph.jpg").image.sha256 == told.sha256)
    }

    @Test func `no photograph takes another's place`() throws {
        let site = try ScreeningSite(model: .none)
        let dicom = try Data(contentsOf: URL(filePath: Self.golden.appending("photograph.dcm").string))
        // Another photograph in the same file: one byte of the JPEG differs.
        var other = dicom
        other[other.count - 200] ^= 1
        for (folder, bytes) in [("first", dicom), ("second", other)] {
            try site.makeFolder(folder)
            for name in ["1.2.840.1", "1.2.840.2", "eye.DCM"] {
                try site.write([UInt8](bytes), to: "\(folder)/\(name)")
            }
        }
        let names = ["1.2.840.1", "1.2.840.2", "eye.DCM"]
        for _ in 0..<2 {
            let first = try site.runBare(["unpack", "--output", "outbox"] + names.map { "first/\($0)" })
            #expect(first.status == 0 && first.lines.count == 3)
        }
        #expect(try site.names(in: "outbox") == ["1.2.840.1.jpg", "1.2.840.2.jpg", "eye.jpg"])
        let before = try site.snapshot(of: "outbox")
        let second = try site.runBare(["unpack", "--output", "outbox"] + names.map { "second/\($0)" })
        #expect(second.status == 73 && second.lines.isEmpty)
        #expect(second.errors.contains("second/eye.DCM: outbox/eye.jpg is another photograph and stays"))
        #expect(try site.snapshot(of: "outbox") == before)
    }

    @Test(arguments: [EIO, EACCES, EMFILE])
    func `a photograph that can't be read is there all the same, and stays`(error: Int32) throws {
        let site = try ScreeningSite(model: .none)
        try site.write("another eye", to: "outbox/photograph.jpg")
        let environment = try FaultyCalls.reading(site.path("outbox/photograph.jpg"), error, in: site)
        let dicom = Self.golden.appending("photograph.dcm").string
        let outcome = try site.runBare(["unpack", "--output", "outbox", dicom], environment: environment)
        #expect(
            outcome.status == 66 && outcome.errors.contains("outbox/photograph.jpg: read failed"), "\(outcome.errors)")
        #expect(try site.read("outbox/photograph.jpg") == Array("another eye".utf8))
        #expect(try site.names(in: "outbox") == ["photograph.jpg"])
    }

    @Test func `a link that leads nowhere is a name that is taken`() throws {
        let site = try ScreeningSite(model: .none)
        #expect(symlink("nowhere", site.path("outbox/photograph.jpg").string) == 0)
        let outcome = try site.runBare(["unpack", "--output", "outbox", Self.golden.appending("photograph.dcm").string])
        #expect(outcome.status == 66 && outcome.errors.contains("outbox/photograph.jpg"), "\(outcome.errors)")
        #expect(try site.names(in: "outbox") == ["photograph.jpg"] && !site.exists("outbox/nowhere"))
    }

    @Test func `one bad file costs its own line and no other`() throws {
        let site = try ScreeningSite(model: .none)
        try site.write("no DICOM", to: "text.dcm")
        let files = [
            "text.dcm", Self.golden.appending("raw.dcm").string, Self.golden.appending("photograph.dcm").string,
        ]
        let outcome = try site.runBare(["unpack", "--output", "outbox"] + files)
        #expect(outcome.status == 65 && outcome.lines.count == 1)
        #expect(
            outcome.errors.contains("text.dcm: is no DICOM file") && outcome.errors.contains("raw.dcm: its picture"))
        let missing = try site.runBare(["unpack", "--output", "outbox", "nowhere.dcm"])
        #expect(missing.status == 66 && missing.errors.contains("nowhere.dcm"))
        let folder = try site.runBare(["unpack", "--output", "outbox", "inbox"])
        #expect(folder.status == 66 && folder.errors.contains("inbox: read failed: Is a directory; a file is needed"))
        let full = try site.runBare(["unpack", "--output", "nowhere", Self.golden.appending("photograph.dcm").string])
        #expect(full.status == 73)
    }
}
