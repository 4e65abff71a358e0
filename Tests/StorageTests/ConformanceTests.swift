import Foundation
import Programme
import Storage
import TestSupport
import Testing

/// What every store does.
@Suite("A store")
struct ConformanceTests {
  @Test("is empty at first", arguments: Backend.allCases)
  func empty(_ backend: Backend) throws {
    let open = try backend.open()
    defer { withExtendedLifetime(open) {} }
    let seen = try open.store.observed()
    #expect(seen.revision == 0 && seen.snapshotRevision == 0)
    #expect(seen.participants.isEmpty && seen.audit.isEmpty && seen.runs.isEmpty)
    #expect(try open.store.participantCount() == 0)
    #expect(try open.store.participant(id: "a") == nil)
    #expect(try open.store.run(id: 1) == nil)
    #expect(try open.store.runResult(id: 1) == nil)
    #expect(try open.store.write([]).isEmpty)
  }

  @Test("counts what it created, updated and found unchanged", arguments: Backend.allCases)
  func counts(_ backend: Backend) throws {
    let open = try backend.open()
    defer { withExtendedLifetime(open) {} }
    let store = open.store
    #expect(
      try store.apply(.upsert([city("b"), city("a")])) == WriteReceipt(revision: 1, created: 2))
    #expect(
      try store.apply(.upsert([city("a"), city("b", population: 2), city("c")]))
        == WriteReceipt(revision: 2, created: 1, updated: 1, unchanged: 1))
    #expect(try store.apply(.upsert([city("a")])) == WriteReceipt(revision: 2, unchanged: 1))
    #expect(try store.apply(.upsert([])) == WriteReceipt(revision: 2))
    #expect(try store.revision() == 2)
    #expect(try store.participant(id: "a")?.revision == 1)
    #expect(
      try store.participant(id: "b")
        == StoredParticipant(participant: city("b", population: 2), revision: 2))
    #expect(
      try store.audit(after: 0, limit: 9).map { [$0.action, $0.subject, "\($0.revision)"] } == [
        ["participant.created", "b", "1"], ["participant.created", "a", "1"],
        ["participant.updated", "b", "2"], ["participant.created", "c", "2"],
      ])
  }

  @Test("holds names apart that look alike and differ in bytes", arguments: Backend.allCases)
  func bytes(_ backend: Backend) throws {
    let open = try backend.open()
    defer { withExtendedLifetime(open) {} }
    let store = open.store
    var participant = city("a")
    participant.name = "Jose\u{301}"
    try store.apply(.upsert([participant]))
    participant.name = "Jos\u{E9}"
    #expect(try store.apply(.upsert([participant])).updated == 1)
    let name = try store.participant(id: "a")?.participant.name
    #expect(name.map { Array($0.utf8) } == Array("Jos\u{E9}".utf8))
  }

  @Test("lists participants by the bytes of their ids, page by page", arguments: Backend.allCases)
  func order(_ backend: Backend) throws {
    let open = try backend.open()
    defer { withExtendedLifetime(open) {} }
    let store = open.store
    let ids = ["a", "b-1", "b", "b1", "zz", "0", "a-b", "ab"]
    try store.apply(.upsert(ids.map { city($0) }))
    let sorted = ["0", "a", "a-b", "ab", "b", "b-1", "b1", "zz"]
    #expect(try store.snapshot().participants.map(\.id) == sorted)
    var listed: [String] = []
    while true {
      let page = try store.participants(after: listed.last, limit: 3)
      if page.isEmpty { break }
      listed += page.map(\.participant.id)
    }
    #expect(listed == sorted)
    #expect(try store.participants(after: "b0", limit: 1).map(\.participant.id) == ["b1"])
    #expect(try store.participantCount() == 8)
  }

  @Test("takes a plan", arguments: Backend.allCases)
  func plan(_ backend: Backend) throws {
    let open = try backend.open()
    defer { withExtendedLifetime(open) {} }
    let store = open.store
    var generator = TestGenerator(seed: 1)
    let plan = generator.plan()
    #expect(throws: StoreError.unknownParticipant(id: "a")) {
      try store.apply(.submitPlan(participant: "a", plan))
    }
    try store.apply(.upsert([city("a")]))
    #expect(
      try store.apply(.submitPlan(participant: "a", plan)) == WriteReceipt(revision: 2, updated: 1))
    #expect(
      try store.apply(.submitPlan(participant: "a", plan))
        == WriteReceipt(revision: 2, unchanged: 1))
    #expect(try store.participant(id: "a")?.participant.signals.plan == plan)
  }

  @Test("keeps every decision, and tells the latest of each pair", arguments: Backend.allCases)
  func decisions(_ backend: Backend) throws {
    let open = try backend.open()
    defer { withExtendedLifetime(open) {} }
    let store = open.store
    try store.apply(.upsert(["a", "b", "c"].map { city($0) }))
    let first = try store.apply(
      .decide(participant: "a", partner: "b", .deferred, reason: "later"), actor: "eva", time: 7)
    #expect(
      first.decision
        == Decision(
          id: 1, participant: "a", partner: "b", verdict: .deferred, reason: "later", actor: "eva",
          time: 7))
    try store.apply(.decide(participant: "a", partner: "c", .rejected, reason: "far"))
    try store.apply(.decide(participant: "b", partner: "a", .accepted, reason: "now"))
    func ids(_ participant: String?, _ currentOnly: Bool, before: Int64? = nil, limit: Int = 9)
      throws -> [Int64]
    {
      try store.decisions(
        participant: participant, currentOnly: currentOnly, before: before, limit: limit
      ).map(\.id)
    }
    #expect(try ids(nil, false) == [3, 2, 1])
    #expect(try ids(nil, true) == [3, 2])
    #expect(try ids("b", false) == [3, 1])
    #expect(try ids("c", true) == [2])
    #expect(try ids(nil, false, before: 3, limit: 1) == [2])
    // A later decision of the pair is beyond the page and still the one that holds.
    #expect(try ids("a", true, before: 3) == [2])
    #expect(throws: StoreError.unknownParticipant(id: "x")) {
      try store.apply(.decide(participant: "a", partner: "x", .accepted, reason: "?"))
    }
    #expect(try store.revision() == 4)
  }

  @Test("lets go of a participant, and keeps the history", arguments: Backend.allCases)
  func deletion(_ backend: Backend) throws {
    let open = try backend.open()
    defer { withExtendedLifetime(open) {} }
    let store = open.store
    #expect(throws: StoreError.unknownParticipant(id: "a")) {
      try store.apply(.delete(participant: "a"))
    }
    try store.apply(.upsert(["a", "b"].map { city($0) }))
    try store.apply(.decide(participant: "a", partner: "b", .accepted, reason: "yes"))
    try store.apply(.record(.reassignment(of: ["a", "b"], at: 2)))
    #expect(try store.snapshot().assignments.keys.sorted() == ["a", "b"])
    #expect(try store.apply(.delete(participant: "a")) == WriteReceipt(revision: 4))
    let seen = try store.observed()
    #expect(seen.sorted.map(\.id) == ["b"])
    #expect(seen.current.isEmpty && seen.listed.isEmpty)
    #expect(seen.history.map(\.id) == [1])
    #expect(seen.assignments.keys.sorted() == ["b"])
    #expect(seen.audit.last?.action == "participant.deleted" && seen.audit.last?.detail == "")
    // The same id later has its decisions again, because decisions are about ids.
    try store.apply(.upsert([city("a")]))
    #expect(try store.snapshot().decisions.map(\.id) == [1])
    #expect(try store.snapshot().assignments["a"] == nil)
  }

  @Test("commits what nothing has overtaken", arguments: Backend.allCases)
  func runs(_ backend: Backend) throws {
    let open = try backend.open()
    defer { withExtendedLifetime(open) {} }
    let store = open.store
    try store.apply(.upsert(["a", "b"].map { city($0) }))
    var dry = NewRun.reassignment(of: ["a"], at: 1)
    (dry.committed, dry.assignments) = (false, nil)
    let first = try store.apply(.record(dry))
    #expect(first.run?.id == 1 && first.run?.committed == false && first.revision == 2)
    // Runs do not overtake each other, decisions and participants do.
    let second = try store.apply(.record(.reassignment(of: ["a", "gone"], at: 1)))
    #expect(second.run?.id == 2)
    #expect(try store.snapshot().assignments.keys.sorted() == ["a"])
    try store.apply(.record(.reassignment(of: ["b"], at: 1)))
    #expect(try store.snapshot().assignments.keys.sorted() == ["b"])
    try store.apply(.decide(participant: "a", partner: "b", .accepted, reason: "yes"))
    #expect(throws: StoreError.revisionChanged(computedFrom: 1, now: 5)) {
      try store.apply(.record(.reassignment(of: ["a"], at: 1)))
    }
    // A dry run of an old revision is still worth keeping.
    #expect(try store.apply(.record(dry)).run?.id == 4)
    #expect(try store.snapshot().assignments.keys.sorted() == ["b"])
    #expect(try store.runs(before: nil, limit: 9).map(\.id) == [4, 3, 2, 1])
    #expect(try store.runs(before: 3, limit: 1).map(\.id) == [2])
    #expect(try store.run(id: 2) == second.run)
    #expect(try store.runResult(id: 2) == Data([1, 0, 2]))
    #expect(second.run?.resultBytes == 3)
  }

  @Test("says in its log what assignments became", arguments: Backend.allCases)
  func assignmentsInLog(_ backend: Backend) throws {
    let open = try backend.open()
    defer { withExtendedLifetime(open) {} }
    let store = open.store
    try store.apply(.upsert([city("a")]))
    try store.apply(.record(.reassignment(of: ["a", "gone"], at: 1)))
    let entry = try #require(try store.audit(after: 0, limit: 9).last)
    #expect(entry.action == "assignment.committed" && entry.subject == "1")
    #expect(entry.detail == #"{"a":{"further":["N2"],"primary":"N1"}}"#)
  }

  @Test("does a write once for each key", arguments: Backend.allCases)
  func keys(_ backend: Backend) throws {
    var open = try backend.open()
    defer { withExtendedLifetime(open) {} }
    let first = try open.store.apply(.upsert([city("a")]), key: "k", time: 5)
    try open.reopen()
    #expect(try open.store.receipt(of: IdempotencyKey(key: "k", fingerprint: [1])) == first)
    #expect(try open.store.receipt(of: IdempotencyKey(key: "l", fingerprint: [1])) == nil)
    #expect(throws: StoreError.keyReused(key: "k")) {
      _ = try open.store.receipt(of: IdempotencyKey(key: "k", fingerprint: [2]))
    }
    try open.store.apply(.upsert([city("a", population: 9)]))
    #expect(try open.store.apply(.upsert([city("a")]), key: "k", time: 6) == first)
    #expect(try open.store.participant(id: "a")?.participant.population == 9)
    #expect(throws: StoreError.keyReused(key: "k")) {
      try open.store.apply(.delete(participant: "a"), key: "k", fingerprint: [2])
    }
    // A write that failed has not used its key.
    #expect(throws: StoreError.unknownParticipant(id: "b")) {
      try open.store.apply(.delete(participant: "b"), key: "other")
    }
    #expect(try open.store.apply(.upsert([city("b")]), key: "other", fingerprint: [3]).created == 1)
    try open.store.forgetKeys(before: 5)
    #expect(try open.store.apply(.upsert([city("a")]), key: "k") == first)
    try open.store.forgetKeys(before: 6)
    #expect(try open.store.apply(.upsert([city("a")]), key: "k").updated == 1)
  }

  @Test("carries out the good writes of a batch, nothing of the bad", arguments: Backend.allCases)
  func batch(_ backend: Backend) throws {
    var open = try backend.open()
    defer { withExtendedLifetime(open) {} }
    func request(_ change: WriteRequest.Change, key: String? = nil) -> WriteRequest {
      WriteRequest(
        change, actor: "ana", time: 1, key: key.map { IdempotencyKey(key: $0, fingerprint: []) })
    }
    let results = try open.store.write([
      request(.upsert([city("a")]), key: "k"),
      request(.decide(participant: "a", partner: "b", .accepted, reason: "?")),
      request(.upsert([city("b")])),
      request(.upsert([city("a")]), key: "k"),
      request(.decide(participant: "a", partner: "b", .accepted, reason: "!")),
    ])
    #expect(
      results.map { try? $0.get().revision } == [1, nil, 2, 1, 3])
    #expect(results[1] == .failure(.unknownParticipant(id: "b")))
    try open.reopen()
    let seen = try open.store.observed()
    #expect(seen.history.map(\.reason) == ["!"])
    #expect(seen.audit.map(\.sequence) == [1, 2, 3])
  }

  @Test("refuses what has no JSON form, and only that", arguments: Backend.allCases)
  func notANumber(_ backend: Backend) throws {
    let open = try backend.open()
    defer { withExtendedLifetime(open) {} }
    let store = open.store
    var bad = city("bad")
    bad.signals.survey = [Network.ID(1): .nan]
    let results = try store.write(
      [[city("a")], [city("b"), bad], [city("c")]].map {
        WriteRequest(.upsert($0), actor: "ana", time: 1)
      })
    guard case .failure(.failed) = results[1] else {
      Issue.record("\(results[1])")
      return
    }
    #expect(try store.snapshot().participants.map(\.id) == ["a", "c"])
    #expect(try store.revision() == 2)
  }
}

extension NewRun {
  /// A reassignment to be committed.
  static func reassignment(of ids: [String], at revision: UInt64) -> NewRun {
    NewRun(
      kind: .reassignment, committed: true, revision: revision, summary: "sum",
      result: Data([1, 0, 2]),
      assignments: Dictionary(
        uniqueKeysWithValues: ids.map { ($0, AssignedNetworks(primary: "N1", further: ["N2"])) }))
  }
}
