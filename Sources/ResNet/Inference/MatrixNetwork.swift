// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

extension MatrixPlan: NetworkPlan {
    /// Folded weights as the file has them, [output, input, ky, kx]; counts up when that changes.
    var packing: String { "openblas 1 \(weightCount)" }

    func pack(_ values: (weights: [Float], bias: [Float]), of unit: UnitPlace, into storage: inout TensorStorage) {
        switch unit {
        case .stem: stem.pack(values, into: &storage)
        case .block(let block, let unit): blocks[block].units[unit].pack(values, into: &storage)
        case .head: head?.pack(values, into: &storage)
        }
    }

    func method(of unit: UnitPlace) -> String { "product" }

    func workspace(on engine: ComputeEngine) -> any NetworkWorkspace { MatrixNetwork(self, on: engine.team) }
}

/// The network by OpenBLAS's matrix products.
private final class MatrixNetwork: NetworkWorkspace {
    private let plan: MatrixPlan
    private var workspace: MatrixWorkspace

    init(_ plan: MatrixPlan, on team: ComputeTeam) {
        self.plan = plan
        workspace = MatrixWorkspace(plan: plan, team: team)
    }

    var timer: LapTimer? {
        get { workspace.timer }
        set { workspace.timer = newValue }
    }

    func run(_ input: Span<Float>, weights: borrowing PackedWeights) {
        workspace.run(plan, input: input, weights: weights)
    }

    func run(_ input: Span<Float>, weights: borrowing PackedWeights, observing observe: ([Float]) -> Void) {
        preconditionFailure("ranges are measured by the kernels, which compute in int8")
    }

    func logits(weights: borrowing PackedWeights) -> [Float] {
        plan.head.map { workspace.logits($0, plan, weights: weights) } ?? []
    }

    /// Floats say it by themselves.
    func isSound(image: Int) -> Bool { true }

    var features: [Float] { workspace.featureValues }

    var lastMap: (values: [Float], size: MapSize) { (workspace.lastMapValues(plan), plan.last) }

    func headRow(of output: Int, weights: borrowing PackedWeights) -> (weights: [Float], bias: Float) {
        guard let head = plan.head else { preconditionFailure("a network without a head says nothing") }
        let values = weights.span
        let first = head.weights.lowerBound + output * plan.featureCount
        return ((first..<first + plan.featureCount).map { values[$0] }, values[head.bias.lowerBound + output])
    }
}
