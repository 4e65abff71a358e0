package import Programme
import Storage

/// What calls are answered from: an index over the store at one revision. It never
/// changes; writers put another in its place.
package final class Snapshot: Sendable {
  package let engine: MatchingEngine
  package let revision: UInt64
  /// What the last committed reassignment said, by participants' ids.
  package let assignments: [String: AssignedNetworks]

  init(engine: MatchingEngine, revision: UInt64, assignments: [String: AssignedNetworks]) {
    self.engine = engine
    self.revision = revision
    self.assignments = assignments
  }
}

/// The store's contents in memory, kept up with every write, so that a new index need
/// not read everything again.
struct Contents: Sendable {
  struct Pair: Hashable, Sendable {
    let first: String
    let second: String

    init(_ one: String, _ other: String) {
      (first, second) = one < other ? (one, other) : (other, one)
    }
  }

  private(set) var revision: UInt64
  private(set) var participants: [String: Participant]
  private(set) var decisions: [Pair: Decision]
  private(set) var assignments: [String: AssignedNetworks]

  init(_ snapshot: StoreSnapshot) {
    revision = snapshot.revision
    participants = Dictionary(
      snapshot.participants.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    decisions = Dictionary(
      snapshot.decisions.map { (Pair($0.participant, $0.partner), $0) }, uniquingKeysWith: { $1 })
    assignments = snapshot.assignments
  }

  /// By ascending id, as the store lists them.
  var sorted: [Participant] {
    participants.values.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
  }

  /// Follows a write that the store has carried out.
  ///
  /// - Returns: whether anything changed that an index is built from. A receipt of
  ///   long ago, given again for its key, changes nothing.
  mutating func apply(_ change: WriteRequest.Change, _ receipt: WriteReceipt) -> Bool {
    guard receipt.revision > revision else { return false }
    revision = receipt.revision
    switch change {
    case .upsert(let written):
      for participant in written { participants[participant.id] = participant }
    case .delete(let id):
      participants[id] = nil
      assignments[id] = nil
    case .submitPlan(let id, let plan):
      participants[id]?.signals.plan = plan
    case .decide:
      guard let decision = receipt.decision else { return false }
      decisions[Pair(decision.participant, decision.partner)] = decision
    case .record(let run):
      guard let assigned = run.assignments else { return false }
      assignments = assigned
    }
    return true
  }
}
