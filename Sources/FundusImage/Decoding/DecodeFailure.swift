// SPDX-License-Identifier: Apache-2.0
/// Why some bytes gave no picture: what a `rejected` verdict says, or a fault of the machine.
package enum DecodeFailure: Error, Equatable, Sendable {
    /// No bytes at all.
    case empty
    /// The first bytes are not a JPEG's; `lookingLike` names what they are, such as "a PNG picture".
    case notJPEG(lookingLike: String)
    /// The first bytes are neither a JPEG's nor a PNG's, where both are read.
    case notPhotograph(lookingLike: String)
    /// The bytes end before the end-of-image marker, or a PNG's last chunk.
    case truncated
    /// The bytes contradict the format; the message is libjpeg's or libpng's.
    case corrupt(String)
    /// The header promises more pixels than the limit; nothing was allocated for them.
    case tooManyPixels(width: Int, height: Int, limit: Int)
    /// A JPEG of a kind that is not decoded, such as 12 bits a sample.
    case unsupported(String)
    /// Coded arithmetically: no camera writes that, few programs read it, and its headers can promise anything in few bytes.
    case arithmeticCoding
    /// The machine had no memory: nothing is said about the image, which should be tried again.
    case outOfMemory

    /// Whether the image is innocent and waits for a better moment.
    package var isMachineFault: Bool { self == .outOfMemory }

    /// The reason's code in a verdict.
    package var code: String {
        switch self {
        case .empty: "empty"
        case .notJPEG: "not-jpeg"
        case .notPhotograph: "not-jpeg-or-png"
        case .truncated: "truncated"
        case .corrupt: "corrupt"
        case .tooManyPixels: "too-many-pixels"
        case .unsupported: "unsupported-jpeg"
        case .arithmeticCoding: "arithmetic-coding"
        case .outOfMemory: "out-of-memory"
        }
    }

    /// What is wrong, and what to do.
    package var message: String {
        switch self {
        case .empty:
            "The file has no content. Export the image again."
        case .notJPEG(FileMagic.png):
            "The file is a PNG picture, and verdicts are made of JPEGs only. Export the image as JPEG; a new name does not make "
                + "it one."
        case .notPhotograph(let appearance):
            "The file is neither a JPEG nor a PNG picture but looks like \(appearance). Convert it to PNG, which loses nothing."
        case .notJPEG(let appearance):
            "The file is not a JPEG picture but looks like \(appearance). Export the image as JPEG."
        case .truncated:
            "The file ends before the picture does. Copy it again, and look whether the disk or the transfer was cut short."
        case .corrupt(let detail):
            "The picture's data are damaged (\(detail)). Copy or export the image again."
        case .tooManyPixels(let width, let height, let limit):
            "The picture has \(width) × \(height) pixels, more than the limit of \(limit) pixels or 65500 a side. "
                + "Export it smaller, or raise max-pixels."
        case .unsupported(let detail):
            "This kind of JPEG cannot be read (\(detail)). Export the image as an ordinary 8-bit JPEG."
        case .arithmeticCoding:
            "The picture is a JPEG with arithmetic coding, which is not read here. Export it as an ordinary JPEG (Huffman coding)."
        case .outOfMemory:
            "The machine has too little memory free to decode the picture. It will be tried again."
        }
    }
}
