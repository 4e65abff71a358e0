import CSQLite
import Foundation

/// A connection to an SQLite database. This file is the only one that holds C pointers
/// of SQLite. For one thread at a time.
final class Database {
  private let handle: OpaquePointer
  private let path: String
  /// Statements by their text, compiled once.
  private var statements: [String: OpaquePointer] = [:]

  enum Mode {
    case create, readWrite, readOnly
  }

  /// Opens a file.
  ///
  /// - Parameter patience: how long to wait for another process, in milliseconds.
  /// - Throws: `StoreError` with the path.
  init(path: String, mode: Mode, patience: Int32 = 5000) throws(StoreError) {
    self.path = path
    let flags =
      switch mode {
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readWrite: SQLITE_OPEN_READWRITE
      case .readOnly: SQLITE_OPEN_READONLY
      }
    var opened: OpaquePointer?
    // One thread at a time is what the callers see to.
    let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let opened else {
      let reason = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory"
      sqlite3_close_v2(opened)
      throw .failed(reason: "\(path): \(reason)")
    }
    handle = opened
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, patience)
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
  }

  /// A value of a column or a parameter.
  enum Value: Equatable {
    case null
    case integer(Int64)
    case text(String)
    case blob(Data)
  }

  /// Carries out statements without parameters, several at a time.
  func execute(_ sql: String) throws(StoreError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// Carries out a statement that gives no rows.
  func run(_ sql: String, _ values: [Value] = []) throws(StoreError) {
    try rows(sql, values) { (_: Row) throws(StoreError) in }
  }

  /// Carries out a statement, and gives each of its rows.
  func rows(
    _ sql: String, _ values: [Value] = [], each: (Row) throws(StoreError) -> Void
  ) throws(StoreError) {
    let statement = try self.statement(sql)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    for (place, value) in values.enumerated() { try bind(value, statement, Int32(place) + 1) }
    while true {
      let code = sqlite3_step(statement)
      switch code {
      case SQLITE_ROW: try each(Row(statement: statement))
      case SQLITE_DONE: return
      default: throw error(code)
      }
    }
  }

  /// The first row, if there is one.
  func first<Result>(
    _ sql: String, _ values: [Value] = [], _ read: (Row) throws(StoreError) -> Result
  ) throws(StoreError) -> Result? {
    var result: Result?
    try rows(sql, values) { (row: Row) throws(StoreError) in
      if result == nil { result = try read(row) }
    }
    return result
  }

  /// A row, valid until the next.
  struct Row {
    fileprivate let statement: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func text(_ column: Int32) -> String {
      guard let text = sqlite3_column_text(statement, column) else { return "" }
      let count = Int(sqlite3_column_bytes(statement, column))
      return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    func data(_ column: Int32) -> Data {
      guard let bytes = sqlite3_column_blob(statement, column) else { return Data() }
      return Data(bytes: bytes, count: Int(sqlite3_column_bytes(statement, column)))
    }
  }

  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  private func statement(_ sql: String) throws(StoreError) -> OpaquePointer {
    if let known = statements[sql] { return known }
    var made: OpaquePointer?
    let code = sqlite3_prepare_v3(
      handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
    guard code == SQLITE_OK, let made else { throw error(code) }
    statements[sql] = made
    return made
  }

  /// Tells SQLite to copy what is bound.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private func bind(
    _ value: Value, _ statement: OpaquePointer, _ place: Int32
  ) throws(StoreError) {
    let code =
      switch value {
      case .null: sqlite3_bind_null(statement, place)
      case .integer(let number): sqlite3_bind_int64(statement, place, number)
      case .text(let text):
        sqlite3_bind_text64(
          statement, place, text, UInt64(text.utf8.count), Self.copied, UInt8(SQLITE_UTF8))
      case .blob(let data):
        data.withUnsafeBytes { bytes in
          bytes.isEmpty
            ? sqlite3_bind_zeroblob(statement, place, 0)
            : sqlite3_bind_blob64(
              statement, place, bytes.baseAddress, UInt64(bytes.count), Self.copied)
        }
      }
    guard code == SQLITE_OK else { throw error(code) }
  }

  private func error(_ code: Int32) -> StoreError {
    let reason = "\(path): \(String(cString: sqlite3_errmsg(handle)))"
    let noRoom = [ENOSPC, EDQUOT].contains(sqlite3_system_errno(handle))
    return switch code & 0xFF {
    case SQLITE_FULL: .full(reason: reason)
    case SQLITE_IOERR where noRoom, SQLITE_CANTOPEN where noRoom: .full(reason: reason)
    case SQLITE_BUSY, SQLITE_LOCKED: .locked(reason: reason)
    case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(reason: reason)
    default: .failed(reason: "\(reason) (code \(code))")
    }
  }

  // MARK: - Backup

  /// Copies the whole database, as it is at this moment, while others read and write it.
  ///
  /// - Parameters:
  ///   - destination: an empty database.
  ///   - progress: called with the pages copied and the pages of all.
  func copy(
    to destination: Database, progress: (Int, Int) -> Void
  ) throws(StoreError) {
    // One snapshot for all steps: otherwise each write of another process would make the
    // copy begin anew, and under steady writes it would never end.
    try execute("BEGIN")
    defer { try? execute("ROLLBACK") }
    _ = try first("SELECT count(*) FROM sqlite_schema") { $0.integer(0) }
    guard let backup = sqlite3_backup_init(destination.handle, "main", handle, "main") else {
      throw destination.error(sqlite3_errcode(destination.handle))
    }
    var code = SQLITE_OK
    while code == SQLITE_OK {
      code = sqlite3_backup_step(backup, 1024)
      let total = Int(sqlite3_backup_pagecount(backup))
      progress(total - Int(sqlite3_backup_remaining(backup)), total)
    }
    sqlite3_backup_finish(backup)
    guard code == SQLITE_DONE else { throw destination.error(code) }
  }
}
