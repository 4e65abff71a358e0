import Foundation
import Programme
import TestSupport
import Testing

@testable import Storage

/// Both stores, and the folder of the one that has one.
enum Backend: CaseIterable, Sendable {
  case memory, sqlite

  func open(_ folder: TemporaryFolder) throws -> any Store {
    switch self {
    case .memory: InMemoryStore()
    case .sqlite: try SQLiteStore(folder: folder.url.path)
    }
  }
}

func participant(_ id: String, population: Int = 1000, plan: String? = nil) -> Participant {
  Participant(
    id: id, name: "Name of \(id)", kind: .city, country: "ES", population: population,
    languages: ["es"],
    signals: Signals(
      plan: plan.map {
        Plan(language: "es", title: "t", sections: [Plan.Section(role: .context, text: $0)])
      }))
}

extension Store {
  /// One write.
  func write(
    _ change: WriteRequest.Change, key: IdempotencyKey? = nil, time: Int64 = 1
  ) throws -> WriteReceipt {
    let results = try write([WriteRequest(change, actor: "tester", time: time, key: key)])
    return try #require(results.first).get()
  }
}

@Suite("Every store", .serialized)
struct StoreConformanceTests {
  @Test("participants", arguments: Backend.allCases)
  func participants(_ backend: Backend) throws {
    let folder = try TemporaryFolder()
    let store = try backend.open(folder)
    #expect(try store.revision() == 0)
    let first = try store.write(.upsert([participant("b"), participant("a")]))
    #expect(first == WriteReceipt(revision: 1, created: 2))
    let second = try store.write(
      .upsert([participant("a"), participant("b", population: 2), participant("é")]))
    #expect(second == WriteReceipt(revision: 2, created: 1, updated: 1, unchanged: 1))
    #expect(try store.write(.upsert([participant("a")])).revision == 2)
    #expect(try store.participant(id: "b")?.participant.population == 2)
    #expect(try store.participant(id: "b")?.revision == 2)
    #expect(try store.participant(id: "a")?.revision == 1)
    #expect(try store.participant(id: "nobody") == nil)
    #expect(try store.participantCount() == 3)
    #expect(try store.participants(after: nil, limit: 2).map(\.participant.id) == ["a", "b"])
    #expect(try store.participants(after: "b", limit: 2).map(\.participant.id) == ["é"])
    #expect(try store.snapshot().participants.map(\.id) == ["a", "b", "é"])
    let plan = try #require(participant("x", plan: "new").signals.plan)
    #expect(try store.write(.submitPlan(participant: "a", plan)).updated == 1)
    #expect(try store.participant(id: "a")?.participant.signals.plan == plan)
    #expect(try store.write(.delete(participant: "a")).revision == 4)
    #expect(try store.participantCount() == 2)
    #expect(throws: StoreError.unknownParticipant(id: "a")) {
      try store.write(.delete(participant: "a"))
    }
    #expect(throws: StoreError.unknownParticipant(id: "q")) {
      try store.write(.submitPlan(participant: "q", plan))
    }
    #expect(
      try store.audit(after: 0, limit: 100).map { "\($0.action) \($0.subject) \($0.revision)" } == [
        "participant.created b 1", "participant.created a 1", "participant.updated b 2",
        "participant.created é 2", "participant.updated a 3", "participant.deleted a 4",
      ])
    #expect(try store.audit(after: 4, limit: 1).map(\.sequence) == [5])
  }

  @Test("decisions", arguments: Backend.allCases)
  func decisions(_ backend: Backend) throws {
    let folder = try TemporaryFolder()
    let store = try backend.open(folder)
    _ = try store.write(.upsert(["a", "b", "c"].map { participant($0) }))
    for (one, other, verdict) in [
      ("a", "b", Verdict.rejected), ("c", "a", .accepted), ("b", "a", .deferred),
    ] {
      let receipt = try store.write(
        .decide(participant: one, partner: other, verdict, reason: "why"))
      #expect(receipt.decision?.verdict == verdict)
      #expect(receipt.decision?.actor == "tester")
    }
    func ids(_ participant: String?, current: Bool, before: Int64? = nil, limit: Int = 10) throws
      -> [Int64]
    {
      try store.decisions(
        participant: participant, currentOnly: current, before: before, limit: limit
      ).map(\.id)
    }
    #expect(try ids(nil, current: false) == [3, 2, 1])
    #expect(try ids(nil, current: true) == [3, 2])
    #expect(try ids("b", current: false) == [3, 1])
    #expect(try ids("c", current: true) == [2])
    #expect(try ids(nil, current: false, before: 3, limit: 1) == [2])
    #expect(throws: StoreError.unknownParticipant(id: "z")) {
      try store.write(.decide(participant: "a", partner: "z", .rejected, reason: "r"))
    }
    _ = try store.write(.delete(participant: "c"))
    #expect(try ids(nil, current: true) == [3])
    #expect(try ids(nil, current: false) == [3, 2, 1])
    #expect(try store.snapshot().decisions.map(\.id) == [3])
  }

  @Test("runs and assignments", arguments: Backend.allCases)
  func runs(_ backend: Backend) throws {
    let folder = try TemporaryFolder()
    let store = try backend.open(folder)
    _ = try store.write(.upsert([participant("a"), participant("b")]))
    func run(committed: Bool, revision: UInt64, _ networks: [String: AssignedNetworks]? = nil)
      -> WriteRequest.Change
    {
      .record(
        NewRun(
          kind: .reassignment, committed: committed, revision: revision, summary: "s",
          result: Data([1, 0, 2]), assignments: networks))
    }
    let assigned = ["a": AssignedNetworks(primary: "N1", further: ["N2"])]
    #expect(try store.write(run(committed: false, revision: 1)).run?.id == 1)
    #expect(try store.snapshot().assignments.isEmpty)
    // A dry run is no change that a commit must have seen.
    #expect(try store.write(run(committed: true, revision: 1, assigned)).run?.committed == true)
    #expect(try store.snapshot().assignments == assigned)
    _ = try store.write(
      run(
        committed: true, revision: 1,
        ["b": AssignedNetworks(primary: "N7"), "gone": .init(primary: "N1")]))
    #expect(try store.snapshot().assignments.keys.sorted() == ["b"])
    _ = try store.write(.upsert([participant("c")]))
    #expect(throws: StoreError.revisionChanged(computedFrom: 1, now: 5)) {
      try store.write(run(committed: true, revision: 1, assigned))
    }
    #expect(try store.snapshot().assignments.keys.sorted() == ["b"])
    #expect(try store.runs(before: nil, limit: 2).map(\.id) == [3, 2])
    #expect(try store.runs(before: 2, limit: 2).map(\.id) == [1])
    #expect(try store.run(id: 2)?.resultBytes == 3)
    #expect(try store.runResult(id: 2) == Data([1, 0, 2]))
    #expect(try store.run(id: 9) == nil)
    #expect(try store.runResult(id: 9) == nil)
  }

  @Test("a key makes a write happen once", arguments: Backend.allCases)
  func keys(_ backend: Backend) throws {
    let folder = try TemporaryFolder()
    let store = try backend.open(folder)
    let key = IdempotencyKey(key: "k", fingerprint: [1])
    let first = try store.write(.upsert([participant("a")]), key: key)
    _ = try store.write(.upsert([participant("b")]))
    #expect(try store.write(.upsert([participant("a")]), key: key) == first)
    #expect(try store.revision() == 2)
    #expect(throws: StoreError.keyReused(key: "k")) {
      try store.write(
        .delete(participant: "a"), key: IdempotencyKey(key: "k", fingerprint: [2]))
    }
    // What failed may be tried again under the same key.
    let other = IdempotencyKey(key: "o", fingerprint: [3])
    #expect(throws: StoreError.self) { try store.write(.delete(participant: "z"), key: other) }
    _ = try store.write(.upsert([participant("z")]))
    #expect(try store.write(.delete(participant: "z"), key: other).revision == 4)
    try store.forgetKeys(before: 2)
    #expect(try store.write(.upsert([participant("a")]), key: key).unchanged == 1)
  }

  @Test("a write that fails stops no other and leaves nothing", arguments: Backend.allCases)
  func batches(_ backend: Backend) throws {
    let folder = try TemporaryFolder()
    let store = try backend.open(folder)
    let results = try store.write([
      WriteRequest(.upsert([participant("a")]), actor: "x", time: 1),
      WriteRequest(.delete(participant: "nobody"), actor: "x", time: 1),
      WriteRequest(.upsert([participant("b")]), actor: "x", time: 1),
    ])
    #expect(results.map { (try? $0.get())?.revision } == [1, nil, 2])
    #expect(try store.participantCount() == 2)
    #expect(try store.audit(after: 0, limit: 10).count == 2)
  }

  @Test("both stores come to the same, whatever is written", arguments: TestGenerator.seeds(6))
  func alike(_ seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var chance = TestGenerator(seed: seed)
    let memory = InMemoryStore()
    var sqlite = try SQLiteStore(folder: folder.url.path)
    for step in 0..<120 {
      let writes = (0..<chance.int(1...4)).map { _ in random(&chance, Int64(step)) }
      let (one, other) = (memory.write(writes), try sqlite.write(writes))
      #expect(one == other, "seed \(seed), step \(step)")
      if chance.int(0...20) == 0 {
        // The old one lets go of the folder first.
        sqlite = try reopened(&sqlite, folder)
      }
    }
    let (one, other) = (memory.snapshot(), try sqlite.snapshot())
    #expect(one.revision == other.revision && one.participants == other.participants)
    #expect(one.decisions == other.decisions && one.assignments == other.assignments)
    #expect(try memory.audit(after: 0, limit: 10_000) == sqlite.audit(after: 0, limit: 10_000))
    #expect(try StoreReport.examine(folder: folder.url.path).faults == [])
  }

  private func reopened(
    _ store: inout SQLiteStore, _ folder: TemporaryFolder
  ) throws -> SQLiteStore {
    let elsewhere = try TemporaryFolder()
    store = try SQLiteStore(folder: elsewhere.url.path)
    return try SQLiteStore(folder: folder.url.path)
  }

  private func random(_ chance: inout TestGenerator, _ time: Int64) -> WriteRequest {
    let ids = ["a", "b", "c", "d"]
    let change: WriteRequest.Change =
      switch chance.int(0...6) {
      case 0, 1:
        .upsert(
          (0..<chance.int(0...3)).map { _ in
            participant(chance.pick(ids), population: chance.int(1...3))
          })
      case 2: .delete(participant: chance.pick(ids))
      case 3:
        .submitPlan(
          participant: chance.pick(ids),
          Plan(language: "es", title: chance.pick(ids), sections: []))
      case 4:
        .decide(
          participant: chance.pick(ids), partner: chance.pick(ids),
          chance.pick(Verdict.allCases), reason: "r")
      default:
        .record(
          NewRun(
            kind: .reassignment, committed: chance.int(0...1) == 0,
            revision: UInt64(chance.int(0...100)), summary: "s", result: Data([1]),
            assignments: [chance.pick(ids): AssignedNetworks(primary: "N1")]))
      }
    let key =
      chance.int(0...3) == 0
      ? IdempotencyKey(key: chance.pick(ids), fingerprint: [UInt8(chance.int(0...1))]) : nil
    return WriteRequest(change, actor: "x", time: time, key: key)
  }
}
