// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import FundusImage
import LinuxIO
import Processor
import SystemPackage
import TensorMath
import Testing

@testable import ModelStore

/// `auto` takes what is shown to keep the verdicts, what the processor computes in, and of these what is fastest here.
@Suite(.serialized) struct PrecisionChoiceTests {
    private let state = TemporaryFolder()
    private let folder: ModelFolder
    private let record: ModelRecord
    private let engine = ComputeEngine(instructionSet: .best, team: ComputeTeam(threadCount: 1))

    init() throws {
        let store = ModelStore(root: state.path)
        var record = try store.importModel(
            from: GoldenCheckpoints.path("narrow.pth"), meaning: .positive(.normal),
            date: Date(timeIntervalSince1970: 0))
        folder = store.folder(record.id)
        record.precisionCheck = PrecisionCheck(
            precision: .bfloat16, images: 100, changedVerdicts: 0, largestChange: 0.01, threshold: 0.5)
        self.record = record
    }

    @Test func `only what is shown and native is a candidate`() {
        let all = record.candidates(at: 0.5, nil, .kernels, .avx512BFloat16)
        #expect(all.precisions == [.float32, .bfloat16])
        for instructionSet in [InstructionSet.baseline, .avx2, .avx512] {
            #expect(record.candidates(at: 0.5, nil, .kernels, instructionSet).precisions == [.float32])
        }
        #expect(record.candidates(at: 0.5, nil, .openBLAS, .avx512BFloat16).precisions == [.float32])
        let elsewhere = record.candidates(at: 0.25, nil, .kernels, .avx512BFloat16)
        #expect(elsewhere.precisions == [.float32] && elsewhere.whyNoMore.contains("bf16"))
    }

    @Test func `the fastest is taken and the others are told`() throws {
        let machine = PrecisionSpeeds.Machine(processor: "any", instructionSet: "avx2", threads: 1)
        let speeds = PrecisionSpeeds(
            machine: machine, height: 224, width: 224, milliseconds: [.float32: 10.04, .bfloat16: 12.5])
        let choice = try #require(speeds.choice(among: [.float32, .bfloat16]))
        #expect(choice.precision == .float32)
        #expect(choice.reason == "it takes 10 ms here, bf16 12.5 ms" || choice.reason.contains("10.0 ms"))
        #expect(speeds.choice(among: [.bfloat16])?.precision == .bfloat16)
        #expect(speeds.choice(among: []) == nil)
    }

    @Test func `nothing is measured where there is no choice`() throws {
        var record = record
        record.precisionCheck = nil
        let choice = try folder.fastestPrecision(record, at: 0.5, .kernels, on: engine)
        #expect(choice.precision == .float32 && choice.measured == nil && !choice.reason.isEmpty)
    }

    /// What was kept decides, until the machine, its threads or the pictures are others.
    @Test func `what was measured is kept with the packed weights`() throws {
        let like = PrecisionSpeeds(
            machine: PrecisionSpeeds.Machine(engine), height: record.preprocessing.height,
            width: record.preprocessing.width, milliseconds: [:])
        let both = [Precision.float32, .bfloat16]
        #expect(folder.keptSpeeds(of: both, like) == nil)
        let measured = try folder.measuredSpeeds(of: both, on: engine, like: like)
        #expect(both.allSatisfy { (measured[$0] ?? 0) > 0 })
        let model = try LoadedModel(folder, PrecisionChoice(.float32, because: "a test", measured: measured))
        model.keepPackedWeights()
        #expect(folder.keptSpeeds(of: both, like) == measured)
        for change in [
            { $0.machine.threads += 1 }, { $0.machine.processor += "?" }, { $0.machine.instructionSet = "sse9" },
            { $0.height += 1 },
        ] as [(inout PrecisionSpeeds) -> Void] {
            var other = like
            change(&other)
            #expect(folder.keptSpeeds(of: both, other) == nil)
        }
        try AtomicFile.write(Array("{".utf8), to: folder.path.appending(PrecisionSpeeds.fileName))
        #expect(folder.keptSpeeds(of: both, like) == nil)
    }

    @Test(
        .enabled(if: InstructionSet.best == .avx512BFloat16, "this processor has no instructions for bf16"),
        arguments: [(1.0, Precision.bfloat16), (1e6, .float32)])
    func `what is slower here is not taken`(milliseconds: Double, expected: Precision) throws {
        folder.keep(
            PrecisionSpeeds(
                machine: PrecisionSpeeds.Machine(engine), height: record.preprocessing.height,
                width: record.preprocessing.width, milliseconds: [.float32: 100, .bfloat16: milliseconds]))
        let choice = try folder.fastestPrecision(record, at: 0.5, .kernels, on: engine)
        #expect(choice.precision == expected && choice.measured == nil)
    }

    @Test(arguments: [
        (
            "vendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\nstepping\t: 1\n\nvendor_id\t: x\n",
            "AuthenticAMD 25 17 1 AMD EPYC"
        ),
        ("CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n", "0x41 0xd0c"), ("", "unknown"),
    ]) func `the processor is named as the kernel does`(text: String, expected: String) {
        #expect(PrecisionSpeeds.Machine.name(ofProcessorIn: text) == expected)
    }
}
