// SPDX-License-Identifier: Apache-2.0
internal import Hashing

/// Who trains and who measures; decided by group, from contents and a seed, so that a larger folder splits as it did before.
package struct HoldoutSplit: Sendable, Equatable {
    /// What an image is for.
    package enum Side: String, Codable, Sendable {
        case training
        case holdout
        /// In no part: its group has been on both sides before, through an image that came later and linked them.
        case setAside = "set-aside"
    }

    /// The side of each image.
    package let sides: [Side]

    /// - Parameters:
    ///   - fraction: the share of groups to hold out, 0…1; 0 trains on all.
    ///   - earlier: sides of contents in earlier splits. What was held out once never trains; what trained never measures.
    ///   - preferred: sides that contents new to all splits are for. Of a group that has both, the hold-out has it: pictures
    ///     drawn by chance measure without bias, and those that were chosen for being hard do not.
    package init(
        _ images: [LabelledImage], _ grouping: ImageGrouping, fraction: Double, seed: UInt64,
        earlier: [String: Side] = [:], preferred: [String: Side] = [:]
    ) {
        precondition(0...1 ~= fraction, "a share is 0…1")
        var members = [[Int]](repeating: [], count: grouping.groupCount)
        for (place, group) in grouping.groups.enumerated() { members[group].append(place) }
        var sides = [Side](repeating: .training, count: images.count)
        for group in members {
            let known = group.map { earlier[images[$0].sha256] }
            let decided =
                Self.side(known) ?? Self.preferred(group.map { preferred[images[$0].sha256] })
                ?? Self.drawn(group.map { images[$0] }, fraction, seed)
            for (place, before) in zip(group, known) {
                // Of a group that was on both sides, what trained goes on training: the network has seen it anyhow.
                sides[place] = decided == .setAside && before == .training ? .training : decided
            }
        }
        self.sides = sides
    }

    /// The side that a group's images had before; nil where none was seen yet.
    private static func side(_ known: [Side?]) -> Side? {
        let seen = Set(known.compactMap(\.self))
        if seen.isEmpty { return nil }
        return seen.count == 1 ? seen.first : .setAside
    }

    /// The side that a group's images are for; nil where nobody said.
    private static func preferred(_ sides: [Side?]) -> Side? {
        [Side.holdout, .training].first { sides.contains($0) }
    }

    /// By a hash of the group's name and the seed, as good as a die.
    private static func drawn(_ group: [LabelledImage], _ fraction: Double, _ seed: UInt64) -> Side {
        let people = group.compactMap(\.person)
        guard let key = people.min() ?? group.map(\.sha256).min() else { return .training }
        let digest = SHA256.hash(Array("fundusd.holdout/1\n\(seed)\n\(key)".utf8))
        // 53 bits are what a Double holds.
        let number = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 11
        return Double(number) * 0x1p-53 < fraction ? .holdout : .training
    }
}
