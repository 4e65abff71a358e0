import Foundation
import Programme

/// Several writes as one transaction; the rules are those of `StoreState`.
struct SQLiteTransaction {
  private let database: Database
  private var revision: UInt64
  private var dataRevision: UInt64

  /// Begins; `commit` or `rollBack` ends it.
  init(_ database: Database) throws(StoreError) {
    self.database = database
    try database.execute("BEGIN IMMEDIATE")
    do throws(StoreError) {
      revision = try database.meta("revision")
      dataRevision = try database.meta("data_revision")
    } catch {
      try? database.execute("ROLLBACK")
      throw error
    }
  }

  func commit() throws(StoreError) {
    for (name, value) in [("revision", revision), ("data_revision", dataRevision)] {
      try database.run(
        "UPDATE meta SET value = ?2 WHERE name = ?1", [.text(name), .integer(Int64(value))])
    }
    try database.execute("COMMIT")
  }

  func rollBack() { try? database.execute("ROLLBACK") }

  /// Carries out a write, or leaves nothing of it.
  ///
  /// - Returns: the receipt, or what is wrong with this write.
  /// - Throws: what makes the whole transaction fail: a full disk, a damaged file.
  mutating func attempt(
    _ request: WriteRequest
  ) throws(StoreError) -> Result<WriteReceipt, StoreError> {
    let before = (revision, dataRevision)
    try database.execute("SAVEPOINT one")
    do throws(StoreError) {
      let receipt = try write(request)
      try database.execute("RELEASE one")
      return .success(receipt)
    } catch {
      switch error {
      case .full, .locked, .corrupt, .newerFormat: throw error
      // SQLite ends a transaction itself when it cannot go on with it.
      case .failed where !database.isInTransaction: throw error
      case .unknownParticipant, .keyReused, .revisionChanged, .failed:
        (revision, dataRevision) = before
        try database.execute("ROLLBACK TO one; RELEASE one")
        return .failure(error)
      }
    }
  }

  private mutating func write(_ request: WriteRequest) throws(StoreError) -> WriteReceipt {
    if let key = request.key, let known = try database.receipt(of: key) { return known }
    let receipt =
      switch request.change {
      case .upsert(let written): try upsert(written, request)
      case .delete(let id): try delete(id, request)
      case .submitPlan(let id, let plan): try submit(plan, of: id, request)
      case .decide(let participant, let partner, let verdict, let reason):
        try decide(participant, partner, verdict, reason, request)
      case .record(let run): try record(run, request)
      }
    if let key = request.key {
      try database.run(
        "INSERT INTO keys (key, fingerprint, receipt, time) VALUES (?1, ?2, ?3, ?4)",
        [
          .text(key.key), .blob(Data(key.fingerprint)), .text(try StoreJSON.text(receipt)),
          .integer(request.time),
        ])
    }
    return receipt
  }

  private mutating func upsert(
    _ written: [Participant], _ request: WriteRequest
  ) throws(StoreError) -> WriteReceipt {
    var receipt = WriteReceipt(revision: revision)
    let next = revision + 1
    for participant in written {
      let body = try StoreJSON.text(participant)
      let known = try database.first(
        "SELECT body FROM participants WHERE id = ?1", [.text(participant.id)]
      ) { $0.text(0) }
      // Bytes, because texts are equal that differ in how their accents are written.
      guard known.map({ $0.utf8.elementsEqual(body.utf8) }) != true else {
        receipt.unchanged += 1
        continue
      }
      try database.run(
        "INSERT INTO participants (id, body, revision) VALUES (?1, ?2, ?3) "
          + "ON CONFLICT (id) DO UPDATE SET body = excluded.body, revision = excluded.revision",
        [.text(participant.id), .text(body), .integer(Int64(next))])
      if known == nil { receipt.created += 1 } else { receipt.updated += 1 }
      try log(
        known == nil ? "participant.created" : "participant.updated", participant.id, next, body,
        request)
    }
    if receipt.created + receipt.updated > 0 { (revision, dataRevision) = (next, next) }
    receipt.revision = revision
    return receipt
  }

  private mutating func delete(
    _ id: String, _ request: WriteRequest
  ) throws(StoreError) -> WriteReceipt {
    guard try database.participant(id) != nil else { throw .unknownParticipant(id: id) }
    try database.run("DELETE FROM participants WHERE id = ?1", [.text(id)])
    try database.run("DELETE FROM assignments WHERE participant = ?1", [.text(id)])
    advance()
    try log("participant.deleted", id, revision, "", request)
    return WriteReceipt(revision: revision)
  }

  private mutating func submit(
    _ plan: Plan, of id: String, _ request: WriteRequest
  ) throws(StoreError) -> WriteReceipt {
    guard var participant = try database.participant(id)?.participant else {
      throw .unknownParticipant(id: id)
    }
    participant.signals.plan = plan
    return try upsert([participant], request)
  }

  private mutating func decide(
    _ participant: String, _ partner: String, _ verdict: Verdict, _ reason: String,
    _ request: WriteRequest
  ) throws(StoreError) -> WriteReceipt {
    for id in [participant, partner] where try database.participant(id) == nil {
      throw .unknownParticipant(id: id)
    }
    advance()
    let last = try database.first("SELECT max(id) FROM decisions") { $0.integer(0) } ?? 0
    let decision = Decision(
      id: last + 1, participant: participant, partner: partner, verdict: verdict, reason: reason,
      actor: request.actor, time: request.time)
    let pair = [participant, partner].sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    try database.run(
      "INSERT INTO decisions (id, first, second, body) VALUES (?1, ?2, ?3, ?4)",
      [
        .integer(decision.id), .text(pair[0]), .text(pair[1]), .text(try StoreJSON.text(decision)),
      ])
    try log(
      "decision.recorded", String(decision.id), revision, try StoreJSON.text(decision), request)
    return WriteReceipt(revision: revision, decision: decision)
  }

  private mutating func record(
    _ new: NewRun, _ request: WriteRequest
  ) throws(StoreError) -> WriteReceipt {
    guard !new.committed || dataRevision <= new.revision else {
      throw .revisionChanged(computedFrom: new.revision, now: revision)
    }
    revision += 1
    let last = try database.first("SELECT max(id) FROM runs") { $0.integer(0) } ?? 0
    let run = Run(new, id: last + 1, request)
    try database.run(
      "INSERT INTO runs (id, body, result) VALUES (?1, ?2, ?3)",
      [.integer(run.id), .text(try StoreJSON.text(run)), .blob(new.result)])
    try log("run.recorded", String(run.id), revision, try StoreJSON.text(run), request)
    if new.committed, let assigned = new.assignments {
      try database.run("DELETE FROM assignments")
      for (id, networks) in assigned.sorted(by: { $0.key < $1.key })
      where try database.participant(id) != nil {
        try database.run(
          "INSERT INTO assignments (participant, body) VALUES (?1, ?2)",
          [.text(id), .text(try StoreJSON.text(networks))])
      }
      let committed = try StoreJSON.text(try database.assignments())
      try log("assignment.committed", String(run.id), revision, committed, request)
    }
    return WriteReceipt(revision: revision, run: run)
  }

  private mutating func advance() {
    revision += 1
    dataRevision = revision
  }

  private func log(
    _ action: String, _ subject: String, _ revision: UInt64, _ detail: String,
    _ request: WriteRequest
  ) throws(StoreError) {
    try database.run(
      "INSERT INTO audit (time, actor, action, subject, revision, detail) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      [
        .integer(request.time), .text(request.actor), .text(action), .text(subject),
        .integer(Int64(revision)), .text(detail),
      ])
  }
}
