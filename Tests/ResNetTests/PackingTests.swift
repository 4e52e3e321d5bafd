// SPDX-License-Identifier: Apache-2.0
import Fixtures
import ResNet
import TensorMath
import Testing

struct PackingTests {
    private static let layout = ResNet50Layout(baseWidth: 8, outputs: 2)
    private static let parameters = SeededNetwork.parameters(layout: layout, seed: 7)

    private struct Unreadable: Error { let name: String }

    private static func form(
        batchSize: Int = 1, _ height: Int = 112, _ width: Int = 112, _ precision: Precision = .float32,
        _ kind: EngineKind = .kernels
    ) -> ResNet50Inference.Form {
        ResNet50Inference.Form(
            layout: layout, batchSize: batchSize, inputHeight: height, inputWidth: width, precision: precision,
            engineKind: kind)
    }

    @Test(arguments: EngineKind.allCases) func `every tensor is asked for once in the table's order`(_ kind: EngineKind)
        throws
    {
        var asked: [String] = []
        let weights = try Self.form(112, 112, .float32, kind).packed { (tensor) throws(Never) in
            asked.append(tensor.name)
            return Array(Self.parameters[tensor.name])
        }
        #expect(asked == Self.layout.parameters.map(\.name))
        // What a checksum runs over.
        #expect(weights.count % MapLayout.blockLanes == 0)
        let network = ResNet50Inference(Self.form(112, 112, .float32, kind), weights: weights)
        let input = SeededInput.values(name: "eye", seed: 3, height: 112, width: 112)
        let expected = try ResNet50Inference(
            parameters: Self.parameters, inputHeight: 112, inputWidth: 112, engineKind: kind)
        #expect(network.logits(of: input) == expected.logits(of: input))
    }

    @Test(arguments: ["conv1.weight", "layer3.2.bn2.running_var", "fc.bias"])
    func `a tensor that can't be read ends it`(name: String) {
        do throws(PackingFailure<Unreadable>) {
            _ = try Self.form().packed { (tensor) throws(Unreadable) in
                if tensor.name == name { throw Unreadable(name: name) }
                return Array(Self.parameters[tensor.name])
            }
            Issue.record("packed without \(name)")
        } catch {
            guard case .reading(let failure) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(failure.name == name)
        }
    }

    @Test func `packings differ where packed weights do`() {
        let packing = Self.form().packing
        #expect(Self.form(batchSize: 3).packing == packing)
        #expect(Self.form(112, 110).packing == packing)
        #expect(Self.form(32, 32).packing != packing)
        #expect(Self.form(112, 112, .bfloat16).packing != packing)
        #expect(Self.form(112, 112, .float32, .openBLAS).packing != packing)
    }
}
