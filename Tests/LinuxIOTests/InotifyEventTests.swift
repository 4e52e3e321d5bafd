// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage
import Testing

@Suite struct InotifyEventTests {
    private static func record(
        watch: Int32 = 1, mask: InotifyEvent.Mask, cookie: UInt32 = 0, name: [UInt8], length: UInt32? = nil
    ) -> [UInt8] {
        [UInt32(bitPattern: watch), mask.rawValue, cookie, length ?? UInt32(name.count)]
            .flatMap { word in withUnsafeBytes(of: word) { unsafe Array($0) } } + name
    }

    @Test func `records are split, names end at their NUL`() {
        let bytes =
            Self.record(mask: .closedAfterWriting, name: Array("a.jpg\0\0\0".utf8))
            + Self.record(watch: 2, mask: [.movedTo, .isFolder], cookie: 9, name: Array("b\0".utf8))
            + Self.record(mask: .queueOverflowed, name: [])
        #expect(
            InotifyEvent.parse(bytes) == [
                InotifyEvent(watch: 1, mask: .closedAfterWriting, name: "a.jpg"),
                InotifyEvent(watch: 2, mask: [.movedTo, .isFolder], cookie: 9, name: "b"),
                InotifyEvent(watch: 1, mask: .queueOverflowed),
            ])
    }

    @Test func `a name that is no UTF-8 keeps its bytes`() throws {
        let event = InotifyEvent.parse(Self.record(mask: .movedTo, name: [0xFF, 0x0A, 0])).first
        #expect(try #require(event?.name).bytesOfName == [0xFF, 0x0A])
    }

    @Test func `a record cut short anywhere is dropped, and nothing traps`() {
        let bytes = Self.record(mask: .movedTo, name: Array("a.jpg\0\0\0".utf8))
        for length in 0..<bytes.count { #expect(InotifyEvent.parse(Array(bytes.prefix(length))) == []) }
    }

    @Test(arguments: [UInt32.max, 0x7FFF_FFFF, 9]) func `a length beyond the bytes ends the parsing`(length: UInt32) {
        #expect(InotifyEvent.parse(Self.record(mask: .movedTo, name: Array("a\0".utf8), length: length)) == [])
    }

    @Test(arguments: ["..", ".", "", "a/b"]) func `a name that is no plain entry is no name`(name: String) {
        let event = InotifyEvent.parse(Self.record(mask: .movedTo, name: Array(name.utf8) + [0])).first
        #expect(event != nil && event?.name == nil)
    }
}

extension FilePath.Component {
    fileprivate var bytesOfName: [UInt8] { FilePath(root: nil, components: self).bytes }
}
