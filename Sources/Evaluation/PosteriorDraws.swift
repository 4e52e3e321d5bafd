// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Draws of the four shares of verdict and truth, as the answers leave them possible.
///
/// The counts of a cell's pictures and of its answers are multinomial, and their likelihood factors: how many pictures fall
/// into a cell, and how many of it have disease. With Jeffreys' prior both posteriors are Dirichlet, so a draw is a few
/// gamma variates: φ = G(pictures + w) for the cell and D = G(disease + w/2), H = G(normal + w/2), U = G(ungradable) within
/// it. The prior's weight w is 1 a verdict, divided among its cells by pictures, so that cutting a verdict into more cells
/// adds no knowledge. Where everything was answered, sensitivity is Beta(TP + ½, FN + ½): Jeffreys' interval itself, of
/// which L. D. Brown, T. T. Cai, A. DasGupta, Statistical Science 16 (2001) 101–133, found that it keeps its level with few
/// events too. With weights nothing need be assumed of large numbers, as by the delta method: `make review-sites` counts
/// how often the intervals hold the truth.
package struct PosteriorDraws: Sendable {
    package static let usualCount = 4000

    private var shares: [VerdictShares]

    /// - Parameter cells: each with an answer.
    init(_ cells: [ReviewedCell], count: Int, seed: UInt64) {
        var gamma = GammaVariates(seed: seed)
        shares = [VerdictShares](repeating: VerdictShares(), count: count)
        for judged in JudgedClass.allCases {
            let own = cells.filter { $0.judged == judged }
            let pictures = Double(own.reduce(0) { $0 + $1.pictures })
            for cell in own {
                let weight = Double(cell.pictures) / pictures
                for place in shares.indices {
                    let size = gamma.next(shape: Double(cell.pictures) + weight)
                    let disease = gamma.next(shape: cell.answers.disease + weight / 2)
                    let normal = gamma.next(shape: cell.answers.normal + weight / 2)
                    let ungradable = gamma.next(shape: cell.answers.ungradable)
                    let scale = size / (disease + normal + ungradable)
                    shares[place].add(judged, disease: scale * disease, normal: scale * normal)
                }
            }
        }
    }

    /// The middle 95 %; up to the very end where the value is there, as Brown, Cai and DasGupta advise.
    func interval(of name: ServiceFigures.Name, around value: Double) -> Interval? {
        let values = shares.compactMap { $0[name] }
        guard !values.isEmpty else { return nil }
        let middle = GroupBootstrap.middle(of: values)
        return Interval(
            lower: value <= 0 ? 0 : min(middle.lower, value), upper: value >= 1 ? 1 : max(middle.upper, value))
    }
}

/// Gamma variates of scale 1. G. Marsaglia, W. W. Tsang, “A simple method for generating gamma variables”, ACM Transactions on
/// Mathematical Software 26 (2000) 363–372.
struct GammaVariates: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// 0 for a shape of 0.
    mutating func next(shape: Double) -> Double {
        guard shape > 0 else { return 0 }
        // Section 6: below 1, from the next higher shape. Logarithms keep tiny shapes from ending at 0 / 0.
        guard shape >= 1 else {
            return max(next(shape: shape + 1) * exp(log(unit()) / shape), .leastNormalMagnitude)
        }
        let d = shape - 1 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
            if v > 0, log(unit()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
        }
    }

    /// G. E. P. Box, M. E. Muller, Annals of Mathematical Statistics 29 (1958) 610–611.
    private mutating func normal() -> Double {
        (-2 * log(unit())).squareRoot() * cos(2 * Double.pi * unit())
    }

    /// In 0 … 1, never at an end: SplitMix64's steps, as in `ResNet`, which this target does not know.
    private mutating func unit() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return (Double((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53
    }
}
