// SPDX-License-Identifier: Apache-2.0
/// How sharply the field ends.
///
/// The border is the camera's own stop, imaged by nothing that a cataract could cloud: an eye may be hazy behind
/// a sharp border, but a soft border means that the picture itself was blurred.
struct FieldBorder {
    /// Median over both ends of the rows through the field's middle, in pixels; nil when the frame hides the border.
    let width: Double?

    /// Pixels searched on either side of the border, and the distance at which the field counts as fully lit.
    private static let reach = 10
    private static let fewestRays = 16

    init(of field: FieldOfView, luma: Plane) {
        guard let box = field.box else {
            width = nil
            return
        }
        let quarter = box.rows.count / 4
        var widths: [Double] = []
        for y in box.rows.dropFirst(quarter).dropLast(quarter) {
            let lit = (0..<luma.width).filter { field.mask[$0, y] > 0 }
            guard let first = lit.first, let last = lit.last else { continue }
            widths += [Self.rise(at: first, 1, y, luma), Self.rise(at: last, -1, y, luma)].compactMap(\.self)
        }
        widths.sort()
        width = widths.count < Self.fewestRays ? nil : widths[widths.count / 2]
    }

    /// The rise's height over its steepest step, going inward in `direction` from column `x`.
    private static func rise(at x: Int, _ direction: Int, _ y: Int, _ luma: Plane) -> Double? {
        let outer = x - direction * reach / 2
        let inner = x + direction * reach
        guard (0..<luma.width).contains(outer), (0..<luma.width).contains(inner) else { return nil }
        let profile = stride(from: outer, through: inner, by: direction).map { luma[$0, y] }
        let height = profile[profile.count - 1] - profile[0]
        let steepest = zip(profile.dropFirst(), profile).map { $0 - $1 }.max() ?? 0
        // In less light than this, the steps of the 8-bit scale would be measured.
        guard height > 16, steepest > 0 else { return nil }
        return Double(height / steepest)
    }
}
