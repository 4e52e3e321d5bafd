// SPDX-License-Identifier: Apache-2.0
internal import FundusImage
internal import LabelledData
internal import LinuxIO
internal import SystemPackage
internal import Verdict

/// Reads and decodes every image of a labelled folder for training, on another thread than the one that keeps them.
struct LabelledIntake: Sendable {
    /// What was left out, and why, one sentence each.
    struct Remarks {
        var skipped: [String] = []
        var copies = 0
    }

    let folder: LabelledFolder
    let reader: NamedImageReader
    let preprocessing: Preprocessing
    let maximumPixels: Int
    /// Whether images that would get no verdict are learned from.
    let takesUngradable: Bool
    let groups: ImageGroups?
    let persons: PersonPattern

    /// A bad file is noted and left out; only a fault of the machine ends it.
    func collect(into collection: inout LabelledCollection, afterEach: () throws -> Void) throws -> Remarks {
        let (entries, intake) = (folder.entries, self)
        let pictures = DecodeAhead(count: entries.count) { place in try intake.read(entries[place]) }
        defer { pictures.abandon() }
        var remarks = Remarks()
        for entry in entries {
            guard let found = try pictures.next() else { break }
            let name = ImageName(entry.path).description
            switch found {
            case .unusable(let reason): remarks.skipped.append("\(name) is skipped: \(reason)")
            case .picture(let picture, let sha256):
                let addition = try collection.add(
                    path: name, label: entry.label, sha256: sha256, person: person(entry), source: source(entry),
                    picture: picture)
                Self.note(addition, of: name, in: &remarks)
            }
            try afterEach()
        }
        return remarks
    }

    private enum Found: Sendable {
        case unusable(reason: String)
        case picture(RGBPicture, sha256: String)
    }

    private func read(_ entry: LabelledFolder.Entry) throws -> Found {
        let content: LabelledFolder.Content
        do throws(SystemFailure) {
            content = try folder.read(entry, by: reader)
        } catch {
            throw Refusal(.inputOutput, error.description)
        }
        switch content {
        case .unusable(let reason): return .unusable(reason: reason)
        case .image(let image): return try decode(image, entry)
        }
    }

    private func decode(_ content: ImageContent, _ entry: LabelledFolder.Entry) throws -> Found {
        guard let bytes = content.bytes else {
            return .unusable(reason: "too-large: it has \(content.byteCount) bytes")
        }
        do throws(DecodeFailure) {
            let photographs = PhotographDecoder(.jpegAndPNG, maximumPixels: maximumPixels)
            let image = try photographs.decode(bytes, as: preprocessing)
            let quality = QualityGrader.grade(image)
            // It would get no verdict: the network need not know such pictures, and must not learn a class from them.
            // Where a person has said whether a picture is gradable, that is what is learned.
            guard quality.gradable || takesUngradable || entry.label.isDisease == nil else {
                return .unusable(reason: quality.reasons.map { "\($0.code): \($0.message)" }.joined(separator: " "))
            }
            return .picture(image.picture, sha256: content.sha256)
        } catch {
            if error.isMachineFault {
                throw Refusal(.inputOutput, "\(folder.root.pushing(entry.path)): \(error.message)")
            }
            return .unusable(reason: "\(error.code): \(error.message)")
        }
    }

    private func person(_ entry: LabelledFolder.Entry) -> String? {
        groups?[entry.path]?.group ?? entry.path.lastComponent.flatMap { persons.person(in: $0.string) }
    }

    /// As the table says, else the first folder below the class.
    private func source(_ entry: LabelledFolder.Entry) -> String? {
        let folders = entry.path.components.dropFirst().dropLast()
        return groups?[entry.path]?.source
            ?? folders.first.map { ImageName(FilePath(root: nil, components: $0)).description }
    }

    private static func note(_ addition: LabelledCollection.Addition, of name: String, in remarks: inout Remarks) {
        switch addition {
        case .added: break
        case .copy: remarks.copies += 1
        case .contradiction(let other):
            remarks.skipped.append(
                "\(name) and \(other) are the same file in both classes: both are left out; remove the wrong one")
        }
    }
}
