// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
internal import Glibc
internal import LinuxIO
package import SystemPackage

extension ModelFolder {
    /// Makes a model's folder at exactly this path, whole or not at all; folders above it are made.
    ///
    /// - Parameter date: goes into the id and the record; the clock is the caller's.
    /// - Throws: where something lies there already, too.
    @discardableResult
    package static func create(
        _ model: NewModel, at path: FilePath, date: Date
    ) throws(ModelFailure) -> ModelRecord {
        try requireVacant(path)
        let finished = try model.finished(date: date, path: path.string)
        try finished.write(to: ModelFolder(path))
        return finished.record
    }

    /// Refuses a path at which no model can be made, so that nobody trains for hours to learn it.
    package static func requireVacant(_ path: FilePath) throws(ModelFailure) {
        guard let name = path.lastComponent, name.kind == .regular else {
            throw ModelFailure(.refused, path.string, "is no name for a folder", remedy: "name a folder to be made")
        }
        guard try signature(of: path) != nil else { return }
        throw ModelFailure(
            .refused, path.string, "is there already", remedy: "name a folder that does not exist yet")
    }

    /// Fills a folder under a name that no reader looks at, then renames it to this one.
    ///
    /// After a crash there is the whole model or none. A rename never replaces a folder that holds something, nor a file
    /// (`man 2 rename`, ENOTEMPTY, ENOTDIR). See `man 2 fsync`.
    ///
    /// - Parameter appear: moves the filled folder here, and does what must be done in the same moment.
    func publish(
        _ fill: (ModelFolder) throws(ModelFailure) -> Void, appear: (ModelFolder) throws(ModelFailure) -> Void
    ) throws(ModelFailure) {
        let name = path.lastComponent?.string ?? ""
        let half = ModelFolder(
            path.removingLastComponent().appending(".\(name).\(UInt64.random(in: 0 ... .max))\(Self.partialSuffix)"))
        do throws(ModelFailure) {
            try Self.calling { () throws(SystemFailure) in try AtomicFile.makeFolder(half.path) }
            try fill(half)
            try appear(half)
        } catch {
            try? half.remove()
            throw error
        }
    }

    /// Takes another name, durably.
    func move(to place: ModelFolder) throws(ModelFailure) {
        try Self.calling { () throws(SystemFailure) in
            try AtomicFile.rename(path, to: place.path)
            try AtomicFile.synchronizeFolder(of: place.path)
        }
    }

    /// What the name of a folder ends in that is not whole yet.
    static let partialSuffix = ".partial"

    static func calling(_ body: () throws(SystemFailure) -> Void) throws(ModelFailure) {
        do throws(SystemFailure) {
            try body()
        } catch {
            throw ModelFailure(error)
        }
    }

    /// Takes over every file of another model's folder but the packed weights, which fit that folder only.
    func copyFiles(of other: ModelFolder) throws(SystemFailure) {
        for (name, status) in try Folder(other.path).entries() where status.kind == .regular {
            if name.string.hasPrefix(".") || PackedWeightsFile.isName(name.string) { continue }
            try AtomicFile.copy(other.path.appending(name), to: path.appending(name))
        }
        try AtomicFile.synchronizeFolder(of: weightsPath)
    }
}

extension NewModel.Finished {
    /// Publishes the model with all that belongs to it.
    func write(to folder: ModelFolder) throws(ModelFailure) {
        try folder.publish { half throws(ModelFailure) in
            try ModelFolder.calling { () throws(SystemFailure) in try writeFiles(to: half) }
        } appear: { half throws(ModelFailure) in
            try half.move(to: folder)
        }
    }

    func writeFiles(to folder: ModelFolder) throws(SystemFailure) {
        try AtomicFile.write(weights, to: folder.weightsPath)
        for attachment in attachments {
            try AtomicFile.write(attachment.bytes, to: folder.path.appending(attachment.name))
        }
        try AtomicFile.write(Array(ModelCard.text(record).utf8), to: folder.path.appending(ModelFolder.cardName))
        try AtomicFile.write(record.json(), to: folder.recordPath)
        // A rename of the folder leaves the files' own times alone, which the packed weights go by.
        let source = try Descriptor.open(folder.weightsPath, O_RDONLY).status().signature
        if record.role == .judge { _ = folder.keepPackedWeights(of: network, record, from: source) }
    }
}
