// SPDX-License-Identifier: Apache-2.0
import Fixtures
import FoundationEssentials
import SystemPackage
import Testing

/// The verdicts that `docs/verdict.md` shows are verdicts.
@Suite struct VerdictExampleTests {
    @Test func `there is one valid example of each outcome`() throws {
        let path = PackageRoot.path.pushing("docs/verdict.md").string
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        let blocks = text.matches(of: /```json\n((?:.|\n)*?)```/).map { Array(String($0.1).utf8) }
        let outcomes = try blocks.map { try VerdictDocument(checking: $0).outcome }
        #expect(outcomes == ["disease", "normal", "ungradable", "rejected"])
    }
}
