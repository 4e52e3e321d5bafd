internal import ResNet

/// In which order an epoch takes its images: from the seed and the epoch alone.
enum EpochOrder {
    /// All places in a random order: Fisher and Yates, as Durstenfeld has it (CACM 7, 1964).
    ///
    /// Our own, since the standard library's may change with the compiler, and a resumed training must not.
    static func places(count: Int, epoch: Int, seed: UInt64) -> [Int] {
        var stream = SplitMix64(name: "order of epoch \(epoch)", seed: seed)
        var places = Array(0..<count)
        for last in places.indices.dropFirst().reversed() {
            // The high half of a product with a 64-bit number is uniform up to 2⁻⁶⁴ of the bound (Lemire, 2019).
            let other = Int(stream.next().multipliedFullWidth(by: UInt64(last) + 1).high)
            places.swapAt(last, other)
        }
        return places
    }
}
