// SPDX-License-Identifier: Apache-2.0
import Fixtures
import ResNet
import SystemPackage
import Testing

@testable import ModelStore

struct PyTorchCheckpointTests {
    @Test func `golden files are there`() {
        #expect(GoldenCheckpoints.all?.good.count == 13)
        #expect(GoldenCheckpoints.all?.bad.count == 29)
    }

    @Test(arguments: GoldenCheckpoints.all?.good ?? [])
    func `tensors equal PyTorch's`(_ golden: GoldenCheckpoints.Good) throws {
        let checkpoint = try PyTorchCheckpoint(ByteSource(opening: GoldenCheckpoints.path(golden.file)))
        for (name, tensor) in golden.tensors {
            #expect(checkpoint.shapes[name] == tensor.shape)
            #expect(try checkpoint.floats(name) == tensor.values)
        }
    }

    @Test(arguments: GoldenCheckpoints.all?.bad ?? [])
    func `hostile files are refused by name`(_ golden: GoldenCheckpoints.Bad) {
        #expect {
            let archive = try WeightArchive(try ByteSource(opening: GoldenCheckpoints.path(golden.file)))
            _ = try archive.floats("a")
        } throws: { error in
            guard let failure = error as? ModelFailure else { return false }
            return failure.code.rawValue == golden.code && failure.description.contains(golden.words)
        }
    }

    @Test func `a whole network gives PyTorch's logit`() throws {
        let golden = try #require(GoldenCheckpoints.all).narrow
        let archive = try WeightArchive(try ByteSource(opening: GoldenCheckpoints.path("narrow.pth")))
        let layout = try archive.layout()
        #expect(layout == ResNet50Layout(baseWidth: 2, outputs: 1))
        let parameters = try archive.parameters(layout)
        #expect(parameters == SeededNetwork.parameters(layout: layout, seed: golden.seed))
        let network = try ResNet50Inference(parameters: parameters, inputHeight: 64, inputWidth: 64)
        let input = SeededInput.values(name: "input/0", seed: golden.seed, height: 64, width: 64)
        #expect(abs(network.logits(of: input)[0] - golden.logit) <= 1e-4)
    }
}

/// Views of one storage: what a file costs follows from its size, not from how often its tensors name the same bytes.
struct SharedStorageTests {
    @Test func `a storage is read once, however many tensors view it`() throws {
        let source = try ByteSource(opening: GoldenCheckpoints.path("views.pth"))
        let archive = try WeightArchive(source)
        let layout = try archive.layout()
        #expect(layout == ResNet50Layout(baseWidth: 1, outputs: 1))
        let seed = try #require(GoldenCheckpoints.all).narrow.seed
        #expect(try archive.parameters(layout) == SeededNetwork.parameters(layout: layout, seed: seed))
        #expect(source.bytesRead < 2 * source.count, "\(source.bytesRead) of \(source.count)")
        _ = try archive.parameters(layout)
        #expect(source.bytesRead < 2 * source.count, "it is kept")
    }

    /// A small file could ask for any memory otherwise.
    @Test func `tensors that share their memory are refused`() throws {
        let archive = try WeightArchive(ByteSource(opening: GoldenCheckpoints.path("aliased.pth")))
        #expect {
            _ = try archive.parameters(try archive.layout())
        } throws: { ($0 as? ModelFailure)?.message.contains("share their memory") == true }
    }

    @Test func `gathering costs what the tensor has`() {
        let storage = PickledStorage(key: "0", type: .f32, count: 1000)
        let tensor = PickledTensor(storage: storage, offset: 3, shape: [2, 1, 3], strides: [100, 7, 10])
        let bytes = ElementType.f32.bytes((0..<1000).map(Float.init))
        #expect(bytes.map { ElementType.f32.floats(tensor.bytes(of: $0)) } == [3, 13, 23, 103, 113, 123])
    }
}

/// Damaged files: an outcome for every byte sequence, never a trap.
struct HostileBytesTests {
    private static func bytes(_ file: String) throws -> [UInt8] {
        let source = try ByteSource(opening: GoldenCheckpoints.path(file))
        return try source.bytes(at: 0, count: source.count)
    }

