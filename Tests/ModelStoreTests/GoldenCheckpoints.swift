// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import SystemPackage
import Testing

/// `Golden/checkpoints.json`: which file holds what, and how each hostile one must be refused.
struct GoldenCheckpoints: Decodable {
    struct Tensor: Decodable {
        let shape: [Int]
        let values: [Float]
    }

    struct Good: Decodable, CustomTestStringConvertible {
        let file: String
        let tensors: [String: Tensor]
        var testDescription: String { file }
    }

    struct Bad: Decodable, CustomTestStringConvertible {
        let file: String
        let code: String
        let words: String
        var testDescription: String { file }
    }

    struct Narrow: Decodable {
        let seed: UInt64
        let logit: Float
    }

    let narrow: Narrow
    let good: [Good]
    let bad: [Bad]

    static let folder = FilePath(#filePath).removingLastComponent().appending("Golden")
    static let all: GoldenCheckpoints? = {
        let data = try? Data(contentsOf: URL(filePath: folder.appending("checkpoints.json").string))
        return data.flatMap { try? JSONDecoder().decode(GoldenCheckpoints.self, from: $0) }
    }()

    static func path(_ file: String) -> FilePath { folder.appending("checkpoints").appending(file) }
}
