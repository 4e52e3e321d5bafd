// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// Height and width of a map in pixels.
struct MapSize: Sendable, Hashable {
    let height: Int
    let width: Int

    var plane: Int { height * width }

    func output(of window: WindowGeometry) -> MapSize {
        MapSize(height: window.outputExtent(height), width: window.outputExtent(width))
    }
}
