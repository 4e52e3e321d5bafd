// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import SystemPackage
import Testing

@testable import Settings

@Suite struct FolderCheckTests {
    let folder: TemporaryFolder

    init() throws {
        folder = TemporaryFolder()
        for name in ["inbox", "outbox", "labelled", "state", "inbox/deep"] { try folder.makeFolder(name) }
        try folder.link("link", to: folder.path.appending("inbox/deep"))
        try folder.write("file", [])
    }

    @Test func `folders side by side are fine`() throws {
        #expect(try check() == [])
    }

    @Test(arguments: [
        (SettingKey.outbox, "inbox", "is the inbox too"),
        (.outbox, "inbox/deep", "lies inside the inbox"),
        (.outbox, "inbox/not-there/yet", "lies inside the inbox"),
        (.outbox, "link", "lies inside the inbox"),
        (.outbox, "link/new", "lies inside the inbox"),
        (.outbox, "state/../inbox/deep", "lies inside the inbox"),
        (.outbox, "nowhere/../inbox/x", "lies inside the inbox"),
        (.outbox, "file", "is not a folder. Name a folder."),
        (.outbox, "nowhere/outbox", "there is no folder"),
        (.inbox, "outbox/below", "lies inside the outbox"),
        (.inbox, "nowhere", "there is no folder"),
        (.state, "inbox/state", "the ledger and the archive would be looked at"),
        (.state, "outbox", "is the outbox too"),
        (.labelled, "inbox/labelled", "lies inside the inbox"),
        (.labelled, "state", "is the labelled too"),
    ])
    func `misplaced folders are faults`(key: SettingKey, place: String, expected: String) throws {
        let faults = try check([key: folder.path.string + "/" + place])
        #expect(faults.contains { $0.contains(expected) }, "\(faults)")
    }

    @Test func `missing folders with a parent are to be made`() throws {
        let path = folder.path.appending("new")
        let found = FolderCheck(try settings([.outbox: path.string]))
        #expect(found.faults == [])
        #expect(found.missing == [path])
    }

    @Test(arguments: [
        (Errno.readOnlyFileSystem, FolderAccess.write, "name it in ReadWritePaths="),
        (.permissionDenied, .write, "chmod g+rwx."),
        (.permissionDenied, .read, "chmod g+rx."),
    ])
    func `the remedy fits the error`(error: Errno, access: FolderAccess, expected: String) throws {
        let inbox = ConfiguredFolder(.inbox, folder.path, try settings([:]))
        #expect(inbox.remedy(for: error, access).contains(expected))
        #expect(inbox.message(for: error, access).hasPrefix(folder.path.string))
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func `an unwritable folder is a fault`() throws {
        chmod(folder.path.appending("outbox").string, 0o555)
        let faults = try check()
        #expect(faults.contains { $0.contains("may not be written to by this user") })
    }

    @Test func `relative paths are taken from the working folder`() throws {
        let faults = try check([.inbox: ".", .outbox: "./outbox-of-a-test"])
        #expect(faults.contains { $0.contains("lies inside the inbox") })
    }

    private func check(_ changes: [SettingKey: String] = [:]) throws -> [String] {
        FolderCheck(try settings(changes)).faults.map(\.description)
    }

    private func settings(_ changes: [SettingKey: String]) throws -> Settings {
        let places = [SettingKey.inbox, .outbox, .labelled, .state].map { ($0, folder.path.appending($0.name).string) }
        return try resolve(options: Dictionary(uniqueKeysWithValues: places).merging(changes) { $1 })
    }
}
