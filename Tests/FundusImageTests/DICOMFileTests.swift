// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Foundation
import Testing

@testable import FundusImage

/// DICOM files by pydicom (Golden/make_dicom.py) give their photograph byte for byte; all else gives a reason.
@Suite struct DICOMFileTests {
    private func golden(_ name: String) throws -> [UInt8] {
        let path = "\(PackageRoot.path)/Tests/FundusImageTests/Golden/dicom/\(name)"
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    @Test(arguments: ["photograph.dcm", "fragments.dcm"])
    func `the photograph comes out whole`(name: String) throws {
        struct Expected: Decodable { let bytes: Int }
        let expected = try JSONDecoder().decode(Expected.self, from: Data(try golden("photograph.json")))
        let file = try DICOMFile(try golden(name))
        // A fragment of odd length is padded with a byte, which lies behind the picture's end.
        #expect((0...1).contains(file.photograph.count - expected.bytes))
        #expect(file.photograph.starts(with: [0xFF, 0xD8, 0xFF]))
        let header = try JPEGDecoder.header(of: file.photograph, maximumPixels: 1 << 20)
        #expect(header.width == 32 && header.height == 32)
        _ = try JPEGDecoder.decode(file.photograph, maximumPixels: 1 << 20)
        #expect(file.attributes["ImageLaterality"] == "L" && file.attributes["PatientID"] == "7")
        #expect(
            file.attributes["Manufacturer"] == "Nobody" && file.attributes["AcquisitionDateTime"] == "20261125120000")
    }

    @Test(arguments: [
        ("two-frames.dcm", "has 2 frames"), ("raw.dcm", "1.2.840.10008.1.2.1"), ("jpeg2000.dcm", "dcmcjpeg"),
    ])
    func `what has no photograph to be read says why`(name: String, words: String) throws {
        let bytes = try golden(name)
        let fault = #expect(throws: DICOMFile.Fault.self) { try DICOMFile(bytes) }
        #expect(try #require(fault).description.contains(words))
    }

    @Test func `a file that is cut anywhere gives a reason or its whole photograph`() throws {
        let bytes = try golden("photograph.dcm")
        let whole = try DICOMFile(bytes)
        for count in 0..<bytes.count {
            guard let file = try? DICOMFile(Array(bytes.prefix(count))) else { continue }
            #expect(whole.photograph == file.photograph, "cut at \(count)")
        }
    }

    @Test func `lengths and nesting that lie are refused`() throws {
        let head = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
        let sequence: [UInt8] = [8, 0, 0x15, 0x11] + Array("SQ".utf8) + [0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        let item: [UInt8] = [0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]
        let deep = head + (0..<5000).flatMap { _ in sequence + item }
        let long = head + [8, 0, 0x16, 0] + Array("UT".utf8) + [0, 0, 0xFE, 0xFF, 0xFF, 0xFF]
        for (bytes, words) in [(deep, "too deeply"), (long, "ends before"), (head, "no pixel data"), ([1], "no DICOM")]
        {
            let fault = #expect(throws: DICOMFile.Fault.self) { try DICOMFile(bytes) }
            #expect(try #require(fault).description.contains(words))
        }
    }
}
