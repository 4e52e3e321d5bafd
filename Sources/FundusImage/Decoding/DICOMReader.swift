// SPDX-License-Identifier: Apache-2.0
/// Walks through DICOM's elements with explicit VR, little-endian: PS3.5, 7.1.2.
struct DICOMReader {
    /// What stands before an element's value.
    struct Element {
        /// Group, then element.
        let tag: UInt32
        /// Bytes of the value; nil where a delimiter ends it.
        let count: Int?
    }

    private static let item: UInt32 = 0xFFFE_E000
    private static let endOfItem: UInt32 = 0xFFFE_E00D
    private static let endOfSequence: UInt32 = 0xFFFE_E0DD
    private static let undefined = 0xFFFF_FFFF
    /// VRs whose length has four bytes, after two that are reserved.
    private static let longNames: Set = ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]
    /// Sequences lie in sequences; no standard's go so deep.
    private static let deepest = 16

    private let values: [UInt8]
    private var place: Int

    init(_ values: [UInt8], at place: Int) {
        self.values = values
        self.place = place
    }

    /// The next element's head; nil at the end of the file.
    mutating func next() throws(DICOMFile.Fault) -> Element? {
        if place == values.count { return nil }
        let tag = try number(2) << 16 | number(2)
        // Items and delimiters have no VR.
        if tag >> 16 == 0xFFFE { return element(tag, try number(4)) }
        let name = String(decoding: try bytes(2), as: UTF8.self)
        guard Self.longNames.contains(name) else { return element(tag, try number(2)) }
        _ = try bytes(2)
        return element(tag, try number(4))
    }

    private func element(_ tag: Int, _ count: Int) -> Element {
        Element(tag: UInt32(tag), count: count == Self.undefined ? nil : count)
    }

    mutating func skip(_ element: Element) throws(DICOMFile.Fault) { try skip(element, depth: 0) }

    private mutating func skip(_ element: Element, depth: Int) throws(DICOMFile.Fault) {
        if let count = element.count { return try pass(count) }
        guard depth < Self.deepest else { throw fault("nests sequences too deeply") }
        while let inner = try next() {
            if inner.tag == Self.endOfSequence || inner.tag == Self.endOfItem { return }
            try skip(inner, depth: depth + 1)
        }
        throw fault("ends within a sequence")
    }

    /// The fragments of one frame, put together; the first item is a table of offsets.
    mutating func fragments(of element: Element) throws(DICOMFile.Fault) -> [UInt8] {
        guard element.count == nil else { throw fault("its pixel data is not encapsulated") }
        var fragments: [UInt8] = []
        var isTable = true
        while let item = try next(), item.tag == Self.item, let count = item.count {
            if isTable { try pass(count) } else { fragments += try bytes(count) }
            isTable = false
        }
        guard !fragments.isEmpty else { throw fault("its pixel data is empty") }
        return fragments
    }

    mutating func bytes(_ count: Int) throws(DICOMFile.Fault) -> ArraySlice<UInt8> {
        let start = place
        try pass(count)
        return values[start..<place]
    }

    private mutating func pass(_ count: Int) throws(DICOMFile.Fault) {
        guard count <= values.count - place else { throw fault("ends before what its lengths promise") }
        place += count
    }

    private mutating func number(_ count: Int) throws(DICOMFile.Fault) -> Int {
        try bytes(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private func fault(_ message: String) -> DICOMFile.Fault {
        DICOMFile.Fault(description: "\(message) (at byte \(place))")
    }
}
