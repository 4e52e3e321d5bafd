// SPDX-License-Identifier: Apache-2.0
import Fixtures
import Glibc
import LinuxIO
import SystemPackage
import Testing

/// What is changed below an open folder stays below it, and replaces nothing unasked.
@Suite struct FolderChangesTests {
    private let outer = TemporaryFolder()
    private var path: FilePath { outer.path.appending("shared") }

    init() throws {
        try AtomicFile.makeFolder(path)
        try AtomicFile.makeFolder(outer.path.appending("outside"))
        try AtomicFile.write([7], to: outer.path.pushing("outside/a"))
    }

    private func names(_ path: FilePath) throws -> [String] { try Folder(path).names().map(\.string).sorted() }

    /// Every door, with a link on the way, and with a way up.
    private static let doors: [(String, @Sendable (borrowing Folder, FilePath) throws(SystemFailure) -> Void)] = [
        ("open", { (folder, path) throws(SystemFailure) in _ = try folder.openFile(path.appending("a")) }),
        ("status", { (folder, path) throws(SystemFailure) in _ = try folder.status(of: path.appending("a")) }),
        ("write", { (folder, path) throws(SystemFailure) in try folder.write([1], to: path.appending("a")) }),
        ("make", { (folder, path) throws(SystemFailure) in try folder.makeFolders(path.appending("new")) }),
        ("remove", { (folder, path) throws(SystemFailure) in try folder.remove(path.appending("a")) }),
        (
            "rename from",
            { (folder, path) throws(SystemFailure) in
                try folder.rename(path.appending("a"), to: "b", in: folder)
            }
        ),
        (
            "rename to",
            { (folder, path) throws(SystemFailure) in try folder.rename("own", to: path.appending("a"), in: folder) }
        ),
        (
            "move from",
            { (folder, path) throws(SystemFailure) in
                _ = try folder.moveIfFree(path.appending("a"), to: "b", in: folder)
            }
        ),
        (
            "move to",
            { (folder, path) throws(SystemFailure) in
                _ = try folder.moveIfFree("own", to: path.appending("b"), in: folder)
            }
        ),
        (
            "copy to",
            { (folder, path) throws(SystemFailure) in
                _ = try folder.copyIfFree(folder.openFile("own"), to: path.appending("b"))
            }
        ),
    ]

    @Test(arguments: doors.map(\.0), ["link", "../outside"])
    func `no door leads out of the folder`(door: String, way: String) throws {
        try AtomicFile.write([1], to: path.appending("own"))
        #expect(symlink("../outside", path.appending("link").string) == 0)
        let folder = try Folder(path)
        let call = try #require(Self.doors.first { $0.0 == door }).1
        #expect(throws: SystemFailure.self) { try call(folder, FilePath(way)) }
        #expect(try names(outer.path.appending("outside")) == ["a"])
        #expect(try Folder(outer.path.appending("outside")).openFile("a").read(upTo: 9) == [7])
        #expect(try names(path) == ["link", "own"])
    }

    /// Kernels without openat2(2) go step by step, to the same ends.
    @Test(arguments: ["link", "../outside", "sub/../../outside", "a-file", "missing"])
    func `a walk by steps refuses what one call refuses`(way: String) throws {
        try AtomicFile.makeFolder(path.appending("sub"))
        try AtomicFile.write([1], to: path.appending("a-file"))
        #expect(symlink("../outside", path.appending("link").string) == 0)
        let folder = try Folder(path)
        #expect(throws: SystemFailure.self) { _ = try folder.subfolder(FilePath(way)) }
        #expect(throws: SystemFailure.self) { _ = try folder.stepwise(FilePath(way)) }
        #expect(try folder.stepwise("sub").names() == folder.subfolder("sub").names())
    }

    @Test func `folders that no path leads to are looked through, and reached by no door`() throws {
        try AtomicFile.write([1], to: path.appending("a"))
        DeepFolder.make(below: path, holding: path.appending("a"))
        let folder = try Folder(path)
        let found = try folder.tree()
        #expect(found.count == DeepFolder.depth + 1 && found.last?.path.lastComponent == "deep.jpg")
        let deep = try #require(found.last?.path)
        let tooLong = SystemFailure("open", path.pushing(deep).string, .fileNameTooLong)
        #expect(throws: tooLong) { _ = try folder.subfolder(deep) }
        #expect(throws: tooLong) { _ = try folder.stepwise(deep) }
        #expect(throws: SystemFailure.self) { _ = try folder.openFile(deep) }
    }

