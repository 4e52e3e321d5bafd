// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import Ledger
internal import LinuxIO
internal import Review
internal import SystemPackage
internal import Verdict

/// Where contents lie, of those that somebody was asked about.
struct PictureSightings {
    struct Sighting {
        /// Below the folder that was looked through.
        let path: FilePath
        let signature: FileSignature
        let owner: UInt32
    }

    /// By SHA-256, in the folders of the classes.
    var labelled: [String: [GivenLabel: Sighting]] = [:]
    /// By SHA-256, in the review folder.
    var waiting: [String: [Sighting]] = [:]
    /// Files that may be such a picture and can't be read.
    var faults: [String] = []

    /// Whether it lies anywhere.
    func contains(_ content: Ledger.Reviewed) -> Bool {
        labelled[content.sha256] != nil || waiting[content.sha256] != nil
    }
}

/// Knows files by content without reading all: only one of the right length can be it, and each is read once.
struct PictureFinder {
    /// By signature; a file that was written since has another.
    private var hashes: [FileSignature: String] = [:]
    private var seen: Set<FileSignature> = []

    /// Looks through the review folder first: a picture that is moved meanwhile is then seen twice, not missed.
    mutating func look(
        for contents: [Ledger.Reviewed], labelled: FilePath, review: FilePath
    ) throws(SystemFailure) -> PictureSightings {
        let lengths = Set(contents.map(\.bytes))
        let wanted = Set(contents.map(\.sha256))
        var sightings = PictureSightings()
        seen = []
        for (sha256, sighting) in try find(below: review, "", lengths, &sightings.faults) where wanted.contains(sha256)
        {
            sightings.waiting[sha256, default: []].append(sighting)
        }
        for label in GivenLabel.allCases {
            let found = try find(below: labelled, FilePath(label.rawValue), lengths, &sightings.faults)
            for (sha256, sighting) in found where wanted.contains(sha256) {
                sightings.labelled[sha256, default: [:]][label] = sighting
            }
        }
        hashes = hashes.filter { seen.contains($0.key) }
        return sightings
    }

    private mutating func find(
        below root: FilePath, _ part: FilePath, _ lengths: Set<Int>, _ faults: inout [String]
    ) throws(SystemFailure) -> [(sha256: String, sighting: PictureSightings.Sighting)] {
        var found: [(sha256: String, sighting: PictureSightings.Sighting)] = []
        do throws(SystemFailure) {
            let folder = try Folder(root).subfolder(part)
            for (path, status) in try folder.tree()
            where status.kind == .regular && lengths.contains(status.signature.bytes) {
                seen.insert(status.signature)
                guard let hash = try hash(of: path, status.signature, in: folder, &faults) else { continue }
                let sighting = PictureSightings.Sighting(
                    path: part.pushing(path), signature: status.signature, owner: status.owner)
                found.append((hash, sighting))
            }
        } catch let error where error.isAbsence {
            // No such folder yet: nothing lies in it.
            return []
        }
        return found
    }

    private mutating func hash(
        of path: FilePath, _ signature: FileSignature, in folder: borrowing Folder, _ faults: inout [String]
    ) throws(SystemFailure) -> String? {
        if let known = hashes[signature] { return known }
        do throws(SystemFailure) {
            let file = try folder.openFile(path)
            let hash = try ImageContent.read(file, maximumBytes: 0).sha256
            // Still the file that was listed, and not written meanwhile.
            guard try file.status().signature == signature else { return nil }
            hashes[signature] = hash
            return hash
        } catch let error where error.isGone || error.code == .resourceTemporarilyUnavailable {
            return nil
        } catch let error where error.code == .permissionDenied || error.isRefusedName {
            faults.append(error.description)
            return nil
        }
    }
}
