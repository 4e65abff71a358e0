import Foundation
import Programme

/// What a look through a whole store has found.
package struct StoreReport: Codable, Hashable, Sendable {
  package struct Fault: Codable, Hashable, Sendable {
    /// "integrity", "participant", "decision", "assignment", "key", "run" or "audit".
    package var kind: String
    package var subject: String
    package var message: String
  }

  package var path: String
  /// The version of its tables.
  package var format: Int
  package var revision: UInt64
  package var participants = 0
  package var decisions = 0
  package var runs = 0
  package var assignments = 0
  package var auditEntries = 0
  package var keys = 0
  package var faults: [Fault] = []

  /// Looks through a folder's store, which may be in use.
  ///
  /// - Throws: `StoreError` for what is no store at all.
  package static func examine(folder: String) throws(StoreError) -> StoreReport {
    let path = (folder as NSString).appendingPathComponent(SQLiteStore.fileName)
    guard FileManager.default.fileExists(atPath: path) else {
      throw .failed(reason: "\(folder) holds no store (\(SQLiteStore.fileName))")
    }
    // Not read-only: what a killed server left in its log may have to be taken over.
    let database = try Database(path: path, mode: .readWrite)
    let format = try Schema.version(of: database, path: path)
    var report = StoreReport(
      path: path, format: format, revision: format > 0 ? try database.meta("revision") : 0)
    guard format > 0 else { return report }
    try database.execute("BEGIN")
    defer { try? database.execute("ROLLBACK") }
    try report.examineIntegrity(database)
    try report.examineParticipants(database)
    try report.examineRecords(database)
    try report.examineAudit(database)
    return report
  }

  private mutating func add(_ kind: String, _ subject: String, _ message: String) {
    faults.append(Fault(kind: kind, subject: subject, message: message))
  }

  private mutating func examineIntegrity(_ database: Database) throws(StoreError) {
    for verdict in try database.list("PRAGMA integrity_check(100)", [], { $0.text(0) })
    where verdict != "ok" { add("integrity", path, verdict) }
  }

  private mutating func examineParticipants(_ database: Database) throws(StoreError) {
    let rows = try database.list("SELECT id, body, revision FROM participants") {
      ($0.text(0), $0.text(1), UInt64($0.integer(2)))
    }
    participants = rows.count
    for (id, body, revision) in rows {
      do {
        let participant = try StoreJSON.value(Participant.self, body)
        if participant.id != id { add("participant", id, "is stored as '\(participant.id)'") }
      } catch {
        add("participant", id, "\(error)")
      }
      if revision > self.revision { add("participant", id, "is of a revision to come") }
    }
  }

  private mutating func examineRecords(_ database: Database) throws(StoreError) {
    let ids = Set(try database.list("SELECT id FROM participants") { $0.text(0) })
    let gone = Set(
      try database.list("SELECT subject FROM audit WHERE action = 'participant.deleted'") {
        $0.text(0)
      })
    for (id, first, second, body) in try database.list(
      "SELECT id, first, second, body FROM decisions", [],
      { ($0.integer(0), $0.text(1), $0.text(2), $0.text(3)) })
    {
      decisions += 1
      if (try? StoreJSON.value(Decision.self, body))?.id != id {
        add("decision", "\(id)", "cannot be read")
      }
      for participant in [first, second]
      where !ids.contains(participant) && !gone.contains(participant) {
        add("decision", "\(id)", "is on '\(participant)', who never was here")
      }
    }
    for (id, body) in try database.list(
      "SELECT id, body FROM runs", [], { ($0.integer(0), $0.text(1)) })
    {
      runs += 1
      if (try? StoreJSON.value(Run.self, body))?.id != id { add("run", "\(id)", "cannot be read") }
    }
    for (participant, body) in try database.list(
      "SELECT participant, body FROM assignments", [], { ($0.text(0), $0.text(1)) })
    {
      assignments += 1
      if !ids.contains(participant) {
        add("assignment", participant, "is of nobody who is here")
      }
      if (try? StoreJSON.value(AssignedNetworks.self, body)) == nil {
        add("assignment", participant, "cannot be read")
      }
    }
    for (key, receipt) in try database.list(
      "SELECT key, receipt FROM keys", [], { ($0.text(0), $0.text(1)) })
    {
      keys += 1
      if (try? StoreJSON.value(WriteReceipt.self, receipt)) == nil {
        add("key", key, "has no receipt that can be read")
      }
    }
  }

  /// The log must tell how everything that is here came here, without a gap.
  private mutating func examineAudit(_ database: Database) throws(StoreError) {
    var expected: Int64 = 1
    var last: UInt64 = 0
    var living: Set<String> = []
    for (sequence, action, subject, revision) in try database.list(
      "SELECT sequence, action, subject, revision FROM audit ORDER BY sequence", [],
      { ($0.integer(0), $0.text(1), $0.text(2), UInt64($0.integer(3))) })
    {
      auditEntries += 1
      if sequence != expected { add("audit", "\(sequence)", "\(expected) is missing before it") }
      expected = sequence + 1
      if revision < last { add("audit", "\(sequence)", "its revision goes back") }
      last = max(last, revision)
      switch action {
      case "participant.created":
        if !living.insert(subject).inserted { add("audit", subject, "was created twice") }
      case "participant.deleted": living.remove(subject)
      default: break
      }
    }
    if last != revision {
      add("audit", "\(last)", "the store's revision is \(revision), its log ends at \(last)")
    }
    let ids = Set(try database.list("SELECT id FROM participants") { $0.text(0) })
    for id in ids.symmetricDifference(living).sorted() {
      add("audit", id, ids.contains(id) ? "is here without a log entry" : "is gone without one")
    }
  }
}
