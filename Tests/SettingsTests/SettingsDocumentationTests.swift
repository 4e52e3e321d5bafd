// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import SystemPackage
import Testing

@testable import Settings

@Suite struct SettingsDocumentationTests {
    /// When this fails after a change of the table, put the expected text into the file.
    @Test func `the installed file is the table's own`() throws {
        #expect(try Self.file("systemd/config.yaml") == SettingKey.sampleFile())
    }

    @Test func `the installed file is valid`() throws {
        let settings = try resolve(yaml: SettingKey.sampleFile())
        #expect(settings.inbox == "/srv/fundusd/inbox")
        #expect(settings.state == "/var/lib/fundusd")
        #expect(settings.threshold == .model)
    }

    @Test(arguments: SettingKey.allCases) func `uncommenting a line changes nothing`(key: SettingKey) throws {
        guard let text = key.builtIn.text else { return }
        let commented = "#\(key.name): \(text)\n"
        let sample = SettingKey.sampleFile()
        guard sample.contains(commented) else {
            #expect([SettingKey.inbox, .outbox, .labelled, .state].contains(key))
            return
        }
        let changed = try resolve(yaml: sample.replacing(commented, with: commented.dropFirst()))
        #expect(changed.withoutProvenance == (try resolve(yaml: sample)).withoutProvenance)
    }

    @Test(arguments: SettingKey.allCases) func `each key is documented`(key: SettingKey) throws {
        #expect(try Self.file("docs/configuration.md").contains(key.documentationRow + "\n"))
    }

    private static func file(_ path: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try String(contentsOfFile: "/\(root)/\(path)", encoding: .utf8)
    }
}

extension SettingKey {
    /// The row of the table in `docs/configuration.md`.
    fileprivate var documentationRow: String {
        "| `\(name)` | \(builtIn.shown) | \(unit) | \(meaning) |"
    }
}
