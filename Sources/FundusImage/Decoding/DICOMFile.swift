// SPDX-License-Identifier: Apache-2.0
/// A DICOM file with one photograph as an embedded JPEG, as ophthalmic cameras write it (VL Photographic Image Storage,
/// Ophthalmic Photography 8 Bit Image Storage).
///
/// Read from the standard: PS3.10, 7 (preamble, meta information), PS3.5, 7.1 (elements with explicit VR, little-endian) and
/// A.4 (encapsulated pixel data). Nothing else of DICOM is understood, and nothing that a length says is believed before the
/// bytes are seen to be there.
package struct DICOMFile: Sendable, Equatable {
    /// Why there is no photograph to be had, in words for a person.
    package struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    /// The JPEG, byte for byte.
    package private(set) var photograph: [UInt8] = []
    /// Values of the elements below by their standard's keywords, where the file has them.
    package private(set) var attributes: [String: String] = [:]

    private static let keywords: [UInt32: String] = [
        0x0008_0016: "SOPClassUID", 0x0008_0018: "SOPInstanceUID", 0x0008_0020: "StudyDate",
        0x0008_002A: "AcquisitionDateTime", 0x0008_0060: "Modality", 0x0008_0070: "Manufacturer",
        0x0008_1090: "ManufacturerModelName", 0x0010_0020: "PatientID", 0x0020_0060: "Laterality",
        0x0020_0062: "ImageLaterality", 0x0028_0008: "NumberOfFrames", 0x0002_0010: "TransferSyntaxUID",
    ]

    /// JPEG baseline, and extended of 8 bits: what libjpeg decodes.
    private static let readable: Set = ["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"]

    /// Whether bytes begin like a DICOM file.
    package static func isPromised(by bytes: [UInt8]) -> Bool {
        bytes.count >= 132 && bytes[128..<132].elementsEqual("DICM".utf8)
    }

    /// Finds the embedded JPEG in a file's bytes.
    ///
    /// - Throws: where it is no DICOM file, or holds no such photograph.
    package init(_ bytes: [UInt8]) throws(Fault) {
        guard Self.isPromised(by: bytes) else {
            throw Fault(description: "is no DICOM file: DICM does not stand at byte 128")
        }
        var reader = DICOMReader(bytes, at: 132)
        while let element = try reader.next() {
            if element.tag == 0x7FE0_0010 {
                try checkSyntax()
                photograph = try reader.fragments(of: element)
                return
            }
            try take(element, &reader)
        }
        throw Fault(description: "has no pixel data")
    }

    private mutating func take(_ element: DICOMReader.Element, _ reader: inout DICOMReader) throws(Fault) {
        guard let keyword = Self.keywords[element.tag], let count = element.count else {
            return try reader.skip(element)
        }
        let text = String(decoding: try reader.bytes(count), as: UTF8.self)
        attributes[keyword] = text.trimming { $0 == "\0" || $0 == " " }
    }

    private func checkSyntax() throws(Fault) {
        let syntax = attributes["TransferSyntaxUID"] ?? "none"
        guard Self.readable.contains(syntax) else {
            throw Fault(
                description: "its picture is not an embedded JPEG that can be read (transfer syntax \(syntax)); "
                    + "convert it first, such as with DCMTK's dcmcjpeg")
        }
        let frames = attributes["NumberOfFrames"] ?? "1"
        guard frames == "1" else { throw Fault(description: "has \(frames) frames, and one is a photograph") }
    }
}

extension String {
    fileprivate func trimming(_ isTrimmed: (Character) -> Bool) -> String {
        var rest = self[...]
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        while let first = rest.first, isTrimmed(first) { rest.removeFirst() }
        return String(rest)
    }
}
