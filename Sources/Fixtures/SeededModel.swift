// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Glibc
package import SystemPackage

/// A state folder with one seeded narrow network as champion: made once, read by all suites.
package enum SeededModel {
    private static let folder = FilePath("/tmp/fundusd-test-model-\(getpid())")

    package static let state: FilePath = {
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
package enum Eyes {
    package static let first = eye(1)
    package static let second = eye(2)
    package static let third = eye(3)
    package static let all = [first, second, third]
    package static let tooDark = SyntheticPictures.encode(SyntheticPictures.tooDark())

    private static func eye(_ seed: UInt64) -> [UInt8] { SyntheticEye(seed: seed, width: 256, height: 256).jpeg() }
}
