// SPDX-License-Identifier: Apache-2.0
/// Some of a picture's pixels.
struct PixelMask {
    let width: Int
    let height: Int
    /// [height × width]
    let isSet: [Bool]

    /// Without what no square of 3×3 pixels fits into; beyond the frame nothing limits a square.
    func opened() -> PixelMask {
        let eroded = combinedWithNeighbors { $0 && $1 }
        return eroded.spread()
    }

    /// With all pixels that touch it.
    func spread() -> PixelMask { combinedWithNeighbors { $0 || $1 } }

    /// Each pixel combined with those that it touches, first across, then down; at the frame with those that there are.
    private func combinedWithNeighbors(_ combine: (Bool, Bool) -> Bool) -> PixelMask {
        var across = isSet
        for y in 0..<height {
            for place in y * width..<(y + 1) * width - 1 {
                across[place] = combine(across[place], isSet[place + 1])
                across[place + 1] = combine(across[place + 1], isSet[place])
            }
        }
        var both = across
        for place in 0..<(height - 1) * width {
            both[place] = combine(both[place], across[place + width])
            both[place + width] = combine(both[place + width], across[place])
        }
        return PixelMask(width: width, height: height, isSet: both)
    }

    /// The places of the largest set of pixels that hang together by their sides; of equal ones the uppermost.
    func largestPart() -> [Int] {
        var largest: [Int] = []
        var isOpen = isSet
        for place in isOpen.indices where isOpen[place] {
            let part = takePart(from: place, &isOpen)
            if part.count > largest.count { largest = part }
        }
        return largest
    }

    private func takePart(from place: Int, _ isOpen: inout [Bool]) -> [Int] {
        var part = [place]
        func take(_ neighbor: Int) {
            guard isOpen[neighbor] else { return }
            isOpen[neighbor] = false
            part.append(neighbor)
        }
        isOpen[place] = false
        var next = 0
        while next < part.count {
            let place = part[next]
            let x = place % width
            if x > 0 { take(place - 1) }
            if x + 1 < width { take(place + 1) }
            if place >= width { take(place - width) }
            if place + width < isOpen.count { take(place + width) }
            next += 1
        }
        return part
    }
}
