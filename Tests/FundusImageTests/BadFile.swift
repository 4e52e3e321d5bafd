// SPDX-License-Identifier: Apache-2.0
import FundusImage
import Testing

/// Bytes that give no picture, and the reason that they give instead.
struct BadFile: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let failure: DecodeFailure

    init(_ name: String, _ bytes: [UInt8], _ failure: DecodeFailure) {
        (testDescription, self.bytes, self.failure) = (name, bytes, failure)
    }
}
