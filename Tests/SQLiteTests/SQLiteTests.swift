// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Fixtures
import LinuxIO
import SystemPackage
import Testing

@testable import SQLite

@Suite struct SQLiteTests {
    private let folder = TemporaryFolder()
    private var path: FilePath { folder.path.appending("some.sqlite") }

    private func database() throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(writing: path)
        try database.write { try $0.execute("CREATE TABLE t (number INTEGER PRIMARY KEY, value)") }
        return database
    }

    // MARK: Values

    struct Kept: CustomTestStringConvertible, Sendable {
        let value: any SQLiteConvertible & Sendable
        let type: String
        let comesBack: @Sendable (SQLiteDatabase) throws -> Bool
        var testDescription: String { "\(type) \(String(describing: value).prefix(30))" }

        init<Value: SQLiteConvertible & Equatable & Sendable>(_ value: Value, _ type: String) {
            self.value = value
            self.type = type
            comesBack = { try $0.read { db in try db.value("SELECT value FROM t") } == value }
        }
    }

    static let kept = [
        Kept(0, "integer"), Kept(Int.min, "integer"), Kept(Int64.max, "integer"), Kept(true, "integer"),
        Kept(0.1, "real"), Kept(-Double.infinity, "real"), Kept("", "text"), Kept("a'b;--\u{0}c👁", "text"),
        Kept([] as [UInt8], "blob"), Kept([0, 255, 0] as [UInt8], "blob"),
        Kept([UInt8](repeating: 7, count: 1 << 20), "blob"), Kept(nil as Int?, "null"), Kept("x" as String?, "text"),
    ]

    @Test(arguments: kept) func `a value comes back as it was kept`(_ case: Kept) throws {
        let database = try database()
        try database.write { try $0.execute("INSERT INTO t (value) VALUES (?)", [`case`.value]) }
        #expect(try `case`.comesBack(database))
        let type: String? = try database.read { try $0.value("SELECT typeof(value) FROM t") }
        #expect(type == `case`.type)
    }

    struct Misread: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let read: @Sendable (SQLiteRow) throws -> Void

        init<Value: SQLiteConvertible & SendableMetatype>(_ sql: String, _ type: Value.Type) {
            testDescription = sql
            read = { _ = try $0.decode("v") as Value }
        }
    }

    static let misread = [
        Misread("'1' AS v", Int.self), Misread("1.0 AS v", Int.self), Misread("NULL AS v", Int.self),
        Misread("1 AS v", String.self), Misread("x'41' AS v", String.self),
        Misread("CAST(x'FF80' AS TEXT) AS v", String?.self),
        Misread("'x' AS v", Double.self), Misread("9007199254740993 AS v", Double.self),
        Misread("'x' AS v", Bool?.self),
        Misread("1 AS v", [UInt8].self), Misread("1 AS other", Int.self),
    ]

    @Test(arguments: misread) func `what is something else is a failure and no trap`(_ case: Misread) throws {
        let database = try database()
        #expect(throws: SQLiteFailure.self) {
            try database.read { db in
                let row = try #require(try db.row("SELECT \(`case`.testDescription)"))
                try `case`.read(row)
            }
        }
    }

    @Test func `a column that is not there is NULL`() throws {
        let row = try #require(try database().read { try $0.row("SELECT 1 AS a, 2 AS a") })
        #expect(try row.decode("b") as Int? == nil)
        #expect(try row.decode("a") as Int == 1)
    }

    // MARK: Statements

    @Test(arguments: ["", " ", "-- nothing", "SELECT 1 WHERE 0"]) func `nothing has no rows`(_ sql: String) throws {
        let database = try database()
        #expect(try database.read { try $0.rows(sql).isEmpty && $0.row(sql) == nil })
    }

    @Test(arguments: [
        "SELEC", "SELECT * FROM nothing", "INSERT INTO t VALUES (1, 2), (1, 3)", "SELECT ?", "SELECT 1; SELECT ?",
    ])
    func `a statement that can't be done is told with its text`(_ sql: String) throws {
        let failure = #expect(throws: SQLiteFailure.self) { try database().write { try $0.execute(sql) } }
        #expect(failure?.description.contains(sql) == true)
    }

    @Test func `a text may hold many statements`() throws {
        let database = try database()
        try database.write { db in
            try db.execute("INSERT INTO t (value) VALUES (?); INSERT INTO t (value) VALUES ('b;');", ["a"])
            #expect(db.changes == 1 && db.lastInsertedRow == 2)
        }
        let values: [String] = try database.read { try $0.values("SELECT value FROM t ORDER BY number") }
        #expect(values == ["a", "b;"])
        #expect(try database.read { try $0.hasTable("t") && !$0.hasTable("u") && $0.hasColumn("value", in: "t") })
        #expect(try database.read { try !$0.hasColumn("values", in: "t") })
    }

    // MARK: Transactions

    private struct Whim: Error {}

    @Test func `what throws is written in no part`() throws {
        let database = try database()
        #expect(throws: Whim.self) {
            try database.write { db in
                try db.execute("INSERT INTO t VALUES (1, 2)")
                throw Whim()
            }
        }
        try database.write { try $0.execute("INSERT INTO t VALUES (1, 3)") }
        #expect(try database.read { try $0.value("SELECT value FROM t") } == 3)
    }

    @Test func `where undoing fails, the first error is told, and the next transaction begins by undoing`() throws {
        let database = try database()
        let refusesToUndo:
            @convention(c) (
                UnsafeMutableRawPointer?, CInt, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
                UnsafePointer<CChar>?
            ) -> CInt = { _, action, operation, _, _, _ in
                guard action == SQLITE_TRANSACTION, let operation = unsafe operation else { return SQLITE_OK }
                return unsafe String(cString: operation) == "ROLLBACK" ? SQLITE_DENY : SQLITE_OK
            }
        #expect(throws: Whim.self) {
            try database.write {
                try $0.execute("INSERT INTO t (value) VALUES (1)")
                unsafe sqlite3_set_authorizer($0.handle, refusesToUndo, nil)
                throw Whim()
            }
        }
        try database.withWriter { _ = unsafe sqlite3_set_authorizer($0.handle, nil, nil) }
        try database.write { try $0.execute("INSERT INTO t (value) VALUES (2)") }
        let values: [Int] = try database.read { try $0.values("SELECT value FROM t") }
        #expect(values == [2])
    }

    @Test func `a read is one snapshot, and sees what was committed before`() throws {
        let database = try database()
        try database.read { db in
            #expect(try db.value("SELECT count(*) FROM t") == 0)
            try database.write { try $0.execute("INSERT INTO t VALUES (1, 2)") }
            #expect(try db.value("SELECT count(*) FROM t") == 0)
        }
        #expect(try database.read { try $0.value("SELECT count(*) FROM t") } == 1)
    }

    @Test func `reading can't write`() throws {
        let database = try database()
        #expect(throws: SQLiteFailure.self) { try database.read { try $0.execute("DELETE FROM t") } }
    }

    @Test func `threads take turns`() async throws {
        let database = try database()
        let outcomes = await withTaskGroup { tasks in
            for number in 0..<8 {
                // A task of Swift's own pool might wait for its turn before it asks for the connection.
                tasks.addTask {
                    await onOwnThread(named: "writer") {
                        Result {
                            for place in 0..<25 {
                                try database.write { db in
                                    try db.execute("INSERT INTO t VALUES (?, ?)", [number * 25 + place, "x"])
                                }
                                _ = try database.read { try $0.rows("SELECT * FROM t") }
                            }
                        }
                    }
                }
            }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        for outcome in outcomes { try outcome.get() }
        #expect(try database.read { try $0.value("SELECT count(*) FROM t") } == 200)
    }

    @Test func `another process's transaction is waited for`() async throws {
        let database = try database()
        #expect(try database.withWriter { try $0.value("PRAGMA busy_timeout") } == 5000)
        let other = try SQLiteDatabase(writing: path)
        try other.withWriter { try $0.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES (1, 1)") }
        async let written = onOwnThread(named: "writer") {
            Result { try database.write { try $0.execute("INSERT INTO t VALUES (2, 2)") } }
        }
        try other.withWriter { try $0.execute("COMMIT") }
        try await written.get()
        #expect(try database.read { try $0.value("SELECT count(*) FROM t") } == 2)
    }

    // MARK: Files

    @Test func `a copy is made while others write, and can be read where nothing can be written`() throws {
        let database = try database()
        try database.write { try $0.execute("INSERT INTO t VALUES (1, 2)") }
        let copy = folder.path.appending("copy.sqlite")
        try SQLiteDatabase(reading: path).copy(to: copy)
        try database.write { try $0.execute("DELETE FROM t") }
        let read = try SQLiteDatabase(reading: copy)
        #expect(try read.read { try $0.value("SELECT value FROM t") } == 2)
        #expect(try read.read { try $0.value("PRAGMA journal_mode") } == "delete")
    }

    @Test func `what is not there is not read`() {
        let failure = #expect(throws: SQLiteFailure.self) { try SQLiteDatabase(reading: path) }
        #expect(failure?.isDamage == false && failure?.description.contains("unable to open") == true)
    }

    @Test func `what is no database is damage`() throws {
        let file = try FileDescriptor.open(path, .writeOnly, options: [.create], permissions: [.ownerReadWrite])
        try file.closeAfter {
            _ = try file.writeAll(Array("no database at all, ".utf8) + [UInt8](repeating: 1, count: 5000))
        }
        let failure = #expect(throws: SQLiteFailure.self) { try SQLiteDatabase(writing: path) }
        #expect(failure?.isDamage == true)
    }

    // MARK: Migrations

    private func migrations(_ count: Int) -> SQLiteMigrations {
        var migrations = SQLiteMigrations()
        for number in 0..<count { migrations.add("step \(number)") { try $0.execute("CREATE TABLE s\(number) (a)") } }
        return migrations
    }

    @Test func `steps are made once, and a newer version's are seen`() throws {
        let database = try SQLiteDatabase(writing: path)
        try migrations(2).make(in: database)
        try migrations(3).make(in: database)
        try migrations(3).make(in: database)
        let state = try database.read { db in
            try (2...4).map { try (migrations($0).areSuperseded(in: db), migrations($0).areComplete(in: db)) }
        }
        #expect(state.map(\.0) == [true, false, false] && state.map(\.1) == [true, true, false])
    }

    @Test func `a step that fails leaves nothing and is made the next time`() throws {
        let database = try SQLiteDatabase(writing: path)
        var migrations = SQLiteMigrations()
        migrations.add("half") { db in
            try db.execute("CREATE TABLE half (a)")
            throw Whim()
        }
        #expect(throws: Whim.self) { try migrations.make(in: database) }
        #expect(try database.read { db in try !db.hasTable("half") && !migrations.areComplete(in: db) })
    }
}
