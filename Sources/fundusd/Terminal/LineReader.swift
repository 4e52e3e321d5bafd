// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import WrittenText

/// Reads a text file line by line as it grows, without waiting for its end.
final class LineReader {
    private let stream: UnsafeMutablePointer<FILE>
    private var buffer: UnsafeMutablePointer<CChar>?
    private var capacity = 0
    private var isFirst = true

    /// - Parameter path: `-` is standard input. Nil when the file can't be opened.
    init?(path: String) {
        guard let opened = path == "-" ? fdopen(dup(STDIN_FILENO), "r") : fopen(path, "re") else { return nil }
        stream = opened
    }

    deinit {
        free(buffer)
        fclose(stream)
    }

    /// The next line's bytes without its end, or nil at the end of the file. See `man 3 getline`.
    ///
    /// - Throws: where the text is no UTF-8, as far as its beginning tells.
    func next() throws(WrittenText.Fault) -> [UInt8]? {
        let length = getline(&buffer, &capacity, stream)
        guard length > 0, let buffer else { return nil }
        let line = Array(UnsafeRawBufferPointer(start: buffer, count: length))
        defer { isFirst = false }
        return Array(WrittenText.withoutEnd(isFirst ? try WrittenText.content(of: line) : line[...]))
    }
}
