// SPDX-License-Identifier: Apache-2.0
// What comes in: a seed and the path of the real program.
// What goes out: what was done to it, and every verdict that is lost, doubled, torn, early or wrong.
// Called by `fundusd-fixtures crash-runs` (`make crash-runs`); never installed.

internal import CFaults
internal import Fixtures
internal import FundusImage
internal import Hashing

/// A file's content, unlike any other, with what must be said of it.
package struct Specimen: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable { case eye, dark, truncated, text, poison }

    package let kind: Kind
    package let bytes: [UInt8]
    package let sha256: String

    /// The outcomes that are right; none where there must be no verdict.
    package var outcomes: Set<String> {
        switch kind {
        case .eye: ["disease", "normal"]
        case .dark: ["ungradable"]
        case .truncated, .text: ["rejected"]
        case .poison: []
        }
    }

    /// - Parameter number: makes it unlike all others.
    package init(_ kind: Kind, number: Int) {
        self.kind = kind
        let mark = "specimen \(number)"
        bytes =
            switch kind {
            case .eye: JPEGComment.adding(mark, to: Self.eyes[number % Self.eyes.count])
            case .dark: JPEGComment.adding(mark, to: Self.dark)
            case .truncated: Array(JPEGComment.adding(mark, to: Self.eyes[0]).prefix(3000 + number % 500))
            case .poison: JPEGComment.adding("\(mark) \(FAULTS_POISON)", to: Self.eyes[0])
            case .text: Array("\(mark) is no photograph".utf8)
            }
        sha256 = SHA256.hash(bytes).hexadecimal
    }

    private static let eyes = (1...4).map { SyntheticEye(seed: $0, width: 160, height: 160).jpeg() }
    private static let dark = SyntheticPictures.encode(SyntheticPictures.tooDark())
}
