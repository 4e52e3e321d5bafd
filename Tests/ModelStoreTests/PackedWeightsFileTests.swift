// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
import LinuxIO
import ResNet
import SystemPackage
import TensorMath
import Testing

@testable import ModelStore

/// The packed weights beside a model: used when they are right, never judged by when they are not.
@Suite(.serialized) struct PackedWeightsFileTests {
    private let state = TemporaryFolder()
    private let folder: ModelFolder
    private let record: ModelRecord

    init() throws {
        let store = ModelStore(root: state.path)
        record = try store.importModel(
            from: GoldenCheckpoints.path("narrow.pth"), meaning: .positive(.normal),
            date: Date(timeIntervalSince1970: 0))
        folder = store.folder(record.id)
    }

    private var path: FilePath { path(.float32) }

    private func path(_ precision: Precision) -> FilePath {
        folder.path.appending(PackedWeightsFile.name(of: record.form(precision)))
    }

    private static func bytes(_ path: FilePath) throws -> [UInt8] {
        let source = try ByteSource(opening: path)
        return try source.bytes(at: 0, count: source.count)
    }

    private func isUsed(_ precision: Precision = .float32) throws -> Bool {
        try folder.keptNetwork(record, record.form(precision), folder.open(folder.weightsPath)) != nil
    }

    private static func logit(_ model: LoadedModel) -> Float {
        let input = SeededInput.values(name: "eye", seed: 1, height: 224, width: 224)
        return model.logits(of: input)[0]
    }

    @Test(arguments: Precision.floating) func `the same bits with and without them`(_ precision: Precision) throws {
        let path = path(precision)
        try? AtomicFile.remove(path)
        #expect(try !isUsed(precision))
        let without = try LoadedModel(folder, precision: precision)
        #expect(without.keepPackedWeights() == .renewed(.missing))
        #expect(try isUsed(precision))
        let with = try LoadedModel(folder, precision: precision)
        #expect(with.keepPackedWeights() == .inOrder)
        #expect(Self.logit(with).bitPattern == Self.logit(without).bitPattern)
    }

    @Test func `loading writes nothing`() throws {
        try AtomicFile.remove(path)
        let before = try Folder(folder.path).descriptor.status()
        _ = try LoadedModel(folder)
        #expect(try Folder(folder.path).descriptor.status() == before)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: PackedWeightsFault
        let damage: @Sendable (FilePath) throws -> Void
    }

    private static func bytes(
        _ name: String, _ fault: PackedWeightsFault, _ change: @escaping @Sendable (inout [UInt8]) -> Void
    ) -> Case {
        Case(testDescription: name, fault: fault) { path in
            var bytes = try bytes(path)
            change(&bytes)
            try AtomicFile.write(bytes, to: path)
        }
    }

    private static func header(
        _ name: String, _ fault: PackedWeightsFault,
        _ change: @escaping @Sendable (inout PackedWeightsFile.Header) -> Void
    ) -> Case {
        Case(testDescription: "header: \(name)", fault: fault) { try edit($0, change) }
    }

    private static func edit(_ path: FilePath, _ change: (inout PackedWeightsFile.Header) -> Void) throws {
        let bytes = try bytes(path)
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        var header = try JSONDecoder().decode(PackedWeightsFile.Header.self, from: Data(line))
        change(&header)
        try AtomicFile.write(PackedWeightsFile.page(header) + bytes[PackedWeightsFile.headerBytes...], to: path)
    }

    private static let noHeader = PackedWeightsFault.damaged("its first page is no header")
    private static let otherLength = PackedWeightsFault.damaged(
        "it can't be mapped, or has another length than it says")
    private static let wrongSum = PackedWeightsFault.damaged("its checksum is wrong")
    private static let sameWeights = PackedWeightsFault.stale("another file of the same weights")

