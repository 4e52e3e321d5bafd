// SPDX-License-Identifier: Apache-2.0
/// HMAC-SHA-256 (RFC 2104): a hash that nobody can compute who lacks the key.
package enum HMAC {
    /// Bytes of a block of SHA-256.
    private static let blockLength = 64

    /// The 32 bytes of the message's code.
    package static func code(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        let short = key.count > blockLength ? SHA256.hash(key) : key
        let block = short + [UInt8](repeating: 0, count: blockLength - short.count)
        return SHA256.hash(block.map { $0 ^ 0x5C } + SHA256.hash(block.map { $0 ^ 0x36 } + message))
    }
}
