// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Processor
import ResNet
import TensorMath
import Testing

/// A network in int8: near the floats, the same for threads and batches, and by measured ranges only.
@Suite(.serialized) struct QuantizedNetworkTests {
    private static let layout = ResNet50Layout(baseWidth: 8, outputs: 2)
    private static let parameters = SeededNetwork.parameters(layout: layout, seed: 7)
    private static let (height, width) = (112, 96)

    private static func input(_ name: String) -> [Float] {
        SeededInput.values(name: name, seed: 3, height: height, width: width)
    }

    private static let histogram: Result<ActivationHistogram, any Error> = Result {
        let network = try ResNet50Inference(
            parameters: parameters, inputHeight: height, inputWidth: width, engineKind: .kernels)
        var histogram = ActivationHistogram(layout)
        for name in ["eye", "another", "a third"] { histogram.add(input(name), through: network) }
        return histogram
    }

    private static func network(
        batchSize: Int = 1, _ instructionSet: InstructionSet = .best, threads: Int = 2
    ) throws -> ResNet50Inference {
        try ResNet50Inference(
            parameters: parameters, batchSize: batchSize, inputHeight: height, inputWidth: width, precision: .int8,
            ranges: try histogram.get().ranges(.calibrated),
            engine: ComputeEngine(instructionSet: instructionSet, team: ComputeTeam(threadCount: threads)))
    }

    @Test(arguments: InstructionSet.available)
    func `is near float32`(_ instructionSet: InstructionSet) throws {
        let exact = try ResNet50Inference(
            parameters: Self.parameters, inputHeight: Self.height, inputWidth: Self.width)
        let network = try Self.network(instructionSet)
        for name in ["eye", "unseen"] {
            let (logits, expected) = (network.logits(of: Self.input(name)), exact.logits(of: Self.input(name)))
            #expect(logits != expected)
            for (rounded, plain) in zip(logits, expected) { #expect(abs(rounded - plain) <= 0.1, "\(name)") }
        }
    }

    /// Whole numbers up to the last map; only the means and the head are sums of floats.
    @Test func `instruction sets agree`() throws {
        let (_, expected) = try Self.network(.baseline).activation(of: Self.input("eye"), output: 1)
        let logits = try Self.network(.baseline).logits(of: Self.input("eye"))
        for instructionSet in InstructionSet.available {
            let network = try Self.network(instructionSet)
            #expect(network.activation(of: Self.input("eye"), output: 1).map.values == expected.values)
            for (ours, theirs) in zip(network.logits(of: Self.input("eye")), logits) {
                #expect(abs(ours - theirs) <= 1e-5, "\(instructionSet)")
            }
        }
    }

    @Test(arguments: InstructionSet.available)
    func `threads do not change a bit`(_ instructionSet: InstructionSet) throws {
        let logits = try [1, 2, 5].map {
            try Self.network(instructionSet, threads: $0).logits(of: Self.input("eye")).map(\.bitPattern)
        }
        #expect(Set(logits).count == 1)
    }

    @Test(arguments: [2, 3]) func `a batch equals its images`(batchSize: Int) throws {
        let (one, batch) = (try Self.network(), try Self.network(batchSize: batchSize))
        let inputs = (0..<batchSize).map { Self.input("eye \($0)") }
        #expect(batch.logits(of: inputs.flatMap(\.self)) == inputs.flatMap { one.logits(of: $0) })
        #expect(batch.features(of: inputs.flatMap(\.self)) == inputs.flatMap { one.features(of: $0) })
    }

    @Test func `a NaN in the input reaches its logits only`() throws {
        let network = try Self.network(batchSize: 2)
        let eye = Self.input("eye")
        var spoiled = eye
        spoiled[Self.width * 40 + 40] = .nan
        let (clean, logits) = (network.logits(of: eye + eye), network.logits(of: spoiled + eye))
        #expect(logits.prefix(2).allSatisfy(\.isNaN) && Array(logits.suffix(2)) == Array(clean.suffix(2)))
        let features = network.features(of: spoiled + eye).prefix(256)
        #expect(features.allSatisfy { $0.isNaN })
    }

    @Test func `the maps mean is the logit`() throws {
        let (logits, map) = try Self.network().activation(of: Self.input("eye"), output: 1)
        let mean = map.values.reduce(0, +) / Float(map.values.count)
        #expect(abs(mean - logits[1]) <= 1e-4)
    }

    @Test func `other ranges are another packing`() throws {
        let ranges = try Self.histogram.get().ranges(.calibrated)
        var other = ranges.largest
        other["layer2.1"] = (other["layer2.1"] ?? 0) * 1.01
        func packing(_ ranges: ActivationRanges) -> String {
            ResNet50Inference.Form(
                layout: Self.layout, inputHeight: Self.height, inputWidth: Self.width, precision: .int8, ranges: ranges
            ).packing
        }
        #expect(packing(ranges) == packing(ActivationRanges(largest: ranges.largest)))
        #expect(packing(ranges) != packing(ActivationRanges(largest: other)))
    }

    @Test func `int8 without ranges is a programmers error`() async {
        await #expect(processExitsWith: .failure) {
            _ = ResNet50Inference.Form(
                layout: ResNet50Layout(baseWidth: 1, outputs: 1), inputHeight: 32, inputWidth: 32, precision: .int8)
        }
    }
}

