// SPDX-License-Identifier: Apache-2.0
/// What `torch.save` wrote before PyTorch 1.6: pickles one after the other, then the storages, all without check sums.
///
/// `_legacy_save` in torch/serialization.py: a magic number, a version, facts of the machine, the object, the keys of its
/// storages; then each storage as its number of elements (64 bits) and its bytes.
struct LegacyCheckpoint: Sendable {
    /// The pickles of the magic number 0x1950a86a20f9469cfc6c and of the version 1001.
    private static let start: [UInt8] = [
        0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E, 0x80, 2, 0x4D, 0xE9, 3,
        0x2E,
    ]

    let tensors: [String: PickledTensor]
    private let source: ByteSource
    /// Where the bytes of each storage lie in the file.
    private let ranges: [String: Range<Int>]

    static func isOne(_ source: ByteSource) throws(ModelFailure) -> Bool {
        try source.bytes(at: 0, count: min(start.count, source.count)) == start
    }

    init(_ source: ByteSource) throws(ModelFailure) {
        let pickles = try source.bytes(at: 0, count: min(source.count, PickleMachine.largestPickle))
        var facts = PickleMachine(pickles, path: source.path, from: Self.start.count)
        _ = try facts.run()
        var object = PickleMachine(pickles, path: source.path, from: facts.place)
        tensors = try StateDictionary.tensors(in: try object.run(), object)
        var keys = PickleMachine(pickles, path: source.path, from: object.place)
        guard case .list(let handle) = try keys.run() else { throw keys.damaged("names no storages") }
        var storages: [String: PickledStorage] = [:]
        for storage in object.storages { storages[storage.key] = storage }
        var ranges: [String: Range<Int>] = [:]
        var place = keys.place
        for case .string(let key) in keys.lists[handle] {
            guard let storage = storages[key], ranges[key] == nil else {
                throw keys.damaged("names a storage it has not")
            }
            ranges[key] = try Self.range(of: storage, at: place, in: source)
            place = ranges[key]?.upperBound ?? place
        }
        self.source = source
        self.ranges = ranges
    }

    private static func range(
        of storage: PickledStorage, at place: Int, in source: ByteSource
    ) throws(ModelFailure) -> Range<Int> {
        let count = LittleEndian(try source.bytes(at: place, count: 8))[0, 8]
        guard count == storage.count, let bytes = storage.byteCount, bytes <= source.count - place - 8 else {
            throw ModelFailure(
                .damaged, source.path, "has no \(storage.count) values of the storage \(storage.key) at byte \(place)",
                remedy: "the file is truncated or damaged: copy or save it again")
        }
        return place + 8..<place + 8 + bytes
    }

    /// A storage's bytes.
    func bytes(_ key: String) throws(ModelFailure) -> [UInt8] {
        guard let range = ranges[key] else {
            throw ModelFailure(
                .damaged, source.path, "holds no storage \(key)", remedy: "the file is damaged: save it again")
        }
        return try source.bytes(at: range.lowerBound, count: range.count)
    }
}