    /// Reads all that a file claims to hold; true where it was refused.
    private func isRefused(_ bytes: [UInt8]) -> Bool {
        do throws(ModelFailure) {
            let archive = try WeightArchive(ByteSource(bytes, path: "fuzz"))
            for name in archive.shapes.keys { _ = try archive.floats(name) }
            return false
        } catch {
            return !error.remedy.isEmpty
        }
    }

    private func hasPickle(_ program: [UInt8]) -> Bool {
        var machine = PickleMachine(program, path: "fuzz")
        guard let top = try? machine.run() else { return false }
        return (try? StateDictionary.tensors(in: top, machine)) != nil
    }

    @Test func `every truncation of a checkpoint is refused`() throws {
        let whole = try Self.bytes("nested.pth")
        #expect(!isRefused(whole))
        let accepted = (0..<whole.count).filter { !isRefused(Array(whole[..<$0])) }
        #expect(accepted == [])
    }

    @Test func `every truncation of a legacy checkpoint is refused`() throws {
        let whole = try Self.bytes("legacy.pth")
        #expect(!isRefused(whole))
        #expect((0..<whole.count).filter { !isRefused(Array(whole[..<$0])) } == [])
    }

    @Test(arguments: ["transposed.pth", "legacy.pth", "training-script.pth"])
    func `every flipped byte of a checkpoint has an outcome`(_ file: String) throws {
        let whole = try Self.bytes(file)
        for place in whole.indices {
            for mask in [UInt8(1), 0x80, 0xFF] {
                var damaged = whole
                damaged[place] ^= mask
                _ = isRefused(damaged)
            }
        }
    }

    /// Past the archive's check sums: the pickle itself, every byte replaced by every value of a sample.
    @Test(arguments: ["nested.pth", "shared.pth", "parameter.pth", "training-script.pth"])
    func `every changed pickle has an outcome`(_ file: String) throws {
        let archive = try ZipArchive(ByteSource(try Self.bytes(file), path: file))
        let name = try #require(archive.members.keys.first { $0.hasSuffix("/data.pkl") })
        let program = try archive.bytes(name, limit: 1 << 20)
        #expect(hasPickle(program))
        for place in program.indices {
            #expect(!hasPickle(Array(program[..<place])))
            for value in [UInt8(0), 0x28, 0x2E, 0x52, 0x71, 0x73, 0x74, 0x75, 0x85, 0x8A, 0xFF] {
                var changed = program
                changed[place] = value
                _ = hasPickle(changed)
            }
        }
    }

    @Test func `random programs have an outcome`() {
        var generator = SeededGenerator(seed: 9)
        let alphabet = Array("()t]}qhjrsuaebcQRKMJXUGN.\n0".utf8) + [0x80, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0, 1]
        for _ in 0..<20_000 {
            let program = (0..<40).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
            #expect(!hasPickle([0x80, 2] + program))
        }
    }

    /// A dictionary that holds itself twenty thousand times, each time where a state dictionary could lie.
    @Test func `a dictionary in itself is looked through once`() {
        let word = Array("state_dict".utf8)
        let key = [UInt8(ascii: "X"), UInt8(word.count), 0, 0, 0] + word + [UInt8(ascii: "q"), 1]
        let item = [UInt8(ascii: "h"), 1, UInt8(ascii: "h"), 0]
        let items = [[UInt8]](repeating: item, count: 20_000).flatMap(\.self)
        let program = [0x80, 2] + Array("}q\0(".utf8) + key + [UInt8(ascii: "h"), 0] + items + Array("u.".utf8)
        #expect {
            var machine = PickleMachine(program, path: "self")
            _ = try StateDictionary.tensors(in: try machine.run(), machine)
        } throws: { ($0 as? ModelFailure)?.message == "holds no dictionary of tensors" }
    }

    @Test(arguments: [
        ("a stack too deep", [UInt8](repeating: UInt8(ascii: "N"), count: PickleMachine.deepestStack + 1), "stacks"),
        ("marks without end", [UInt8](repeating: UInt8(ascii: "("), count: 1_000_000), "STOP"),
        ("a million nested tuples", [UInt8(ascii: ")")] + [UInt8](repeating: 0x85, count: 1_000_000), "STOP"),
    ])
    func `large programs are bounded`(name: String, program: [UInt8], words: String) {
        var machine = PickleMachine(program, path: name)
        #expect {
            _ = try machine.run()
        } throws: { ($0 as? ModelFailure)?.message.contains(words) == true }
    }
}
