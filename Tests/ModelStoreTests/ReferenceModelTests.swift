// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import SystemPackage
import Testing

@testable import ModelStore

/// The real `.pth` beside the checkout, where there is one.
@Suite(.serialized) struct ReferenceModelTests {
    private static let path = FilePath(#filePath).removingLastComponent().appending(
        "../../../shared/weights/reference-model.pth"
    ).lexicallyNormalized()

    @Test func `the reference model is imported, and tests itself`() throws {
        guard (try? ByteSource(opening: Self.path)) != nil else {
            print("skipped: \(Self.path) is not there, so no full-width checkpoint was imported")
            return
        }
        let state = TemporaryFolder()
        let store = ModelStore(root: state.path)
        let clock = ContinuousClock()
        let importing = try clock.measure {
            try store.importModel(
                from: Self.path, meaning: .positive(.normal), date: Date(timeIntervalSince1970: 1_795_478_400))
        }
        let start = clock.now
        let model = try LoadedModel(store.judge(named: nil))
        let loading = clock.now - start
        #expect(model.record.architecture == .init(name: "resnet50-v1.5", baseWidth: 64, outputs: 1))
        #expect(model.record.positiveClass == .normal)
        let input = [Float](repeating: 0, count: model.inputCount)
        let judging = try clock.measure { _ = try model.assessment(of: input) }
        print("reference model: import \(importing), load \(loading), one pass \(judging)")
    }
}
