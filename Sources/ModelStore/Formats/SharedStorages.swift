// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// The bytes of storages that several tensors are views of, each read once and kept; the others pass through.
///
/// Together they have at most as many bytes as the file.
final class SharedStorages: Sendable {
    private let shared: Set<String>
    private let kept = Mutex<[String: [UInt8]]>([:])

    init(of tensors: some Sequence<PickledTensor>) {
        var seen: Set<String> = []
        shared = Set(tensors.map(\.storage.key).filter { !seen.insert($0).inserted })
    }

    func bytes(of key: String, read: () throws(ModelFailure) -> [UInt8]) throws(ModelFailure) -> [UInt8] {
        guard shared.contains(key) else { return try read() }
        if let bytes = kept.withLock({ $0[key] }) { return bytes }
        let bytes = try read()
        kept.withLock { $0[key] = bytes }
        return bytes
    }
}
