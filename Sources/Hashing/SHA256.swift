// SPDX-License-Identifier: Apache-2.0
// In:  bytes.
// Out: their SHA-256, as bytes or in hexadecimal digits.
// Called by ModelStore, Screening, LabelledData: whoever knows a content by its hash.

internal import CCrypto

/// SHA-256 (FIPS 180-4) by libcrypto, which uses the processor's own instructions for it.
@safe package struct SHA256: ~Copyable {
    private let context: OpaquePointer

    /// The system's configuration of libcrypto is not read: it may name engines, and nothing here needs one.
    private static let isReady = OPENSSL_init_crypto(
        UInt64(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT), nil)

    package init() {
        precondition(Self.isReady == 1, "libcrypto starts")
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("libcrypto has memory for a digest, and SHA-256")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Takes in the next bytes; how they are cut into pieces does not matter.
    package mutating func update(_ bytes: [UInt8]) {
        let isTaken = unsafe bytes.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        precondition(isTaken == 1, "a digest takes bytes until it is finished")
    }

    /// The 32 bytes of the hash.
    package consuming func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        let isFinished = unsafe digest.withUnsafeMutableBufferPointer { buffer in
            unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
        }
        precondition(isFinished == 1, "a digest is finished once")
        return digest
    }

    private static let byteCount = 32

    /// The 32 bytes of the hash of all bytes at once.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }
}
