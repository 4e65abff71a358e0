package import Foundation
package import Programme
import Synchronization

/// A store in a folder, as an SQLite database with a write-ahead log: what was
/// acknowledged is there after kill -9 and after a loss of power.
package final class SQLiteStore: Store {
  package static let fileName = "encuentro.sqlite"

  let path: String
  private let lock: FolderLock
  private let writer: Mutex<Database>
  /// Reads do not wait for writes, and short ones not for a long one.
  private let readers: [Reader]

  /// Opens the store of a folder, which is made if it is not there, and brings it to the
  /// present version.
  ///
  /// - Parameter patience: how long a call waits for another process that uses the
  ///   database, in milliseconds.
  /// - Throws: `StoreError.locked` when another server has it, `.newerFormat`,
  ///   `.corrupt`.
  package init(folder: String, patience: Int32 = 5000) throws(StoreError) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .failed(reason: "\(folder) cannot be made: \(error.localizedDescription)")
    }
    lock = try FolderLock(folder: folder)
    path = (folder as NSString).appendingPathComponent(Self.fileName)
    let database = try Database(path: path, mode: .create, patience: patience)
    // First, because turning on the log would change a file of another program.
    _ = try Schema.version(of: database, path: path)
    try database.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
    try Schema.migrate(database, path: path)
    writer = Mutex(database)
    var readers: [Reader] = []
    for _ in 0..<3 { readers.append(try Reader(path: path, patience: patience)) }
    self.readers = readers
  }

  /// A connection that only reads.
  private final class Reader: Sendable {
    let database: Mutex<Database>

    init(path: String, patience: Int32) throws(StoreError) {
      let database = try Database(path: path, mode: .readWrite, patience: patience)
      try database.execute("PRAGMA query_only = ON")
      self.database = Mutex(database)
    }
  }

  package func write(
    _ writes: [WriteRequest]
  ) throws(StoreError) -> [Result<WriteReceipt, StoreError>] {
    try writer.withLock { database throws(StoreError) in
      var transaction = try SQLiteTransaction(database)
      do throws(StoreError) {
        var results: [Result<WriteReceipt, StoreError>] = []
        for request in writes { results.append(try transaction.attempt(request)) }
        try transaction.commit()
        return results
      } catch {
        transaction.rollBack()
        throw error
      }
    }
  }

  package func revision() throws(StoreError) -> UInt64 {
    try read { database throws(StoreError) in try database.meta("revision") }
  }

  package func receipt(of key: IdempotencyKey) throws(StoreError) -> WriteReceipt? {
    try read { database throws(StoreError) in try database.receipt(of: key) }
  }

  package func participant(id: String) throws(StoreError) -> StoredParticipant? {
    try read { database throws(StoreError) in try database.participant(id) }
  }

  package func participants(
    after id: String?, limit: Int
  ) throws(StoreError) -> [StoredParticipant] {
    try read { database throws(StoreError) in
      try database.list(
        "SELECT body, revision FROM participants WHERE id > ?1 ORDER BY id LIMIT ?2",
        [.text(id ?? ""), .integer(Int64(limit))]
      ) { (row) throws(StoreError) in
        StoredParticipant(
          participant: try StoreJSON.value(Participant.self, row.text(0)),
          revision: UInt64(row.integer(1)))
      }
    }
  }

  package func participantCount() throws(StoreError) -> Int {
    try read { database throws(StoreError) in
      Int(try database.first("SELECT count(*) FROM participants") { $0.integer(0) } ?? 0)
    }
  }

  package func snapshot() throws(StoreError) -> StoreSnapshot {
    try read { database throws(StoreError) in
      try database.execute("BEGIN")
      defer { try? database.execute("COMMIT") }
      return StoreSnapshot(
        revision: try database.meta("revision"),
        participants: try database.list("SELECT body FROM participants ORDER BY id") {
          (row) throws(StoreError) in try StoreJSON.value(Participant.self, row.text(0))
        },
        decisions: try database.decisions(
          participant: nil, currentOnly: true, before: nil, limit: .max),
        assignments: try database.assignments())
    }
  }

  package func decisions(
    participant: String?, currentOnly: Bool, before id: Int64?, limit: Int
  ) throws(StoreError) -> [Decision] {
    try read { database throws(StoreError) in
      try database.decisions(
        participant: participant, currentOnly: currentOnly, before: id, limit: limit)
    }
  }

  package func runs(before id: Int64?, limit: Int) throws(StoreError) -> [Run] {
    try read { database throws(StoreError) in
      try database.list(
        "SELECT body FROM runs WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
        [.integer(id ?? .max), .integer(Int64(limit))]
      ) { (row) throws(StoreError) in try StoreJSON.value(Run.self, row.text(0)) }
    }
  }

  package func run(id: Int64) throws(StoreError) -> Run? {
    try read { database throws(StoreError) in
      try database.first("SELECT body FROM runs WHERE id = ?1", [.integer(id)]) {
        (row) throws(StoreError) in try StoreJSON.value(Run.self, row.text(0))
      }
    }
  }

  package func runResult(id: Int64) throws(StoreError) -> Data? {
    try read { database throws(StoreError) in
      try database.first("SELECT result FROM runs WHERE id = ?1", [.integer(id)]) { $0.data(0) }
    }
  }

  package func audit(after sequence: Int64, limit: Int) throws(StoreError) -> [AuditEntry] {
    try read { database throws(StoreError) in
      try database.list(
        "SELECT sequence, time, actor, action, subject, revision, detail FROM audit "
          + "WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
        [.integer(sequence), .integer(Int64(limit))]
      ) { row in
        AuditEntry(
          sequence: row.integer(0), time: row.integer(1), actor: row.text(2), action: row.text(3),
          subject: row.text(4), revision: UInt64(row.integer(5)), detail: row.text(6))
      }
    }
  }

  package func forgetKeys(before time: Int64) throws(StoreError) {
    try writer.withLock { database throws(StoreError) in
      try database.run("DELETE FROM keys WHERE time < ?1", [.integer(time)])
    }
  }

  /// Bounds the file, as a full disk would.
  func limit(pages: Int) throws(StoreError) {
    try writer.withLock { database throws(StoreError) in
      try database.execute("PRAGMA max_page_count = \(pages)")
    }
  }

  private func read<Value: Sendable>(
    _ body: (Database) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    for reader in readers.dropLast() {
      let value = try reader.database.withLockIfAvailable { database throws(StoreError) in
        try body(database)
      }
      if let value { return value }
    }
    return try readers[readers.count - 1].database.withLock { database throws(StoreError) in
      try body(database)
    }
  }

  /// Copies the store to a file, as it is at this moment, while others read and write it.
  /// The copy is complete and on the disk, or not there.
  ///
  /// - Parameters:
  ///   - destination: a file that is not there yet, unless it is to be replaced.
  ///   - progress: called with the pages copied and the pages of all.
  /// - Throws: `StoreError`, also when the copy does not pass its check.
  package static func backUp(
    folder: String, to destination: String, replacing: Bool = false,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(StoreError) {
    guard replacing || !FileManager.default.fileExists(atPath: destination) else {
      throw .failed(reason: "\(destination) is there already; name another file")
    }
    let source = (folder as NSString).appendingPathComponent(fileName)
    guard FileManager.default.fileExists(atPath: source) else {
      throw .failed(reason: "\(folder) holds no store (\(fileName))")
    }
    // A name of its own, so that two at once do not write into one file.
    let partial = "\(destination).\(UUID().uuidString.prefix(8)).partial"
    do throws(StoreError) {
      let from = try Database(path: source, mode: .readWrite)
      _ = try Schema.version(of: from, path: source)
      let to = try Database(path: partial, mode: .create)
      try from.copy(to: to, progress: progress)
      // One file without a log beside it.
      try to.execute("PRAGMA journal_mode = DELETE")
      let verdict = try to.first("PRAGMA quick_check(1)") { $0.text(0) } ?? ""
      guard verdict == "ok" else { throw .corrupt(reason: "the copy: \(verdict)") }
      try FileMove.move(partial, to: destination, replacing: replacing)
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
  }
}

extension Database {
  func list<Element>(
    _ sql: String, _ values: [Value] = [], _ read: (Row) throws(StoreError) -> Element
  ) throws(StoreError) -> [Element] {
    var elements: [Element] = []
    try rows(sql, values) { (row: Row) throws(StoreError) in elements.append(try read(row)) }
    return elements
  }

  func meta(_ name: String) throws(StoreError) -> UInt64 {
    UInt64(
      try first("SELECT value FROM meta WHERE name = ?1", [.text(name)]) { $0.integer(0) } ?? 0)
  }

  func receipt(of key: IdempotencyKey) throws(StoreError) -> WriteReceipt? {
    let known = try first(
      "SELECT fingerprint, receipt FROM keys WHERE key = ?1", [.text(key.key)]
    ) { ($0.data(0), $0.text(1)) }
    guard let (fingerprint, receipt) = known else { return nil }
    guard Array(fingerprint) == key.fingerprint else { throw .keyReused(key: key.key) }
    return try StoreJSON.value(WriteReceipt.self, receipt)
  }

  func participant(_ id: String) throws(StoreError) -> StoredParticipant? {
    try first("SELECT body, revision FROM participants WHERE id = ?1", [.text(id)]) {
      (row) throws(StoreError) in
      StoredParticipant(
        participant: try StoreJSON.value(Participant.self, row.text(0)),
        revision: UInt64(row.integer(1)))
    }
  }

  func assignments() throws(StoreError) -> [String: AssignedNetworks] {
    var result: [String: AssignedNetworks] = [:]
    try rows("SELECT participant, body FROM assignments") { (row: Row) throws(StoreError) in
      result[row.text(0)] = try StoreJSON.value(AssignedNetworks.self, row.text(1))
    }
    return result
  }

  func decisions(
    participant: String?, currentOnly: Bool, before id: Int64?, limit: Int
  ) throws(StoreError) -> [Decision] {
    var sql = "SELECT body FROM decisions d WHERE id < ?1"
    if participant != nil { sql += " AND (first = ?3 OR second = ?3)" }
    if currentOnly {
      sql += """
         AND id = (SELECT max(id) FROM decisions WHERE first = d.first AND second = d.second)
         AND EXISTS (SELECT 1 FROM participants p WHERE p.id = d.first)
         AND EXISTS (SELECT 1 FROM participants p WHERE p.id = d.second)
        """
    }
    var values: [Value] = [.integer(id ?? .max), .integer(Int64(limit))]
    if let participant { values.append(.text(participant)) }
    return try list(sql + " ORDER BY id DESC LIMIT ?2", values) { (row) throws(StoreError) in
      try StoreJSON.value(Decision.self, row.text(0))
    }
  }
}
