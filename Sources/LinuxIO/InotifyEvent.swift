// SPDX-License-Identifier: Apache-2.0
package import SystemPackage

/// One record of an inotify queue.
package struct InotifyEvent: Equatable, Sendable {
    /// The bits of `struct inotify_event.mask` that the intake acts on, from `linux/inotify.h`.
    package struct Mask: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        package static let modified = Mask(rawValue: 0x2)
        package static let closedAfterWriting = Mask(rawValue: 0x8)
        package static let movedFrom = Mask(rawValue: 0x40)
        package static let movedTo = Mask(rawValue: 0x80)
        package static let created = Mask(rawValue: 0x100)
        package static let deleted = Mask(rawValue: 0x200)
        package static let folderDeleted = Mask(rawValue: 0x400)
        package static let folderMoved = Mask(rawValue: 0x800)
        package static let unmounted = Mask(rawValue: 0x2000)
        package static let queueOverflowed = Mask(rawValue: 0x4000)
        package static let watchRemoved = Mask(rawValue: 0x8000)
        package static let isFolder = Mask(rawValue: 0x4000_0000)
    }

    package let watch: Int32
    package let mask: Mask
    /// Joins the two halves of a rename.
    package let cookie: UInt32
    /// The entry in the watched folder; nil when the event is about the folder itself.
    package let name: FilePath.Component?

    package init(watch: Int32, mask: Mask, cookie: UInt32 = 0, name: FilePath.Component? = nil) {
        self.watch = watch
        self.mask = mask
        self.cookie = cookie
        self.name = name
    }

    /// Splits what `read(2)` returned into events; a record that the bytes cut short is dropped.
    ///
    /// Layout from `man 7 inotify`: wd, mask, cookie, len as 32-bit words, then `len` bytes of NUL-padded name. The
    /// structure ends in a flexible array, which Swift can't load, so the fields are read one by one.
    package static func parse(_ bytes: [UInt8]) -> [InotifyEvent] {
        var events: [InotifyEvent] = []
        var offset = 0
        while bytes.count - offset >= 16 {
            let length = Int(word(bytes, offset + 12))
            guard length <= bytes.count - offset - 16 else { break }
            let name = bytes[(offset + 16)..<(offset + 16 + length)].prefix { $0 != 0 }
            events.append(
                InotifyEvent(
                    watch: Int32(bitPattern: word(bytes, offset)), mask: Mask(rawValue: word(bytes, offset + 4)),
                    cookie: word(bytes, offset + 8), name: FilePath.Component(bytes: name)))
            offset += 16 + length
        }
        return events
    }

    /// A 32-bit word in this machine's own byte order.
    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        var value: UInt32 = 0
        unsafe withUnsafeMutableBytes(of: &value) { unsafe $0.copyBytes(from: bytes[offset..<(offset + 4)]) }
        return value
    }
}

extension FilePath.Component {
    /// A component of exactly these bytes, UTF-8 or not; nil when they are no single name.
    package init?(bytes: some Sequence<UInt8>) {
        let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
        guard terminated.count > 1, !terminated.dropLast().contains(0) else { return nil }
        // SAFETY: the array ends in its only NUL.
        let component = unsafe terminated.withUnsafeBufferPointer {
            unsafe FilePath.Component(platformString: $0.baseAddress!)
        }
        guard let component, component.kind == .regular else { return nil }
        self = component
    }
}

extension FilePath {
    /// A path of exactly these bytes, up to the first NUL.
    package init(bytes: some Sequence<UInt8>) {
        let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
        // SAFETY: the array ends in a NUL.
        self = unsafe terminated.withUnsafeBufferPointer { unsafe FilePath(platformString: $0.baseAddress!) }
    }

    /// The path's own bytes, without a terminator.
    package var bytes: [UInt8] {
        unsafe withPlatformString { pointer in
            // SAFETY: the platform string is NUL-terminated.
            unsafe UnsafeBufferPointer(start: pointer, count: length).map { UInt8(bitPattern: $0) }
        }
    }
}
