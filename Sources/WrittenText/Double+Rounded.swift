// SPDX-License-Identifier: Apache-2.0

extension Double {
    /// Three decimals.
    package var rounded3: String { text((self * 1000).rounded(), places: 3) }
    /// One decimal.
    package var rounded1: String { text((self * 10).rounded() * 100, places: 1) }

    /// As Swift writes it, where it is no number or so large that decimals say nothing.
    private func text(_ rounded: Double, places: Int) -> String {
        guard abs(rounded) < 1e15 else { return "\(self)" }
        let thousandths = Int(rounded)
        let digits = String(1000 + abs(thousandths) % 1000).dropFirst().prefix(places)
        return "\(thousandths < 0 ? "-" : "")\(abs(thousandths) / 1000).\(digits)"
    }
}
