// SPDX-License-Identifier: Apache-2.0

/// The steps that brought a file's tables to what they are, each made once and named in the file.
package struct SQLiteMigrations {
    /// GRDB (https://github.com/groue/GRDB.swift) kept these files before and named the table; theirs go on.
    private static let table = "grdb_migrations"

    private var steps: [(name: String, make: (SQLiteConnection) throws -> Void)] = []

    package init() {}

    /// A step after all others. One that was ever released is never changed.
    package mutating func add(_ name: String, _ make: @escaping (SQLiteConnection) throws -> Void) {
        steps.append((name, make))
    }

    /// Makes what is wanting, each step with its name in one transaction.
    package func make(in database: SQLiteDatabase) throws {
        try database.write { db in
            try db.execute("CREATE TABLE IF NOT EXISTS \(Self.table) (identifier TEXT NOT NULL PRIMARY KEY)")
        }
        let made = try database.withWriter(Self.made)
        for step in steps where !made.contains(step.name) {
            try database.write { db in
                try step.make(db)
                try db.execute("INSERT INTO \(Self.table) (identifier) VALUES (?)", [step.name])
            }
        }
    }

    /// Whether the file has steps that are not known here: a newer version's.
    package func areSuperseded(in db: SQLiteConnection) throws -> Bool {
        try !Self.made(db).isSubset(of: steps.map(\.name))
    }

    package func areComplete(in db: SQLiteConnection) throws -> Bool {
        try Self.made(db).isSuperset(of: steps.map(\.name))
    }

    private static func made(_ db: SQLiteConnection) throws -> Set<String> {
        guard try db.hasTable(table) else { return [] }
        return Set(try db.values("SELECT identifier FROM \(table)"))
    }
}
