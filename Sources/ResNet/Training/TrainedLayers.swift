// SPDX-License-Identifier: Apache-2.0
/// Which layers a training moves; those below are left as they are, but for their running statistics.
package enum TrainedLayers: Sendable, Hashable {
    case all
    /// torchvision's `layerN` and what is above it, N from 1 to 4.
    case fromStage(Int)
    /// The linear layer only.
    case head

    /// The lowest block whose parameters get gradients, an index of the layout's blocks.
    var firstBlock: Int {
        switch self {
        case .all: 0
        case .fromStage(let stage): ResNet50Layout.firstBlock(ofStage: stage)
        case .head: Int.max
        }
    }

    /// The first tensor of the layout's table that is trained.
    func firstName(_ layout: ResNet50Layout) -> String {
        switch self {
        case .all: layout.stem.weightName
        case .fromStage: layout.blocks[firstBlock].reduce.weightName
        case .head: "fc.weight"
        }
    }
}
