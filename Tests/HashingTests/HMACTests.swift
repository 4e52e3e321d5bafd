// SPDX-License-Identifier: Apache-2.0
import Hashing
import Testing

@Suite struct HMACTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let key: [UInt8]
        let message: String
        let code: String
    }

    /// Of RFC 4231, “Identifiers and Test Vectors for HMAC-SHA-…”, cases 1, 2 and 6.
    static let examples = [
        Example(
            testDescription: "a short key", key: [UInt8](repeating: 0x0B, count: 20), message: "Hi There",
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Example(
            testDescription: "a key of letters", key: Array("Jefe".utf8), message: "what do ya want for nothing?",
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Example(
            testDescription: "a key longer than a block", key: [UInt8](repeating: 0xAA, count: 131),
            message: "Test Using Larger Than Block-Size Key - Hash Key First",
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    ]

    @Test(arguments: examples) func `is the rf cs`(_ example: Example) {
        #expect(HMAC.code(Array(example.message.utf8), key: example.key).hexadecimal == example.code)
    }
}
