// SPDX-License-Identifier: Apache-2.0
internal import TensorMath

/// A running mean of a network's parameters and running statistics, packed as `ResNet50Training` keeps them.
package final class ParameterAverage {
    let values: Tensor
    let statistics: Tensor

    init(valueCount: Int, statisticCount: Int) {
        values = Tensor(count: valueCount)
        statistics = Tensor(count: statisticCount)
    }
}
