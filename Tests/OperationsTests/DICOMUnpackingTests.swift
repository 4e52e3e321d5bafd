// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import FundusImage
import LinuxIO
import Operations
import SystemPackage
import Testing

/// From a camera's DICOM files to photographs in a folder.
@Suite struct DICOMUnpackingTests {
    private static let golden = PackageRoot.path.pushing("Tests/FundusImageTests/Golden/dicom")
    private static let photograph = golden.appending("photograph.dcm")

    private let site: ScreeningSite
    private let unpacking: DICOMUnpacking

    init() throws {
        site = try ScreeningSite(model: .none)
        unpacking = DICOMUnpacking(to: site.path("outbox"))
    }

    @Test func `no photograph takes another's place`() throws {
        let dicom = [UInt8](try Data(contentsOf: URL(filePath: Self.photograph.string)))
        // Another photograph in the same file: one byte of the JPEG differs.
        var other = dicom
        other[other.count - 200] ^= 1
        let names = ["1.2.840.1", "1.2.840.2", "eye.DCM"]
        for (folder, bytes) in [("first", dicom), ("second", other)] {
            try site.makeFolder(folder)
            for name in names { try site.write(bytes, to: "\(folder)/\(name)") }
        }
        for _ in 0..<2 {
            for name in names { _ = try unpacking.unpack(site.path("first/\(name)")) }
        }
        #expect(try site.names(in: "outbox") == ["1.2.840.1.jpg", "1.2.840.2.jpg", "eye.jpg"])
        let before = try site.snapshot(of: "outbox")
        for (name, taken) in zip(names, try site.names(in: "outbox")) {
            let fault = try #require(throws: DICOMUnpacking.NameTaken.self) {
                try unpacking.unpack(site.path("second/\(name)"))
            }
            #expect(fault.path == site.path("outbox/\(taken)"))
        }
        #expect(try site.snapshot(of: "outbox") == before)
    }

    @Test func `a link that leads nowhere is a name that is taken`() throws {
        try site.link("outbox/photograph.jpg", to: "nowhere")
        let failure = try #require(throws: SystemFailure.self) { try unpacking.unpack(Self.photograph) }
        #expect(failure.path == site.path("outbox/photograph.jpg").string)
        #expect(try site.names(in: "outbox") == ["photograph.jpg"] && !site.exists("outbox/nowhere"))
    }

    @Test func `what is no photograph says why`() throws {
        try site.write("no DICOM", to: "text.dcm")
        let text = try #require(throws: DICOMFile.Fault.self) { try unpacking.unpack(site.path("text.dcm")) }
        #expect(text.description.hasPrefix("is no DICOM file: "))
        let raw = try #require(throws: DICOMFile.Fault.self) {
            try unpacking.unpack(Self.golden.appending("raw.dcm"))
        }
        #expect(raw.description.hasPrefix("its picture"))
        let missing = try #require(throws: SystemFailure.self) { try unpacking.unpack(site.path("nowhere.dcm")) }
        #expect(missing.description.contains("nowhere.dcm"))
        let folder = try #require(throws: SystemFailure.self) { try unpacking.unpack(site.path("inbox")) }
        #expect(folder.description.contains("inbox: read failed: Is a directory; a file is needed"))
    }

    @Test func `a folder that is not there takes none`() throws {
        let nowhere = DICOMUnpacking(to: site.path("nowhere"))
        #expect(
            try #require(throws: Refusal.self) { try nowhere.unpack(Self.photograph) }.status == .cannotCreate)
    }
}
