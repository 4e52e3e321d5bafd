// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

extension InferencePlan: NetworkPlan {
    func pack(_ values: (weights: [Float], bias: [Float]), of unit: UnitPlace, into storage: inout TensorStorage) {
        switch unit {
        case .stem: stem.pack(values, into: &storage)
        case .block(let block, let unit): blocks[block].units[unit].pack(values, into: &storage)
        case .head: head?.pack(values, into: &storage)
        }
    }

    func method(of unit: UnitPlace) -> String {
        switch unit {
        case .stem: stem.method.name
        case .block(let block, let unit): blocks[block].units[unit].method.name
        case .head: head?.method.name ?? ""
        }
    }

    func workspace(on engine: ComputeEngine) -> any NetworkWorkspace { KernelNetwork(self, on: engine) }
}

/// The network by the kernels of `CKernels`.
private final class KernelNetwork: NetworkWorkspace {
    private let plan: InferencePlan
    private var workspace: InferenceWorkspace

    init(_ plan: InferencePlan, on engine: ComputeEngine) {
        self.plan = plan
        workspace = InferenceWorkspace(plan: plan, engine: engine)
    }

    var timer: LapTimer? {
        get { workspace.timer }
        set { workspace.timer = newValue }
    }

    func run(_ input: Span<Float>, weights: borrowing PackedWeights) {
        workspace.run(plan, input: input, weights: weights)
    }

    func run(_ input: Span<Float>, weights: borrowing PackedWeights, observing observe: ([Float]) -> Void) {
        workspace.run(plan, input: input, weights: weights) { map, layout in observe(layout.values(of: map.span)) }
    }

    func logits(weights: borrowing PackedWeights) -> [Float] {
        guard let head = plan.head else { return [] }
        return workspace.runHead(head, weights: weights)
    }

    func isSound(image: Int) -> Bool { workspace.areSound[image] }

    var features: [Float] { workspace.featureValues(plan) }

    var lastMap: (values: [Float], size: MapSize) { (workspace.lastMapValues(plan), MapSize(plan.last)) }

    func headRow(of output: Int, weights: borrowing PackedWeights) -> (weights: [Float], bias: Float) {
        guard let head = plan.head else { preconditionFailure("a network without a head says nothing") }
        return head.row(of: output, in: weights)
    }
}