    @Test func `folders of too long a path are not made in part`() throws {
        let deep = FilePath(Array(repeating: DeepFolder.name, count: DeepFolder.depth).joined(separator: "/"))
        let folder = try Folder(path)
        #expect(throws: SystemFailure("mkdir", path.pushing(deep).string, .fileNameTooLong)) {
            try folder.makeFolders(deep)
        }
        #expect(try names(path).isEmpty)
    }

    @Test func `a file is replaced whole, and a write that fails leaves nothing`() throws {
        let folder = try Folder(path)
        for byte in [1, 2] as [UInt8] { try folder.write([byte], to: "a") }
        #expect(try folder.openFile("a").read(upTo: 9) == [2])
        try folder.makeFolders("x/y")
        #expect(throws: SystemFailure.self) { try folder.write([1], to: "x") }
        #expect(try names(path) == ["a", "x"] && names(path.pushing("x")) == ["y"])
    }

    @Test func `moving and copying to a taken name are refused without fault`() throws {
        let folder = try Folder(path)
        for name in ["a", "b"] { try folder.write(Array(name.utf8), to: FilePath(name)) }
        #expect(try !folder.moveIfFree("a", to: "b", in: folder))
        #expect(try !folder.copyIfFree(folder.openFile("a"), to: "b"))
        #expect(try folder.openFile("b").read(upTo: 9) == Array("b".utf8))
        #expect(try folder.moveIfFree("a", to: "c", in: folder))
        #expect(try folder.copyIfFree(folder.openFile("c"), to: "d"))
        #expect(try names(path) == ["b", "c", "d"])
    }

    @Test func `a copy replaces what a killed process left of it`() throws {
        let folder = try Folder(path)
        let content = [UInt8](repeating: 7, count: 3 << 20)
        try folder.write(content, to: "a")
        let inode = try folder.status(of: "a").signature.inode
        try folder.write([UInt8](repeating: 1, count: 4 << 20), to: FilePath(".fundusd-\(inode).tmp"))
        #expect(try folder.copyIfFree(folder.openFile("a"), to: "b"))
        #expect(try names(path) == ["a", "b"])
        #expect(try folder.status(of: "b").signature.bytes == content.count)
    }

    @Test func `unfinished files of a killed process are removed, others are not`() throws {
        let folder = try Folder(path)
        for name in [".fundusd-12.tmp", ".fundusd-x", "fundusd-1.tmp"] { try folder.write([1], to: FilePath(name)) }
        #expect(try folder.removeUnfinished() == 1)
        #expect(try names(path) == [".fundusd-x", "fundusd-1.tmp"])
    }

    @Test func `what a file system can do is tried, and nothing of it is left`() throws {
        let folder = try Folder(path)
        #expect(try folder.probe() == .ordinary)
        #expect(try names(path) == [])
    }

    /// As a process leaves it that was killed while it tried.
    @Test func `what was left of a try is removed, but for what others put there`() throws {
        for (name, entry) in [(".fundusd-1.tmp", "con.jpg"), (".fundusd-2.tmp", "deep/file")] {
            let file = path.appending(name).pushing(FilePath(entry))
            try AtomicFile.makeFolder(file.removingLastComponent())
            try AtomicFile.write([1], to: file)
        }
        try Folder(path).removeUnfinished()
        #expect(try names(path) == [".fundusd-2.tmp"])
    }

    @Test(arguments: [
        (FileSystemAbilities.ordinary, nil),
        (FileSystemAbilities(distinguishesCase: false), "does not tell Eye.jpg from eye.jpg"),
        (
            FileSystemAbilities(refused: [.device, .reserved], longestName: 143, keepsWhatIsThere: false),
            """
            takes no < > : \" | ? * \\ in names; takes no device (CON, AUX …) in names; takes no name of more than 143 bytes; \
            can't rename without replacing
            """
        ),
    ])
    func `what a file system can't do is said`(abilities: FileSystemAbilities, sentence: String?) {
        #expect(abilities.sentence == sentence)
    }
}
