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

    @Test func `one bad file costs its own line and no other`() throws {
        let site = try ScreeningSite(model: .none)
        let photograph = Self.golden.appending("photograph.dcm").string
        func unpacked(_ files: String..., into folder: String = "outbox") throws -> Fundusd.Outcome {
            try site.runBare(["unpack", "--output", folder] + files)
        }
        try site.write("no DICOM", to: "text.dcm")
        let outcome = try unpacked("text.dcm", photograph)
        #expect(outcome.status == 65 && outcome.lines.count == 1)
        #expect(outcome.errors.contains("text.dcm: is no DICOM file"))
        try site.write("another eye", to: "outbox/photograph.jpg")
        let taken = try unpacked(photograph)
        #expect(taken.status == 73 && taken.lines.isEmpty)
        #expect(taken.errors.contains("photograph.dcm: outbox/photograph.jpg is another photograph and stays"))
        let missing = try unpacked("nowhere.dcm")
        #expect(missing.status == 66 && missing.errors.contains("nowhere.dcm"))
        #expect(try unpacked(photograph, into: "nowhere").status == 73)
    }
}
