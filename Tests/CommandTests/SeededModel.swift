// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import Glibc
import SystemPackage

/// A state folder with one seeded narrow network as champion: made once, read by all suites.
enum SeededModel {
    private static let folder = FilePath("/tmp/fundusd-test-model-\(getpid())")

    static let state: FilePath = {
        do {
            try SeededNetwork.writeModel(to: folder)
        } catch {
            fatalError("the tests' model can't be made: \(error)")
        }
        atexit { try? FileManager.default.removeItem(atPath: SeededModel.folder.string) }
        return folder
    }()
}

/// Drawn eyes, each drawn once.
enum Eyes {
    static let first = eye(1)
    static let second = eye(2)
    static let third = eye(3)
    static let all = [first, second, third]
    static let tooDark = SyntheticPictures.encode(SyntheticPictures.tooDark())

    private static func eye(_ seed: UInt64) -> [UInt8] { SyntheticEye(seed: seed, width: 256, height: 256).jpeg() }
}
