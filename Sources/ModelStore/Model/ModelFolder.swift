// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import LinuxIO
package import SystemPackage

/// One model on disk: `model.safetensors`, `model.json`, `card.md`.
package struct ModelFolder: Sendable {
    package static let weightsName = "model.safetensors"
    package static let recordName = "model.json"
    package static let cardName = "card.md"

    package let path: FilePath

    /// Opens nothing; whether a model is there shows when it is read.
    package init(_ path: FilePath) { self.path = path }

    package var weightsPath: FilePath { path.appending(Self.weightsName) }
    package var recordPath: FilePath { path.appending(Self.recordName) }

    /// Reads and checks model.json; the weights stay where they are.
    package func record() throws(ModelFailure) -> ModelRecord {
        let source = try open(recordPath)
        guard source.count <= ModelRecord.largestFile else {
            throw ModelFailure(
                .damaged, recordPath.string, "has \(source.count) bytes", remedy: "import or train the model again")
        }
        return try ModelRecord.parse(try source.bytes(at: 0, count: source.count), path: recordPath.string)
    }

    /// The same; nil where no folder is there.
    func recordIfThere() throws(ModelFailure) -> ModelRecord? {
        try Self.isFolder(path) ? try record() : nil
    }

    /// A file that lies in the folder beside the model's own; nil where there is none of this name.
    package func attachment(_ name: String) throws(ModelFailure) -> [UInt8]? {
        do throws(ModelFailure) {
            let source = try ByteSource(opening: path.appending(name))
            guard source.count <= ModelAttachment.largestFile else {
                throw ModelFailure(
                    .damaged, source.path, "has \(source.count) bytes", remedy: "look at it")
            }
            return try source.bytes(at: 0, count: source.count)
        } catch let error where error.code == .missing {
            return nil
        }
    }

    /// Of the files that a start reads; another content shows here.
    package var signatures: [FileSignature?] {
        get throws(ModelFailure) {
            let files = [recordPath, weightsPath, path.appending(Quantization.fileName)]
            var signatures: [FileSignature?] = []
            for file in files { signatures.append(try Self.signature(of: file)) }
            return signatures
        }
    }

    /// Nil where nothing has this name.
    static func signature(of path: FilePath) throws(ModelFailure) -> FileSignature? {
        do throws(SystemFailure) {
            return try FileStatus.ofEntry(path)?.signature
        } catch {
            throw ModelFailure(error)
        }
    }

    /// Whether a folder is there, or a link that leads to one.
    package static func isFolder(_ path: FilePath) throws(ModelFailure) -> Bool {
        do throws(SystemFailure) {
            return try FileStatus.at(path)?.kind == .folder
        } catch {
            throw ModelFailure(error)
        }
    }

    /// Opens one of the model's files; a missing one means a half-written folder, a missing folder no model.
    func open(_ file: FilePath) throws(ModelFailure) -> ByteSource {
        do throws(ModelFailure) {
            return try ByteSource(opening: file)
        } catch let error where error.code == .missing {
            guard try Self.isFolder(path) else {
                throw ModelFailure(
                    .missing, path.string, "is no model folder",
                    remedy: "see `fundusd model list`, or import one: `fundusd model import FILE`")
            }
            if try isUnpackedCheckpoint() {
                throw ModelFailure(
                    .refused, path.string, "is a .pth that was unpacked",
                    remedy:
                        "import the .pth file itself; if only the folder is left, pack it again: zip -0 -r model.pth FOLDER"
                )
            }
            throw ModelFailure(
                .incomplete, file.string, "is missing, so this is no whole model",
                remedy: "import it from another copy, or train it again under another name")
        }
    }

    /// Whether this is what unzipping a checkpoint of PyTorch's leaves: `data.pkl`, here or in a folder below.
    private func isUnpackedCheckpoint() throws(ModelFailure) -> Bool {
        do throws(SystemFailure) {
            let folder = try Folder(path)
            let places = try folder.entries().filter { $0.status.kind == .folder }
                .map { FilePath(root: nil, components: $0.name) }
            for place in places + [FilePath()] where try folder.statusIfThere(place.appending("data.pkl")) != nil {
                return true
            }
            return false
        } catch {
            throw ModelFailure(error)
        }
    }

    /// Removes the folder and what it holds; it holds files only.
    func remove() throws(SystemFailure) {
        for name in try Folder(path).names() { try AtomicFile.remove(path.appending(name)) }
        try FolderLinks.removeEmptyFolder(path)
    }
}
