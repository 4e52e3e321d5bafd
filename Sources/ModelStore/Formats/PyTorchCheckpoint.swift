// SPDX-License-Identifier: Apache-2.0
/// What `torch.save` wrote: a state dictionary, alone or inside a checkpoint. Read without executing anything.
package struct PyTorchCheckpoint: Sendable {
    private enum Container: Sendable {
        /// With the archive's one folder and its slash.
        case zip(ZipArchive, root: String)
        case legacy(LegacyCheckpoint)
    }

    private let path: String
    private let container: Container
    private let tensors: [String: PickledTensor]
    private let shared: SharedStorages

    /// Reads the file's index; tensors are read where they are asked for.
    ///
    /// - Throws: where it is no such file, or asks for anything but tensors.
    package init(_ source: ByteSource) throws(ModelFailure) {
        path = source.path
        let (container, tensors) = try Self.read(source)
        self.container = container
        self.tensors = tensors
        shared = SharedStorages(of: tensors.values)
    }

    private static func read(
        _ source: ByteSource
    ) throws(ModelFailure) -> (container: Container, tensors: [String: PickledTensor]) {
        if try LegacyCheckpoint.isOne(source) {
            let checkpoint = try LegacyCheckpoint(source)
            return (.legacy(checkpoint), checkpoint.tensors)
        }
        let archive = try ZipArchive(source)
        let root = try root(of: archive)
        if archive.members[root + "byteorder"] != nil {
            let order = try archive.bytes(root + "byteorder", limit: 16)
            guard String(decoding: order, as: UTF8.self) == "little" else {
                throw ModelFailure(
                    .unsupported, source.path, "was saved on a big-endian machine",
                    remedy: "load it in PyTorch on an ordinary machine and save it again")
            }
        }
        let program = try archive.bytes(root + "data.pkl", limit: PickleMachine.largestPickle)
        var machine = PickleMachine(program, path: source.path)
        let top = try machine.run()
        return (.zip(archive, root: root), try StateDictionary.tensors(in: top, machine))
    }

    private func bytes(of storage: PickledStorage) throws(ModelFailure) -> [UInt8] {
        switch container {
        case .zip(let archive, let root): try archive.bytes("\(root)data/\(storage.key)", limit: archive.source.count)
        case .legacy(let checkpoint): try checkpoint.bytes(storage.key)
        }
    }

    package var shapes: [String: [Int]] { tensors.mapValues(\.shape) }

    /// A tensor's values in row-major order.
    package func floats(_ name: String) throws(ModelFailure) -> [Float] {
        guard let tensor = tensors[name] else {
            throw ModelFailure(.mismatch, path, tensor: name, "is not in the file", remedy: "import a complete file")
        }
        let storage = tensor.storage
        let bytes = try shared.bytes(of: storage.key) { () throws(ModelFailure) in
            try self.bytes(of: storage)
        }
        guard bytes.count == storage.byteCount else {
            throw ModelFailure(
                .damaged, path, tensor: name, "has \(bytes.count) bytes for \(storage.count) values",
                remedy: "the file is damaged: save it again")
        }
        guard let values = storage.type.floats(tensor.bytes(of: bytes)) else {
            throw ModelFailure(
                .unsupported, path, tensor: name, "holds \(storage.type.rawValue), which is no weight's type",
                remedy: "save the weights as float32, float16 or bfloat16")
        }
        return values
    }

    /// The folder that holds `data.pkl`; exactly one.
    private static func root(of archive: ZipArchive) throws(ModelFailure) -> String {
        let names = archive.members.keys
        if names.contains(where: { $0.hasSuffix("/constants.pkl") }) {
            throw ModelFailure(
                .unsupported, archive.source.path, "is a TorchScript program, not a state_dict",
                remedy: "save the weights: torch.save(model.state_dict(), path)")
        }
        let roots = names.filter { $0.hasSuffix("/data.pkl") }.map { String($0.dropLast("data.pkl".count)) }
        guard roots.count == 1 else {
            throw ModelFailure(
                .unsupported, archive.source.path, "is a zip archive but not one that torch.save wrote",
                remedy: "save the weights: torch.save(model.state_dict(), path)")
        }
        return roots[0]
    }
}
