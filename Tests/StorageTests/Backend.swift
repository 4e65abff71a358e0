import Foundation
import Programme
import Storage
import TestSupport

/// The stores that the conformance suite holds to the same rules.
enum Backend: String, CaseIterable, Sendable {
  case memory, sqlite

  func open() throws -> OpenStore {
    switch self {
    case .memory: OpenStore(store: InMemoryStore(), folder: nil)
    case .sqlite: try OpenStore(sqlite: TemporaryFolder())
    }
  }
}

/// A store with the folder that it lives in.
struct OpenStore {
  var store: any Store
  var folder: TemporaryFolder?

  init(store: any Store, folder: TemporaryFolder?) {
    self.store = store
    self.folder = folder
  }

  init(sqlite folder: TemporaryFolder) throws {
    self.init(store: try SQLiteStore(folder: folder.url.path), folder: folder)
  }

  /// Closes it and opens it anew; nothing happens to one in memory.
  mutating func reopen() throws {
    guard let folder else { return }
    // The lock of the folder goes with the old store.
    store = InMemoryStore()
    store = try SQLiteStore(folder: folder.url.path)
  }
}

extension Store {
  /// The result of a single write.
  @discardableResult
  func apply(
    _ change: WriteRequest.Change, key: String? = nil, fingerprint: [UInt8] = [1],
    actor: String = "ana", time: Int64 = 1
  ) throws(StoreError) -> WriteReceipt {
    let request = WriteRequest(
      change, actor: actor, time: time,
      key: key.map { IdempotencyKey(key: $0, fingerprint: fingerprint) })
    guard let result = try write([request]).first else { throw .failed(reason: "no result") }
    return try result.get()
  }

  /// All that can be seen of it.
  func observed() throws(StoreError) -> Observed {
    let snapshot = try snapshot()
    let runs = try runs(before: nil, limit: .max)
    var results: [Data?] = []
    for run in runs { results.append(try runResult(id: run.id)) }
    return Observed(
      revision: try revision(), snapshotRevision: snapshot.revision,
      participants: try participants(after: nil, limit: .max), sorted: snapshot.participants,
      current: snapshot.decisions,
      listed: try decisions(participant: nil, currentOnly: true, before: nil, limit: .max),
      history: try decisions(participant: nil, currentOnly: false, before: nil, limit: .max),
      assignments: snapshot.assignments, runs: runs, results: results,
      audit: try audit(after: 0, limit: .max))
  }
}

struct Observed: Equatable {
  var revision: UInt64
  var snapshotRevision: UInt64
  var participants: [StoredParticipant]
  var sorted: [Participant]
  var current: [Decision]
  var listed: [Decision]
  var history: [Decision]
  var assignments: [String: AssignedNetworks]
  var runs: [Run]
  var results: [Data?]
  var audit: [AuditEntry]
}

/// A city with what it cannot be without.
func city(_ id: String, population: Int = 1) -> Participant {
  Participant(
    id: id, name: id.uppercased(), kind: .city, country: "ES", population: population,
    languages: ["es"])
}
