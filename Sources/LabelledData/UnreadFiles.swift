// SPDX-License-Identifier: Apache-2.0
internal import FundusImage
internal import SystemPackage
internal import Verdict

/// The files of a labelled folder that are not read, by what they are, each kind with its first few names.
struct UnreadFiles: Sendable {
    struct Kind: Sendable {
        /// A noun with its article, such as "a TIFF picture".
        let appearance: String
        fileprivate(set) var count: Int
        /// Of the first few.
        fileprivate(set) var names: [String]
    }

    /// Those of which there are most come first.
    var kinds: [Kind] { byAppearance.values.sorted { ($1.count, $0.appearance) < ($0.count, $1.appearance) } }
    private var byAppearance: [String: Kind] = [:]

    var count: Int { byAppearance.values.reduce(0) { $0 + $1.count } }

    private static let namesShown = 3

    mutating func note(_ appearance: String, _ path: FilePath) {
        var kind = byAppearance[appearance] ?? Kind(appearance: appearance, count: 0, names: [])
        kind.count += 1
        if kind.names.count < Self.namesShown { kind.names.append(ImageName(path).description) }
        byAppearance[appearance] = kind
    }

    /// How many there are, what they look like, and what to do; nil where there are none.
    var sentence: String? {
        guard count > 0 else { return nil }
        let parts = kinds.map { kind in
            let names = kind.names.joined(separator: ", ")
            return "\(kind.count) × \(kind.appearance) (\(names)\(kind.count > kind.names.count ? ", …" : ""))"
        }
        return "\(count) \(count == 1 ? "file is" : "files are") not read: \(parts.joined(separator: "; ")).\(advice)"
    }

    private var advice: String {
        var advice = ""
        if kinds.contains(where: { $0.appearance == Self.beside }) {
            advice += " Put pictures into the folder of their class."
        }
        if kinds.contains(where: { $0.appearance.hasSuffix("picture") }) {
            advice += " Convert pictures to PNG, which loses nothing."
        }
        if kinds.contains(where: { $0.appearance == FileKind.dicom }) {
            advice += " `fundusd unpack` takes the photograph out of a DICOM object."
        }
        return advice
    }

    /// What is said of a picture in the labelled folder itself.
    static let beside = "a picture of no class"
}
