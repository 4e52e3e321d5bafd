// SPDX-License-Identifier: Apache-2.0
import Glibc
import Processor
import TensorMath
import Testing

struct PackedWeightsTests {
    /// A file without a name that holds `head` bytes and then the values.
    private static func file(_ values: [Float], head: Int) -> CInt {
        var template = Array("/tmp/fundusd-packed-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        unlink(template)
        let bytes = [UInt8](repeating: 7, count: head) + values.withUnsafeBytes(Array.init)
        #expect(descriptor >= 0 && pwrite(descriptor, bytes, bytes.count, 0) == bytes.count)
        return descriptor
    }

    private static let engine = ComputeEngine(instructionSet: .best, team: ComputeTeam(threadCount: 2))

    private static func storage(_ values: [Float]) -> PackedWeights { PackedWeights(TensorStorage(values)) }

    @Test(arguments: [(16, 64), (16, 4096), (1 << 20, 4096)])
    func `mapped words are the file's`(count: Int, head: Int) {
        let values = pattern(count, 1)
        let descriptor = Self.file(values, head: head)
        defer { close(descriptor) }
        guard let weights = PackedWeights(mapping: descriptor, from: head, count: count) else {
            Issue.record("not mapped")
            return
        }
        let (found, difference) = (weights.count, largestDifference(weights.span, values))
        let sum = weights.checksum(on: Self.engine)
        #expect(found == count && difference == 0)
        #expect(sum == Self.storage(values).checksum(on: Self.engine))
    }

    @Test(arguments: [-64, -4, 4, 64]) func `a file of another length is not mapped`(difference: Int) {
        let descriptor = Self.file(pattern(1024, 1), head: 4096)
        defer { close(descriptor) }
        #expect(ftruncate(descriptor, off_t(4096 + 4096 + difference)) == 0)
        #expect(!Self.isMapped(descriptor, from: 4096, count: 1024))
    }

    @Test func `what can't be mapped is not`() {
        let folder = open("/tmp", O_RDONLY | O_DIRECTORY)
        defer { close(folder) }
        #expect(!Self.isMapped(folder, from: 64, count: 16) && !Self.isMapped(-1, from: 64, count: 16))
    }

    private static func isMapped(_ descriptor: CInt, from head: Int, count: Int) -> Bool {
        guard PackedWeights(mapping: descriptor, from: head, count: count) != nil else { return false }
        return true
    }

    /// Two pieces and a half, so that sums of pieces matter too.
    private static let values = pattern(5 << 17, 2)

    @Test(arguments: [0, 1, 15, 16, (1 << 18) - 1, 1 << 18, (5 << 17) - 1], [0, 22, 31])
    func `the checksum sees every bit`(place: Int, bit: Int) {
        var damaged = Self.values
        damaged[place] = Float(bitPattern: damaged[place].bitPattern ^ 1 << bit)
        #expect(Self.storage(damaged).checksum(on: Self.engine) != Self.storage(Self.values).checksum(on: Self.engine))
    }

    @Test(arguments: [(0, 1), (0, 16), (3, 1 << 18), (1 << 17, 1 << 19)])
    func `the checksum sees words that change places`(one: Int, other: Int) {
        var damaged = Self.values
        damaged.swapAt(one, other)
        #expect(Self.storage(damaged).checksum(on: Self.engine) != Self.storage(Self.values).checksum(on: Self.engine))
    }

    @Test func `the checksum is the same on every machine`() {
        let sums = InstructionSet.available.flatMap { instructionSet in
            [1, 2, 3].map { threads in
                Self.storage(Self.values).checksum(
                    on: ComputeEngine(instructionSet: instructionSet, team: ComputeTeam(threadCount: threads)))
            }
        }
        #expect(Set(sums).count == 1)
    }
}
