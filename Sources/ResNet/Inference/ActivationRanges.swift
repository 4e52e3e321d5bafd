// SPDX-License-Identifier: Apache-2.0
/// How large the values of each map of a network get: what int8 divides into 255 steps.
///
/// All maps with a range follow a ReLU, so a range begins at zero. The network's last map has none: it stays in floats.
package struct ActivationRanges: Codable, Sendable, Equatable {
    /// The value that the byte 255 stands for, by the map's name.
    package let largest: [String: Float]

    package init(largest: [String: Float]) { self.largest = largest }

    /// The map behind the stem's pool.
    package static let pooled = "maxpool"

    /// Of every map in the order in which a pass writes them: the pooled one, then of each block what its two inner
    /// convolutions write, by their names, and the block's own.
    package static func names(of layout: ResNet50Layout) -> [String] {
        let blocks = layout.blocks.flatMap { [$0.reduce.name, $0.spatial.name, name(of: $0)] }
        return [pooled] + blocks.dropLast()
    }

    /// Such as `layer1.0`.
    static func name(of block: Bottleneck<ConvolutionUnit>) -> String {
        block.expand.name.split(separator: ".").dropLast().joined(separator: ".")
    }

    /// Why they are not those of a network; nil where they are.
    package func fault(for layout: ResNet50Layout) -> String? {
        let names = Self.names(of: layout)
        if let missing = names.first(where: { largest[$0] == nil }) { return "has no range of \(missing)" }
        if largest.count != names.count { return "has ranges of maps that the network lacks" }
        let wrong = names.first { !(largest[$0].map { $0 > 0 && $0.isFinite } ?? false) }
        return wrong.map { "has a range of \($0) that is no size" }
    }

    /// The same but for the pooled map's, which becomes a part of itself.
    package func withPooled(times part: Float) -> ActivationRanges {
        ActivationRanges(largest: largest.merging([Self.pooled: part]) { range, part in range * part })
    }

    func step(of name: String) -> Float {
        guard let largest = largest[name] else { preconditionFailure("no range of \(name)") }
        return largest / 255
    }

    /// FNV-1a over all names and ranges, in hexadecimal digits.
    var fingerprint: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for (name, value) in largest.sorted(by: { $0.key < $1.key }) {
            for byte in "\(name) \(value.bitPattern) ".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return String(hash, radix: 16)
    }
}
