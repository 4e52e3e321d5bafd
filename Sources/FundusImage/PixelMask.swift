/// Some of a picture's pixels.
struct PixelMask {
    let width: Int
    let height: Int
    /// [height × width]
    let isSet: [Bool]

    /// Without what no square of 3×3 pixels fits into; beyond the frame nothing limits a square.
    func opened() -> PixelMask {
        let eroded = combinedWithNeighbors { $0 && $1 }
        return eroded.combinedWithNeighbors { $0 || $1 }
    }

    /// Each pixel combined with those that it touches, first across, then down; at the frame with those that there are.
    private func combinedWithNeighbors(_ combine: (Bool, Bool) -> Bool) -> PixelMask {
        var across = isSet
        for y in 0..<height {
            for x in 0..<width {
                let place = y * width + x
                if x > 0 { across[place] = combine(across[place], isSet[place - 1]) }
                if x + 1 < width { across[place] = combine(across[place], isSet[place + 1]) }
            }
        }
        var both = across
        for y in 0..<height {
            for x in 0..<width {
                let place = y * width + x
                if y > 0 { both[place] = combine(both[place], across[place - width]) }
                if y + 1 < height { both[place] = combine(both[place], across[place + width]) }
            }
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
        isOpen[place] = false
        var next = 0
        while next < part.count {
            let (x, y) = (part[next] % width, part[next] / width)
            let neighbors = [
                x > 0 ? part[next] - 1 : nil, x + 1 < width ? part[next] + 1 : nil,
                y > 0 ? part[next] - width : nil, y + 1 < height ? part[next] + width : nil,
            ]
            next += 1
            for case let neighbor? in neighbors where isOpen[neighbor] {
                isOpen[neighbor] = false
                part.append(neighbor)
            }
        }
        return part
    }
}
