// SPDX-License-Identifier: Apache-2.0
import Fixtures
import LinuxIO
import Review
import SystemPackage
import Testing

@Suite struct SiteSecretTests {
    private let folder = TemporaryFolder()

    /// Python: `(int.from_bytes(hmac.new(bytes(range(32)), b"fundusd.review/1\n" + b"ab" * 32, sha256).digest()[:8]) >> 11) / 2**53`
    @Test func `a draw is a number made of the code`() {
        #expect(SiteSecret(key: Array(0..<32)).draw(String(repeating: "ab", count: 32)) == 0.49722608618940656)
    }

    @Test func `it is made once, for the daemon alone, and kept`() throws {
        let secret = try SiteSecret(in: folder.path)
        #expect(try SiteSecret(in: folder.path) == secret)
        let other = TemporaryFolder()
        #expect(try SiteSecret(in: other.path) != secret)
        let status = try #require(try FileStatus.at(folder.path.pushing(SiteSecret.fileName)))
        #expect(status.permissions == 0o600 && status.signature.bytes == 32)
    }

    @Test(arguments: [0, 31, 33]) func `one of another length is refused`(_ count: Int) throws {
        try AtomicFile.write([UInt8](repeating: 7, count: count), to: folder.path.pushing(SiteSecret.fileName))
        #expect(throws: SystemFailure.self) { try SiteSecret(in: folder.path) }
    }
}
