// SPDX-License-Identifier: Apache-2.0
import Hashing
import Testing

@Suite struct SHA256Tests {
    struct Example: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let digest: String
    }

    /// NIST's examples for FIPS 180-4 (csrc.nist.gov, “SHA256.pdf”), and a million times "a".
    static let examples = [
        Example(
            testDescription: "nothing", bytes: [],
            digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        Example(
            testDescription: "one block", bytes: Array("abc".utf8),
            digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Example(
            testDescription: "two blocks",
            bytes: Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            digest: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        Example(
            testDescription: "a million", bytes: [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000),
            digest: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]

    @Test(arguments: examples) func `the hash is NIST's`(_ example: Example) {
        #expect(SHA256.hash(example.bytes).hexadecimal == example.digest)
    }

    /// However the bytes come: also in empty pieces, and across the blocks of 64.
    @Test(arguments: examples, [1, 55, 63, 64, 65, 1000]) func `pieces have the hash of the whole`(
        _ example: Example, _ length: Int
    ) {
        guard example.bytes.count < 1000 || length >= 55 else { return }
        var hash = SHA256()
        for start in stride(from: 0, to: example.bytes.count, by: length) {
            hash.update(Array(example.bytes[start...].prefix(length)))
            hash.update([])
        }
        #expect(hash.finalize().hexadecimal == example.digest)
    }

    @Test func `hexadecimal has two digits a byte`() {
        #expect([0, 9, 10, 0x7F, 0x80, 255].hexadecimal == "00090a7f80ff")
        #expect([].hexadecimal.isEmpty)
    }
}
