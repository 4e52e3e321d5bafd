internal import Glibc

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
    /// Lines may end in CRLF, and the first may begin with a byte order mark: so Windows's editors write lists.
    func next() -> [UInt8]? {
        let length = getline(&buffer, &capacity, stream)
        guard length > 0, let buffer else { return nil }
        var line = UnsafeRawBufferPointer(start: buffer, count: length)[...]
        for end in ["\n", "\r"] where line.last == end.utf8.first { line = line.dropLast() }
        if isFirst, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        isFirst = false
        return Array(line)
    }
}
