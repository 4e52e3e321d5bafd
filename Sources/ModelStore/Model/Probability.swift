// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// From the network's logit to the number of the verdict.
package enum Probability {
    /// sigmoid(logit), or 1 − sigmoid(logit) where the logit speaks for normal.
    ///
    /// 1 − sigmoid(x) is computed as sigmoid(−x): no digits are lost where P(disease) is small.
    package static func ofDisease(logit: Double, positiveClass: ModelRecord.PositiveClass) -> Double {
        switch positiveClass {
        case .disease: sigmoid(logit)
        case .normal: sigmoid(-logit)
        }
    }

    private static func sigmoid(_ x: Double) -> Double {
        if x >= 0 { return 1 / (1 + exp(-x)) }
        let e = exp(x)
        return e / (1 + e)
    }
}
