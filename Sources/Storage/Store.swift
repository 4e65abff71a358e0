package import Foundation
package import Programme

/// Where participants, decisions, runs and assignments are kept, with a log of who
/// changed what. Every backend passes one conformance suite.
///
/// A revision is a number that grows by one with every write that changed something.
/// Calls block the calling thread while the disk works, and may come from any thread.
package protocol Store: Sendable {
  /// The revision of the last write.
  func revision() throws(StoreError) -> UInt64

  /// Carries out writes in order, together in one durable transaction. A write that
  /// fails leaves nothing behind and stops no other.
  ///
  /// - Returns: one result for each write, once all of them are on the disk.
  /// - Throws: `StoreError` when nothing could be written at all.
  func write(
    _ writes: [WriteRequest]
  ) throws(StoreError) -> [Result<WriteReceipt, StoreError>]

  /// The receipt of a write that was done under a key; nil when none was.
  ///
  /// - Throws: `StoreError.keyReused` when that was another request.
  func receipt(of key: IdempotencyKey) throws(StoreError) -> WriteReceipt?

  func participant(id: String) throws(StoreError) -> StoredParticipant?

  /// Participants by ascending id (bytes), those after `id`.
  func participants(after id: String?, limit: Int) throws(StoreError) -> [StoredParticipant]

  func participantCount() throws(StoreError) -> Int

  /// Everybody by ascending id, with the revision that they are of.
  func snapshot() throws(StoreError) -> StoreSnapshot

  /// Decisions, the latest first, those before `id`.
  ///
  /// - Parameters:
  ///   - participant: only those on this participant, on either side of the pair.
  ///   - currentOnly: only the latest of each pair.
  func decisions(
    participant: String?, currentOnly: Bool, before id: Int64?, limit: Int
  ) throws(StoreError) -> [Decision]

  /// Runs, the latest first, those before `id`.
  func runs(before id: Int64?, limit: Int) throws(StoreError) -> [Run]

  func run(id: Int64) throws(StoreError) -> Run?

  /// The result of a run, as it was written.
  func runResult(id: Int64) throws(StoreError) -> Data?

  /// The log of changes by ascending number, those after `sequence`.
  func audit(after sequence: Int64, limit: Int) throws(StoreError) -> [AuditEntry]

  /// Forgets idempotency keys that were used before a time.
  func forgetKeys(before time: Int64) throws(StoreError)
}

/// What an index is built from.
package struct StoreSnapshot: Sendable {
  package var revision: UInt64
  package var participants: [Participant]
  /// The latest decision of each pair.
  package var decisions: [Decision]
  /// What the last committed reassignment said, by participants' ids.
  package var assignments: [String: AssignedNetworks]

  package init(
    revision: UInt64, participants: [Participant], decisions: [Decision],
    assignments: [String: AssignedNetworks]
  ) {
    self.revision = revision
    self.participants = participants
    self.decisions = decisions
    self.assignments = assignments
  }
}

/// One write, who asks for it, and the key under which it happens once.
package struct WriteRequest: Sendable {
  package enum Change: Sendable {
    case upsert([Participant])
    case delete(participant: String)
    case submitPlan(participant: String, Plan)
    case decide(participant: String, partner: String, Verdict, reason: String)
    /// Records a run with its result. A committed reassignment also replaces all
    /// assignments.
    case record(NewRun)
  }

  package var change: Change
  package var actor: String
  /// Microseconds since 1970 UTC.
  package var time: Int64
  /// A key that was used for the same request gives the receipt of back then; one
  /// that was used for another is an error.
  package var key: IdempotencyKey?

  package init(_ change: Change, actor: String, time: Int64, key: IdempotencyKey? = nil) {
    self.change = change
    self.actor = actor
    self.time = time
    self.key = key
  }
}

/// Names a write, so that it happens once however often it is sent.
package struct IdempotencyKey: Hashable, Sendable {
  /// 1 to 128 visible ASCII characters.
  package var key: String
  /// A digest of the method and the request without the key.
  package var fingerprint: [UInt8]

  package init(key: String, fingerprint: [UInt8]) {
    self.key = key
    self.fingerprint = fingerprint
  }
}

/// A run that is to be recorded.
package struct NewRun: Sendable {
  package var kind: Run.Kind
  package var committed: Bool
  /// The store's revision that it was computed from. A run to be committed fails with
  /// `StoreError.revisionChanged` when participants have changed since.
  package var revision: UInt64
  package var summary: String
  package var result: Data
  /// Of a reassignment that is to be committed.
  package var assignments: [String: AssignedNetworks]?

  package init(
    kind: Run.Kind, committed: Bool, revision: UInt64, summary: String, result: Data,
    assignments: [String: AssignedNetworks]? = nil
  ) {
    self.kind = kind
    self.committed = committed
    self.revision = revision
    self.summary = summary
    self.result = result
    self.assignments = assignments
  }
}

/// What a write has done. It is kept with its idempotency key.
package struct WriteReceipt: Codable, Hashable, Sendable {
  /// The store's revision afterwards.
  package var revision: UInt64
  package var created = 0
  package var updated = 0
  /// Participants that were already just so.
  package var unchanged = 0
  package var decision: Decision?
  package var run: Run?

  package init(
    revision: UInt64, created: Int = 0, updated: Int = 0, unchanged: Int = 0,
    decision: Decision? = nil, run: Run? = nil
  ) {
    self.revision = revision
    self.created = created
    self.updated = updated
    self.unchanged = unchanged
    self.decision = decision
    self.run = run
  }
}

/// One line of the log of changes; nothing in it is ever changed.
package struct AuditEntry: Codable, Hashable, Sendable {
  package var sequence: Int64
  /// Microseconds since 1970 UTC.
  package var time: Int64
  package var actor: String
  /// "participant.created", "participant.updated", "participant.deleted",
  /// "decision.recorded", "run.recorded" or "assignment.committed".
  package var action: String
  /// The id of what was changed.
  package var subject: String
  /// The store's revision afterwards.
  package var revision: UInt64
  /// What it became, as JSON; empty for what is gone.
  package var detail: String

  package init(
    sequence: Int64, time: Int64, actor: String, action: String, subject: String, revision: UInt64,
    detail: String
  ) {
    self.sequence = sequence
    self.time = time
    self.actor = actor
    self.action = action
    self.subject = subject
    self.revision = revision
    self.detail = detail
  }
}

/// Why a store did not do what was asked.
package enum StoreError: Error, Hashable, Sendable {
  case unknownParticipant(id: String)
  /// The key was used for another request.
  case keyReused(key: String)
  /// The store went on from the revision that a commit was computed from.
  case revisionChanged(computedFrom: UInt64, now: UInt64)
  /// No space, or a quota; nothing was written.
  case full(reason: String)
  /// Another process has it, and did not let go in time.
  case locked(reason: String)
  /// What is on the disk cannot be read as a store.
  case corrupt(reason: String)
  /// Written by a later version of the program.
  case newerFormat(found: Int, known: Int)
  case failed(reason: String)
}
