// SPDX-License-Identifier: Apache-2.0
import ResNet
import Testing
import Training

struct InitialParametersTests {
    private static let layout = ResNet50Layout(baseWidth: 16, outputs: 1)
    private static let parameters = InitialParameters.network(layout, seed: 7)

    /// Mean 0 and variance 2/fanOut within four standard errors; about 68.3 % within one deviation, as normal numbers have.
    @Test(arguments: ["conv1.weight", "layer1.0.conv2.weight", "layer3.0.downsample.0.weight", "layer4.2.conv1.weight"])
    func `convolutions are normal by fan out`(name: String) throws {
        let shape = try #require(Self.layout.parameters.first { $0.name == name }).shape
        let values = Self.parameters[name].map(Double.init)
        let count = Double(values.count)
        let variance = 2 / Double(shape[0] * shape[2] * shape[3])
        let mean = values.reduce(0, +) / count
        let square = values.reduce(0) { $0 + $1 * $1 } / count
        let inside = Double(values.filter { $0 * $0 < variance }.count) / count
        #expect(abs(mean) <= 4 * (variance / count).squareRoot())
        #expect(abs(square / variance - 1) <= 4 * (2 / count).squareRoot())
        #expect(abs(inside - 0.6827) <= 4 * (0.6827 * 0.3173 / count).squareRoot())
    }

    @Test func `batch norm begins as the identity`() {
        for specification in Self.layout.parameters {
            let values = Self.parameters[specification.name]
            switch specification.role {
            case .normalizationScale, .runningVariance: #expect(values.allSatisfy { $0 == 1 })
            case .normalizationShift, .runningMean: #expect(values.allSatisfy { $0 == 0 })
            default: break
            }
        }
    }

    @Test func `the head is uniform by its features`() {
        let bound = 1 / Float(Self.layout.featureCount).squareRoot()
        let weights = Self.parameters["fc.weight"]
        #expect(weights.allSatisfy { abs($0) <= bound })
        #expect(weights.contains { abs($0) > 0.9 * bound })
        #expect(Self.parameters["fc.bias"].allSatisfy { $0 != 0 && abs($0) <= bound })
    }

    @Test func `the seed decides`() {
        #expect(Self.parameters == InitialParameters.network(Self.layout, seed: 7))
        #expect(Self.parameters["conv1.weight"] != InitialParameters.network(Self.layout, seed: 8)["conv1.weight"])
    }

    @Test(arguments: [(1, 1, 2), (2, 2, 1), (2, 2, 2), (1000, 0, 2)])
    func `a judge's outputs go on, and others are new`(present: Int, kept: Int, outputs: Int) {
        let base = InitialParameters.network(ResNet50Layout(baseWidth: 4, outputs: present), seed: 1)
        let parameters = InitialParameters.replacingHead(of: base, keeping: kept, outputs: outputs, seed: 2)
        let fresh = InitialParameters.network(ResNet50Layout(baseWidth: 4, outputs: outputs), seed: 2)
        for name in ["fc.weight", "fc.bias"] {
            let width = parameters[name].count / outputs
            let old = min(kept, outputs) * width
            #expect(Array(parameters[name].prefix(old)) == Array(base[name].prefix(old)))
            #expect(Array(parameters[name].dropFirst(old)) == Array(fresh[name].dropFirst(old)))
        }
    }

    @Test(arguments: [nil, 1000, 1]) func `a base keeps all but its head`(outputs: Int?) {
        let base = InitialParameters.network(ResNet50Layout(baseWidth: 4, outputs: outputs), seed: 1)
        let parameters = InitialParameters.replacingHead(of: base, outputs: 1, seed: 2)
        let fresh = InitialParameters.network(ResNet50Layout(baseWidth: 4, outputs: 1), seed: 2)
        #expect(parameters.layout.outputs == 1)
        for name in parameters.layout.parameters.map(\.name) {
            let isHead = name.hasPrefix("fc.")
            #expect(parameters[name] == (isHead ? fresh : base)[name], "\(name)")
        }
    }
}