    static let unusable: [Case] = [
        Case(testDescription: "missing", fault: .missing) { try AtomicFile.remove($0) },
        Case(testDescription: "a link", fault: .unreadable("Too many levels of symbolic links")) { path in
            let other = path.removingLastComponent().appending("elsewhere")
            try AtomicFile.rename(path, to: other)
            #expect(symlink(other.string, path.string) == 0)
        },
        Case(testDescription: "a FIFO", fault: noHeader) { path in
            try AtomicFile.remove(path)
            #expect(mkfifo(path.string, 0o600) == 0)
        },
        bytes("empty", noHeader) { $0 = [] },
        bytes("half a header", noHeader) { $0 = Array($0[..<2048]) },
        bytes("zeros for a header", noHeader) { bytes in for place in 0..<4096 { bytes[place] = 0 } },
        bytes("a word too short", otherLength) { $0.removeLast(4) },
        bytes("half", otherLength) { $0.removeLast($0.count / 2) },
        bytes("longer", otherLength) { $0 += [UInt8](repeating: 0, count: 64) },
        bytes("first byte of the weights", wrongSum) { $0[4096] ^= 1 },
        bytes("a byte in the middle", wrongSum) { $0[4096 + ($0.count - 4096) / 2] ^= 0x80 },
        bytes("last byte", wrongSum) { $0[$0.count - 1] ^= 1 },
        bytes("two words changed places", wrongSum) { bytes in
            for place in 4096..<4100 { bytes.swapAt(place, place + 64 * 40) }
        },
        header("schema", .stale("another version of the program")) { $0.schema = "fundusd.packed-weights/9" },
        header("byte order", .stale("a machine of another kind")) { $0.byteOrder = "big" },
        header("packing", .stale("another way to compute")) { $0.packing = "0" + $0.packing.dropFirst() },
        header("SHA-256", .stale("other weights")) { $0.sha256 = String($0.sha256.reversed()) },
        header("words", .stale("another way to compute")) { $0.words += 16 },
        header("words beyond memory", .stale("another way to compute")) { $0.words = .max },
        header("checksum", wrongSum) { $0.checksum = "0" },
    ]

    @Test(arguments: unusable) func `what is not in order is not used, and made anew`(_ broken: Case) throws {
        let intact = try Self.bytes(path)
        let expected = try Self.logit(LoadedModel(repacking: folder))
        try broken.damage(path)
        #expect(try !isUsed())
        let model = try LoadedModel(folder)
        #expect(Self.logit(model) == expected)
        #expect(model.keepPackedWeights() == .renewed(broken.fault))
        #expect(try Self.bytes(path) == intact)
        #expect(try isUsed())
    }

    /// The source's own marks only spare its hashing: where they differ it is hashed, and its weights are the same.
    static let otherMarks: [Case] = [
        header("source's size", sameWeights) { $0.source.bytes += 1 },
        header("source's inode", sameWeights) { $0.source.inode += 1 },
        header("source's time", sameWeights) { $0.source.modified += 1 },
        header("source's change time", sameWeights) { $0.source.changed += 1 },
        Case(testDescription: "a copy in the source's place", fault: sameWeights) { path in
            let source = ModelFolder(path.removingLastComponent()).weightsPath
            try AtomicFile.write(try bytes(source), to: source)
        },
    ]

    @Test(arguments: otherMarks) func `another file of the same weights is hashed`(_ other: Case) throws {
        try other.damage(path)
        #expect(try isUsed())
        #expect(try LoadedModel(folder).keepPackedWeights() == .renewed(other.fault))
        #expect(try LoadedModel(folder).keepPackedWeights() == .inOrder)
    }

