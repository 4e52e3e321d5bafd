// SPDX-License-Identifier: Apache-2.0
/// A residual block, reduce 1×1 → spatial 3×3 → expand 1×1, plus its shortcut.
///
/// Generic over what stands at each place: the layout's units, the same units folded for inference, or with their maps for
/// training.
struct Bottleneck<Unit> {
    /// What the block's output is added to.
    enum Shortcut {
        case identity
        /// A 1×1 convolution, where width or stride change.
        case projection(Unit)
    }

    let reduce: Unit
    let spatial: Unit
    let expand: Unit
    let shortcut: Shortcut

    /// In the order of torchvision's file.
    var units: [Unit] {
        switch shortcut {
        case .identity: [reduce, spatial, expand]
        case .projection(let projection): [reduce, spatial, expand, projection]
        }
    }

    /// The shortcut's convolution, where there is one.
    var projection: Unit? {
        if case .projection(let unit) = shortcut { unit } else { nil }
    }
}

extension Bottleneck: Sendable where Unit: Sendable {}
extension Bottleneck.Shortcut: Sendable where Unit: Sendable {}
