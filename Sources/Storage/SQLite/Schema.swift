/// The tables, as a list of steps: a file of version n has taken the first n of them.
/// A step that was released is never changed.
enum Schema {
  /// "ENCU", so that files of other programs are told apart.
  static let applicationID: Int64 = 0x454E_4355

  static var version: Int { steps.count }

  static let steps = [
    // 1: participants, decisions, runs, assignments, the log, keys.
    """
    CREATE TABLE meta (
      name TEXT PRIMARY KEY, value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO meta VALUES ('revision', 0), ('data_revision', 0);

    CREATE TABLE participants (
      id TEXT PRIMARY KEY, body TEXT NOT NULL, revision INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE decisions (
      id INTEGER PRIMARY KEY, first TEXT NOT NULL, second TEXT NOT NULL, body TEXT NOT NULL
    ) STRICT;

    CREATE TABLE runs (
      id INTEGER PRIMARY KEY, body TEXT NOT NULL, result BLOB NOT NULL
    ) STRICT;

    CREATE TABLE assignments (
      participant TEXT PRIMARY KEY, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit (
      sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL,
      action TEXT NOT NULL, subject TEXT NOT NULL, revision INTEGER NOT NULL,
      detail TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

    CREATE TABLE keys (
      key TEXT PRIMARY KEY, fingerprint BLOB NOT NULL, receipt TEXT NOT NULL,
      time INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    // 2: the latest decision of a pair, and old keys, are found without reading all.
    """
    CREATE INDEX decisions_by_pair ON decisions (first, second, id);
    CREATE INDEX decisions_by_second ON decisions (second, id);
    CREATE INDEX keys_by_time ON keys (time);
    """,
  ]

  /// Brings a database to the present version.
  ///
  /// - Throws: `StoreError.newerFormat` for one of a later program, `.corrupt` for one of
  ///   another.
  static func migrate(_ database: Database, path: String) throws(StoreError) {
    let found = try version(of: database, path: path)
    guard found < version else { return }
    try database.execute("BEGIN IMMEDIATE")
    do throws(StoreError) {
      for step in steps[found...] { try database.execute(step) }
      try database.execute(
        "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version); COMMIT")
    } catch {
      try? database.execute("ROLLBACK")
      throw error
    }
  }

  /// The version of an existing file; 0 for one without tables.
  ///
  /// - Throws: `StoreError.newerFormat`, `.corrupt` for a file of another program.
  static func version(of database: Database, path: String) throws(StoreError) -> Int {
    func pragma(_ name: String) throws(StoreError) -> Int64 {
      try database.first("PRAGMA \(name)") { $0.integer(0) } ?? 0
    }
    let tables = try database.first("SELECT count(*) FROM sqlite_schema") { $0.integer(0) } ?? 0
    let found = Int(try pragma("user_version"))
    let owner = try pragma("application_id")
    if tables == 0, owner == 0, found == 0 { return 0 }
    guard owner == applicationID else {
      throw .corrupt(
        reason: "\(path) is a database of another program; move it away or take another folder")
    }
    guard found <= version else { throw .newerFormat(found: found, known: version) }
    return found
  }
}