    @Test func `replaced weights are noticed, although the packed ones are whole`() throws {
        var bytes = try Self.bytes(folder.weightsPath)
        bytes[bytes.count - 1] ^= 1
        try AtomicFile.write(bytes, to: folder.weightsPath)
        #expect {
            _ = try LoadedModel(folder)
        } throws: {
            ($0 as? ModelFailure)?.code == .damaged && "\($0)".contains("SHA-256")
        }
    }

    /// Whole, and by its header this model's: only the self-test can tell.
    @Test func `another's weights under this model's name fail the self-test`() throws {
        let expected = try Self.logit(LoadedModel(folder))
        let other = TemporaryFolder()
        let layout = record.layout
        let stranger = try ModelStore(root: other.path).publish(
            NewModel(parameters: SeededNetwork.parameters(layout: layout, seed: 99), positiveClass: .normal),
            date: Date(timeIntervalSince1970: 0))
        let marks = PackedWeightsFile.Header.Source(
            try #require(try folder.open(folder.weightsPath).signature))
        let theirs = ModelStore(root: other.path).folder(stranger.id).path.appending(
            PackedWeightsFile.name(of: record.form()))
        try AtomicFile.write(try Self.bytes(theirs), to: path)
        try Self.edit(path) {
            $0.sha256 = record.sha256
            $0.source = marks
        }
        #expect(try !isUsed())
        let model = try LoadedModel(folder)
        #expect(Self.logit(model) == expected)
        #expect(model.keepPackedWeights() == .renewed(.damaged("it differs")))
    }

    @Test func `where they can't be kept the model judges all the same`() throws {
        let expected = try Self.logit(LoadedModel(folder))
        try AtomicFile.remove(path)
        try AtomicFile.makeFolder(path)
        let model = try LoadedModel(folder)
        #expect(Self.logit(model) == expected)
        guard case .notKept(_, let reason) = model.keepPackedWeights() else {
            Issue.record("a folder was replaced by a file")
            return
        }
        #expect(reason.contains("rename"))
        #expect(try Folder(folder.path).names().count == 4)
    }

    @Test func `a folder without the right to write stays as it is`() throws {
        guard geteuid() != 0 else {
            print("skipped: root may write anywhere, so no folder is closed to this test")
            return
        }
        try AtomicFile.remove(path)
        #expect(chmod(folder.path.string, 0o500) == 0)
        defer { chmod(folder.path.string, 0o700) }
        guard case .notKept(.missing, let reason) = try LoadedModel(folder).keepPackedWeights() else {
            Issue.record("written without the right to")
            return
        }
        #expect(reason.contains("open"))
    }

    @Test func `what a killed writer left is cleared`() throws {
        try AtomicFile.remove(path)
        try AtomicFile.write([1, 2, 3], to: folder.path.appending(".fundusd-1.tmp"))
        #expect(try LoadedModel(folder).keepPackedWeights() == .renewed(.missing))
        #expect(try Folder(folder.path).names().map(\.string).allSatisfy { !$0.hasPrefix(".") })
    }

    @Test func `built by many at once they are whole`() async throws {
        let intact = try Self.bytes(path)
        try AtomicFile.remove(path)
        let folder = folder
        try await withThrowingTaskGroup { group in
            for _ in 0..<6 {
                group.addTask { for _ in 0..<3 { try LoadedModel(repacking: folder).keepPackedWeights() } }
            }
            try await group.waitForAll()
        }
        #expect(try Self.bytes(path) == intact)
        #expect(try Folder(folder.path).names().count == 4)
    }

    @Test func `verifying reads the weights themselves, and makes the packed ones anew`() throws {
        #expect(try folder.verify().packed == .inOrder)
        try AtomicFile.remove(path)
        #expect(try folder.verify().packed == .renewed(.missing))
        var bytes = try Self.bytes(folder.weightsPath)
        bytes[bytes.count / 2] ^= 1
        try AtomicFile.write(bytes, to: folder.weightsPath)
        let marks = try #require(try folder.open(folder.weightsPath).signature)
        try Self.edit(path) { $0.source = .init(marks) }
        #expect(try isUsed(), "a start goes by the file's marks")
        #expect(throws: ModelFailure.self) { try folder.verify() }
    }
}
