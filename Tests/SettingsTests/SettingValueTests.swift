// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Settings

@Suite struct SettingValueTests {
    @Test(arguments: [
        ("64MiB", 64 << 20), ("64 MiB", 64 << 20), ("100M", 100_000_000), ("100 MB", 100_000_000), ("4k", 4_000),
        ("4Ki", 4_096), ("1GiB", 1 << 30), ("67_108_864", 67_108_864), ("12", 12), ("12 b", 12),
    ])
    func `a size has a number and perhaps a unit`(text: String, expected: Int) throws {
        #expect(try SettingValue.bytes(text, in: 1...(4 << 30)) == expected)
    }

    @Test(arguments: ["", "_", "MiB", "1.5M", "+5", "0x10", "١٢", "5 M iB", "5TiB"])
    func `anything else is no size`(text: String) {
        #expect(throws: SettingRefusal.self) { try SettingValue.bytes(text, in: 0...100) }
    }

    @Test(arguments: [("0.5", 0.5), ("5e-1", 0.5), (".25", 0.25)])
    func `a fraction lies between 0 and 1`(text: String, expected: Double) throws {
        #expect(try SettingValue.fraction(text, example: "0.5") == expected)
    }

    @Test(arguments: ["0", "1", "-0.1", "inf", "0x1p-1", "0,5", "50%", "1e-999"])
    func `anything else is no fraction`(text: String) {
        #expect(throws: SettingRefusal.self) { try SettingValue.fraction(text, example: "0.5") }
    }

    @Test(arguments: [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("same", "same", 0)])
    func `the edit distance counts letters`(from: String, to: String, expected: Int) {
        #expect(NearestName.changes(from: from, to: to) == expected)
    }
}
