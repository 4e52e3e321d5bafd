// SPDX-License-Identifier: Apache-2.0
/// Whole numbers as people write them: `100M`, `64 MiB`, `1_000_000`.
extension SettingValue {
    /// A count without a unit: digits, with `_` allowed between them.
    static func count(
        _ text: String, in range: ClosedRange<Int>, example: String
    ) throws(SettingRefusal) -> Int {
        try scaled(text, in: range, example: example, scales: [:])
    }

    /// A count of pixels: decimal suffixes, since cameras are sold by the decimal megapixel.
    static func pixels(_ text: String, in range: ClosedRange<Int>) throws(SettingRefusal) -> Int {
        try scaled(text, in: range, example: "100M", scales: decimalScales)
    }

    /// A size in bytes: decimal and binary suffixes, with or without the B.
    static func bytes(_ text: String, in range: ClosedRange<Int>) throws(SettingRefusal) -> Int {
        var scales = ["b": 1]
        for (suffix, scale) in decimalScales {
            scales[suffix] = scale
            scales[suffix + "b"] = scale
        }
        for (suffix, scale) in binaryScales {
            scales[suffix] = scale
            scales[suffix + "b"] = scale
        }
        return try scaled(text, in: range, example: "64MiB", scales: scales)
    }

    static func seed(_ text: String) throws(SettingRefusal) -> UInt64 {
        guard let seed = UInt64(text.filter { $0 != "_" }), text.first != "+" else {
            throw SettingRefusal(
                message: "\(quoted(text)) is not a whole number from 0 to \(UInt64.max)",
                remedy: "Give a number such as 0.")
        }
        return seed
    }

    private static let decimalScales = ["k": 1_000, "m": 1_000_000, "g": 1_000_000_000]
    private static let binaryScales = ["ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30]

    private static func scaled(
        _ text: String, in range: ClosedRange<Int>, example: String, scales: [String: Int]
    ) throws(SettingRefusal) -> Int {
        let remedy = "Give a number such as \(example)."
        let digits = text.prefix { $0 == "_" || ("0"..."9").contains($0) }
        let suffix = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        guard let scale = suffix.isEmpty ? 1 : scales[suffix], digits.contains(where: { $0 != "_" }) else {
            throw SettingRefusal(message: "\(quoted(text)) is not a whole number", remedy: remedy)
        }
        // Digits that overflow are a number all the same: too large, not misspelled.
        let (value, overflow) = (Int(digits.filter { $0 != "_" }) ?? .max).multipliedReportingOverflow(by: scale)
        guard !overflow, range.contains(value) else {
            throw SettingRefusal(
                message: "\(text) is not between \(range.lowerBound) and \(range.upperBound)", remedy: remedy)
        }
        return value
    }
}
