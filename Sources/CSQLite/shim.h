// SPDX-License-Identifier: Apache-2.0
// SQLite's C interface (https://www.sqlite.org/cintro.html). Called by SQLite only.

#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast that Swift does not import: SQLite makes its own copy of the bytes.

static inline int fundusd_bind_text(sqlite3_stmt *statement, int place, const char *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, place, bytes, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int fundusd_bind_blob(sqlite3_stmt *statement, int place, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, place, bytes, count, SQLITE_TRANSIENT);
}
