// SPDX-License-Identifier: Apache-2.0
package import FundusImage
package import LabelledData
package import LinuxIO
package import SystemPackage

/// The images of a labelled folder as they come in: decoded, known by content, each content once.
package struct LabelledCollection: ~Copyable {
    /// What became of an image.
    package enum Addition: Sendable, Equatable {
        case added
        /// Its content is there already, in the same class or in one that says less.
        case copy(of: String)
        /// Its content is there already, in another class: neither can be trusted.
        case contradiction(with: String)
    }

    private struct Member {
        let image: LabelledImage
        let picture: Int
    }

    private var pictures: PictureFile
    private var members: [String: Member] = [:]
    private var contradictory: Set<String> = []

    /// - Parameters:
    ///   - folder: where decoded pictures are kept, in a file without a name.
    ///   - side: pixels of the pictures, width and height.
    package init(in folder: FilePath, side: Int) throws(SystemFailure) {
        pictures = try PictureFile(in: folder, width: side, height: side)
    }

    /// Takes in an image.
    ///
    /// - Parameters:
    ///   - path: below the labelled folder, for people.
    ///   - sha256: of the file's content.
    ///   - picture: of the collection's side.
    /// - Throws: where the picture can't be kept on the disk.
    package mutating func add(
        path: String, label: ImageLabel, sha256: String, person: String?, source: String? = nil, picture: RGBPicture
    ) throws(SystemFailure) -> Addition {
        func image(_ label: ImageLabel) -> LabelledImage {
            LabelledImage(
                path: path, label: label, sha256: sha256, person: person, source: source, look: PictureLook(picture))
        }
        guard let present = members[sha256] else {
            members[sha256] = Member(image: image(label), picture: try pictures.append(picture))
            return .added
        }
        guard let joined = present.image.label.joined(with: label) else {
            contradictory.insert(sha256)
            return .contradiction(with: present.image.path)
        }
        if joined != present.image.label { members[sha256] = Member(image: image(joined), picture: present.picture) }
        return .copy(of: present.image.path)
    }

    /// The images that can be used, in the order of their contents' hashes.
    package var images: [LabelledImage] { usable.map(\.image) }

    private var usable: [Member] {
        members.values.filter { !contradictory.contains($0.image.sha256) }.sorted { $0.image.sha256 < $1.image.sha256 }
    }

    /// The images of a class that can be used.
    package func count(_ label: ImageLabel) -> Int { images.count { $0.label == label } }

    /// How to divide a collection.
    package struct Division: Sendable {
        /// The share of groups who only measure, 0…1.
        package var holdoutFraction: Double
        /// Of the groups that are not held out; decides which epoch is kept.
        package var validationFraction: Double
        package var seed: UInt64
        /// Whether images count of which only that is known whether they are gradable.
        package var learnsGradability: Bool
        /// Sides of contents in earlier divisions.
        package var earlier: [String: HoldoutSplit.Side]
        /// Sides that contents are for which are in no earlier division.
        package var preferred: [String: HoldoutSplit.Side]

        package init(
            holdoutFraction: Double, validationFraction: Double, seed: UInt64, learnsGradability: Bool = false,
            earlier: [String: HoldoutSplit.Side] = [:], preferred: [String: HoldoutSplit.Side] = [:]
        ) {
            self.holdoutFraction = holdoutFraction
            self.validationFraction = validationFraction
            self.seed = seed
            self.learnsGradability = learnsGradability
            self.earlier = earlier
            self.preferred = preferred
        }
    }

    /// Who trains and who measures, and what a person should know of it.
    package struct Divided {
        package let images: TrainingImages
        package let manifest: ImageManifest
        package let grouping: ImageGrouping
    }

    /// Divides the images by group; their order, and so all that follows, is that of their contents' hashes.
    package consuming func divided(_ division: Division) -> Divided {
        let usable = usable.filter { division.learnsGradability || $0.image.label.isDisease != nil }
        let images = usable.map(\.image)
        let grouping = ImageGrouping(images)
        let split = HoldoutSplit(
            images, grouping, fraction: division.holdoutFraction, seed: division.seed, earlier: division.earlier,
            preferred: division.preferred)
        // Drawn independently of the first: other bits of chance for the same groups.
        let inner = HoldoutSplit(
            images, grouping, fraction: division.validationFraction, seed: division.seed &+ 0x9E37_79B9_7F4A_7C15)
        func examples(_ side: HoldoutSplit.Side, decidingWhenToEnd: Bool?) -> [TrainingImages.Example] {
            usable.indices.filter { place in
                split.sides[place] == side
                    && decidingWhenToEnd.map { $0 == (inner.sides[place] == .holdout) } ?? true
            }.map {
                TrainingImages.Example(
                    picture: usable[$0].picture, label: images[$0].label, group: grouping.groups[$0],
                    source: images[$0].source)
            }
        }
        let rows = images.indices.map {
            ImageManifest.Row(
                sha256: images[$0].sha256, label: images[$0].label, side: split.sides[$0],
                group: grouping.groups[$0], path: images[$0].path, source: images[$0].source)
        }
        return Divided(
            images: TrainingImages(
                pictures: pictures, training: examples(.training, decidingWhenToEnd: false),
                validation: examples(.training, decidingWhenToEnd: true),
                holdout: examples(.holdout, decidingWhenToEnd: nil)),
            manifest: ImageManifest(rows), grouping: grouping)
    }
}