/// Where ranges end, and what ranges a network needs.
struct ActivationRangesTests {
    private static let layout = ResNet50Layout(baseWidth: 1, outputs: 1)

    @Test func `every map but the last has one`() {
        let names = ActivationRanges.names(of: Self.layout)
        #expect(names.count == 48 && Set(names).count == 48)
        #expect(names.prefix(5) == ["maxpool", "layer1.0.conv1", "layer1.0.conv2", "layer1.0", "layer1.1.conv1"])
        #expect(names.last == "layer4.2.conv2")
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: String?
        let change: @Sendable (inout [String: Float]) -> Void
    }

    static let faults = [
        Fault(testDescription: "whole", fault: nil) { _ in },
        Fault(testDescription: "missing", fault: "has no range of layer3.5") { $0["layer3.5"] = nil },
        Fault(testDescription: "one too many", fault: "has ranges of maps that the network lacks") { $0["layer9"] = 1 },
        Fault(testDescription: "zero", fault: "has a range of maxpool that is no size") { $0["maxpool"] = 0 },
        Fault(testDescription: "negative", fault: "has a range of maxpool that is no size") { $0["maxpool"] = -1 },
        Fault(testDescription: "infinite", fault: "has a range of maxpool that is no size") {
            $0["maxpool"] = .infinity
        },
    ]

    @Test(arguments: faults) func `a fault is named`(_ example: Fault) {
        var largest = Dictionary(uniqueKeysWithValues: ActivationRanges.names(of: Self.layout).map { ($0, Float(2)) })
        example.change(&largest)
        #expect(ActivationRanges(largest: largest).fault(for: Self.layout) == example.fault)
    }

    /// Of 1, 2, … 1000 once each and one value of 100 000.
    static let choices: [(ActivationHistogram.Choice, ClosedRange<Float>)] = [
        (.largest, 100_000...101_000), (.quantile(0.5), 500...505), (.quantile(0.9), 900...910),
        (.quantile(1), 100_000...101_000), (.leastError, 80_000...101_000),
    ]

    @Test(arguments: choices) func `a range ends as chosen`(
        _ choice: ActivationHistogram.Choice, _ expected: ClosedRange<Float>
    ) {
        var histogram = ActivationHistogram(Self.layout)
        histogram.add((1...1000).map { Float($0) } + [100_000, 0, 0, 0], map: 0)
        #expect(expected.contains(histogram.ranges(choice).largest["maxpool"] ?? 0))
        #expect(histogram.ranges(choice).largest["layer1.0"] == 1)
    }

    /// One value in a million is worth cutting off where it costs all others precision.
    @Test func `a rare value is cut off`() {
        var histogram = ActivationHistogram(Self.layout)
        for _ in 0..<1000 { histogram.add((1...1000).map { Float($0) / 1000 }, map: 0) }
        histogram.add([20], map: 0)
        let end = histogram.ranges(.leastError).largest["maxpool"] ?? 0
        #expect((1...10).contains(end))
    }
}
