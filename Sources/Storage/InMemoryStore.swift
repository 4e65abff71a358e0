package import Foundation
package import Programme
import Synchronization

/// A store that forgets everything with its process: for trying things out, and for
/// tests.
package final class InMemoryStore: Store {
  private let state: Mutex<StoreState>

  /// - Parameter participants: what it holds at first.
  package init(_ participants: [Participant] = []) {
    var state = StoreState()
    if !participants.isEmpty {
      let request = WriteRequest(.upsert(participants), actor: "sample", time: 0)
      // Fails only for numbers that are not finite, which the checks of files refuse.
      _ = try? state.write(request)
    }
    self.state = Mutex(state)
  }

  package func revision() -> UInt64 { state.withLock { $0.revision } }

  package func write(_ writes: [WriteRequest]) -> [Result<WriteReceipt, StoreError>] {
    state.withLock { state in
      writes.map { request in
        Result { () throws(StoreError) in try state.write(request) }
      }
    }
  }

  package func receipt(of key: IdempotencyKey) throws(StoreError) -> WriteReceipt? {
    try state.withLock { state throws(StoreError) in try state.receipt(of: key) }
  }

  package func participant(id: String) -> StoredParticipant? {
    state.withLock { $0.participants[id] }
  }

  package func participants(after id: String?, limit: Int) -> [StoredParticipant] {
    let all = state.withLock { $0.participants }
    let ids = all.keys.filter { other in
      id.map { $0.utf8.lexicographicallyPrecedes(other.utf8) } ?? true
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return ids.prefix(limit).compactMap { all[$0] }
  }

  package func participantCount() -> Int { state.withLock { $0.participants.count } }

  package func snapshot() -> StoreSnapshot {
    let state = state.withLock { $0 }
    return StoreSnapshot(
      revision: state.revision,
      participants: state.participants.values.map(\.participant).sorted {
        $0.id.utf8.lexicographicallyPrecedes($1.id.utf8)
      }, decisions: state.currentDecisions, assignments: state.assignments)
  }

  package func decisions(
    participant: String?, currentOnly: Bool, before id: Int64?, limit: Int
  ) -> [Decision] {
    let state = state.withLock { $0 }
    let all = currentOnly ? state.currentDecisions : state.decisions.reversed()
    return Array(
      all.lazy.filter { decision in
        (participant.map { [decision.participant, decision.partner].contains($0) } ?? true)
          && (id.map { decision.id < $0 } ?? true)
      }.prefix(limit))
  }

  package func runs(before id: Int64?, limit: Int) -> [Run] {
    state.withLock { state in
      Array(
        state.runs.reversed().lazy.map(\.run).filter { run in id.map { run.id < $0 } ?? true }
          .prefix(limit))
    }
  }

  package func run(id: Int64) -> Run? {
    state.withLock { state in state.runs.first { $0.run.id == id }?.run }
  }

  package func runResult(id: Int64) -> Data? {
    state.withLock { state in state.runs.first { $0.run.id == id }?.result }
  }

  package func audit(after sequence: Int64, limit: Int) -> [AuditEntry] {
    state.withLock { state in
      Array(state.audit.lazy.filter { $0.sequence > sequence }.prefix(limit))
    }
  }

  package func forgetKeys(before time: Int64) { state.withLock { $0.forgetKeys(before: time) } }
}
