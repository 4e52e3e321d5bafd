// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

@testable import Supervision

@Suite struct CatalogTests {
    /// One message of the catalog: `-- ID`, header lines, a blank line, text.
    struct Entry {
        var id: String
        var headers: [String: String] = [:]
        var text = ""
    }

    @Test func `each event stands in the catalog with a remedy`() throws {
        let entries = try Self.entries()
        #expect(Set(entries.map(\.id)) == Set(JournalEvent.allCases.map(\.messageID)))
        #expect(entries.count == JournalEvent.allCases.count)
        for entry in entries {
            #expect(entry.headers["Subject"]?.isEmpty == false, "\(entry.id)")
            #expect(entry.headers["Defined-By"] == "fundusd", "\(entry.id)")
            #expect(entry.text.utf8.count > 80, "\(entry.id)")
        }
    }

    @Test func `identities are 128 bits in lower case`() {
        for event in JournalEvent.allCases {
            #expect(event.messageID.utf8.count == 32)
            #expect(event.messageID.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
        }
    }

    @Test func `only documented fields are filled in`() throws {
        let known = Set(JournalFieldName.allCases.map(\.rawValue))
        for entry in try Self.entries() {
            let parts = (entry.text + entry.headers.values.joined()).split(
                separator: "@", omittingEmptySubsequences: false)
            let fields = parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
            #expect(known.isSuperset(of: fields), "\(fields)")
        }
    }

    @Test(arguments: JournalEvent.allCases) func `each event is in the documentation`(event: JournalEvent) throws {
        #expect(try Self.file("docs/journal.md").contains(event.messageID))
    }

    @Test(arguments: JournalFieldName.allCases) func `each field is in the documentation`(field: JournalFieldName)
        throws
    {
        #expect(try Self.file("docs/journal.md").contains("`\(field.rawValue)`"))
    }

    private static func entries() throws -> [Entry] {
        var entries: [Entry] = []
        var inHeader = false
        for line in try file("systemd/fundusd.catalog").split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") { continue }
            if line.hasPrefix("-- ") {
                entries.append(Entry(id: String(line.dropFirst(3))))
                inHeader = true
            } else if line.isEmpty {
                inHeader = false
            } else if !entries.isEmpty {
                entries[entries.count - 1].take(line, inHeader: inHeader)
            }
        }
        return entries
    }

    private static func file(_ path: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try String(contentsOfFile: "/\(root)/\(path)", encoding: .utf8)
    }
}

extension CatalogTests.Entry {
    fileprivate mutating func take(_ line: Substring, inHeader: Bool) {
        guard inHeader else {
            text += line + "\n"
            return
        }
        let parts = line.split(separator: ": ", maxSplits: 1)
        headers[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
}
