import Foundation
import Programme

/// What the two stores have in common: the meaning of a write. The in-memory store is
/// this alone; SQLite's follows the same rules in its tables, and one suite holds both
/// to them.
struct StoreState: Sendable {
  /// Grows with every write that changes something.
  private(set) var revision: UInt64 = 0
  /// Of the last write that changed what a run is computed from: participants or
  /// decisions.
  private(set) var dataRevision: UInt64 = 0
  private(set) var participants: [String: StoredParticipant] = [:]
  private(set) var decisions: [Decision] = []
  private(set) var runs: [(run: Run, result: Data)] = []
  private(set) var assignments: [String: AssignedNetworks] = [:]
  private(set) var audit: [AuditEntry] = []
  private var keys: [String: (fingerprint: [UInt8], receipt: WriteReceipt, time: Int64)] = [:]

  /// Carries out a write.
  ///
  /// - Throws: `StoreError`; then nothing has changed.
  mutating func write(_ request: WriteRequest) throws(StoreError) -> WriteReceipt {
    if let key = request.key, let known = try receipt(of: key) { return known }
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
      keys[key.key] = (key.fingerprint, receipt, request.time)
    }
    return receipt
  }

  func receipt(of key: IdempotencyKey) throws(StoreError) -> WriteReceipt? {
    guard let known = keys[key.key] else { return nil }
    guard known.fingerprint == key.fingerprint else { throw .keyReused(key: key.key) }
    return known.receipt
  }

  private mutating func upsert(
    _ written: [Participant], _ request: WriteRequest
  ) throws(StoreError) -> WriteReceipt {
    var receipt = WriteReceipt(revision: revision)
    let next = revision + 1
    // All before any, so that one that has no JSON form leaves nothing of the others.
    var bodies: [String] = []
    for participant in written { bodies.append(try StoreJSON.text(participant)) }
    for (participant, body) in zip(written, bodies) {
      let known = try participants[participant.id].map { (stored) throws(StoreError) in
        try StoreJSON.text(stored.participant)
      }
      // Bytes, because texts are equal that differ in how their accents are written.
      guard known.map({ $0.utf8.elementsEqual(body.utf8) }) != true else {
        receipt.unchanged += 1
        continue
      }
      participants[participant.id] = StoredParticipant(participant: participant, revision: next)
      if known == nil { receipt.created += 1 } else { receipt.updated += 1 }
      log(
        known == nil ? "participant.created" : "participant.updated", participant.id, next,
        body, request)
    }
    if receipt.created + receipt.updated > 0 { (revision, dataRevision) = (next, next) }
    receipt.revision = revision
    return receipt
  }

  private mutating func delete(
    _ id: String, _ request: WriteRequest
  ) throws(StoreError) -> WriteReceipt {
    guard participants.removeValue(forKey: id) != nil else { throw .unknownParticipant(id: id) }
    assignments[id] = nil
    advance()
    log("participant.deleted", id, revision, "", request)
    return WriteReceipt(revision: revision)
  }

  private mutating func submit(
    _ plan: Plan, of id: String, _ request: WriteRequest
  ) throws(StoreError) -> WriteReceipt {
    guard var participant = participants[id]?.participant else {
      throw .unknownParticipant(id: id)
    }
    participant.signals.plan = plan
    return try upsert([participant], request)
  }

  private mutating func decide(
    _ participant: String, _ partner: String, _ verdict: Verdict, _ reason: String,
    _ request: WriteRequest
  ) throws(StoreError) -> WriteReceipt {
    for id in [participant, partner] where participants[id] == nil {
      throw .unknownParticipant(id: id)
    }
    advance()
    let decision = Decision(
      id: Int64(decisions.count) + 1, participant: participant, partner: partner, verdict: verdict,
      reason: reason, actor: request.actor, time: request.time)
    decisions.append(decision)
    log("decision.recorded", String(decision.id), revision, try StoreJSON.text(decision), request)
    return WriteReceipt(revision: revision, decision: decision)
  }

  private mutating func record(
    _ new: NewRun, _ request: WriteRequest
  ) throws(StoreError) -> WriteReceipt {
    guard !new.committed || dataRevision <= new.revision else {
      throw .revisionChanged(computedFrom: new.revision, now: revision)
    }
    revision += 1
    let run = Run(new, id: Int64(runs.count) + 1, request)
    runs.append((run, new.result))
    log("run.recorded", String(run.id), revision, try StoreJSON.text(run), request)
    if new.committed, let assigned = new.assignments {
      assignments = assigned.filter { participants[$0.key] != nil }
      log(
        "assignment.committed", String(run.id), revision, try StoreJSON.text(assignments), request)
    }
    return WriteReceipt(revision: revision, run: run)
  }

  private mutating func advance() {
    revision += 1
    dataRevision = revision
  }

  private mutating func log(
    _ action: String, _ subject: String, _ revision: UInt64, _ detail: String,
    _ request: WriteRequest
  ) {
    audit.append(
      AuditEntry(
        sequence: Int64(audit.count) + 1, time: request.time, actor: request.actor, action: action,
        subject: subject, revision: revision, detail: detail))
  }

  /// The latest decision of each pair whose participants are here, the latest first.
  var currentDecisions: [Decision] {
    var seen: Set<[String]> = []
    return decisions.reversed().filter { decision in
      participants[decision.participant] != nil && participants[decision.partner] != nil
        && seen.insert([decision.participant, decision.partner].sorted()).inserted
    }
  }

  mutating func forgetKeys(before time: Int64) { keys = keys.filter { $0.value.time >= time } }
}

extension Run {
  init(_ new: NewRun, id: Int64, _ request: WriteRequest) {
    self.init(
      id: id, kind: new.kind, committed: new.committed, actor: request.actor, time: request.time,
      revision: new.revision, summary: new.summary, resultBytes: Int64(new.result.count))
  }
}

/// Values as the store keeps them: JSON with sorted keys, so that equal values have
/// equal bytes.
enum StoreJSON {
  /// - Throws: `StoreError.failed` for a number that is not finite.
  static func text(_ value: some Encodable) throws(StoreError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw .failed(reason: "what is to be stored has no JSON form: \(error)")
    }
  }

  static func value<Value: Decodable>(
    _ type: Value.Type, _ text: String
  ) throws(StoreError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw .corrupt(reason: "what is stored is no \(type): \(error)")
    }
  }
}
