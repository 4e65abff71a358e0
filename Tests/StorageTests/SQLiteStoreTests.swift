import Foundation
import Programme
import TestSupport
import Testing

@testable import Storage

private func participant(_ id: String, plan: String? = nil) -> Participant {
  var participant = city(id)
  participant.signals.plan = plan.map {
    Plan(language: "es", title: "t", sections: [Plan.Section(role: .context, text: $0)])
  }
  return participant
}

@Suite("The store on disk", .serialized)
struct SQLiteStoreTests {
  @Test("a folder has one writer")
  func lock() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let store = try SQLiteStore(folder: folder.url.path)
    #expect {
      _ = try SQLiteStore(folder: folder.url.path)
    } throws: { error in
      if case .locked? = error as? StoreError { true } else { false }
    }
    withExtendedLifetime(store) {}
  }

  @Test("what a crash leaves has every acknowledged write, once", arguments: TestGenerator.seeds(3))
  func crash(_ seed: UInt64) throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    var chance = TestGenerator(seed: seed)
    let store = try SQLiteStore(folder: folder.url.path)
    for number in 0..<30 {
      let key = "k\(number)"
      _ = try store.apply(.upsert([participant("p\(number)")]), key: key)
      guard chance.int(0...3) == 0 else { continue }
      let copy = try TemporaryFolder()
      defer { withExtendedLifetime(copy) {} }
      for suffix in ["", "-wal"] {
        let name = SQLiteStore.fileName + suffix
        try FileManager.default.copyItem(
          at: folder.url.appending(path: name), to: copy.url.appending(path: name))
      }
      let other = try SQLiteStore(folder: copy.url.path)
      #expect(try other.participantCount() == number + 1, "seed \(seed)")
      #expect(try other.apply(.upsert([participant("p\(number)")]), key: key).created == 1)
      #expect(try other.participantCount() == number + 1)
      #expect(try StoreReport.examine(folder: copy.url.path).faults == [])
    }
  }

  @Test("a full disk is an error, and nothing is lost")
  func full() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let store = try SQLiteStore(folder: folder.url.path)
    _ = try store.apply(.upsert([participant("a")]))
    try store.limit(pages: 40)
    let large = participant("big", plan: String(repeating: "x", count: 1 << 20))
    #expect {
      _ = try store.apply(.upsert([large]))
    } throws: { error in
      if case .full? = error as? StoreError { true } else { false }
    }
    #expect(try store.participantCount() == 1)
    try store.limit(pages: 1 << 20)
    #expect(try store.apply(.upsert([large])).created == 1)
    #expect(try StoreReport.examine(folder: folder.url.path).faults == [])
  }

  @Test("files that are no store are told apart")
  func foreign() throws {
    func reason(_ prepare: (String) throws -> Void) throws -> StoreError? {
      let folder = try TemporaryFolder()
      defer { withExtendedLifetime(folder) {} }
      try prepare(folder.file(SQLiteStore.fileName).path)
      do throws(StoreError) {
        _ = try SQLiteStore(folder: folder.url.path)
        return nil
      } catch { return error }
    }
    let text = try reason {
      try Data("no database, but long enough".utf8).write(to: URL(filePath: $0))
    }
    if case .corrupt = text {} else { Issue.record("\(String(describing: text))") }
    let other = try reason {
      try Database(path: $0, mode: .create).execute("CREATE TABLE t (x)")
    }
    if case .corrupt = other {} else { Issue.record("\(String(describing: other))") }
    let newer = try reason {
      let database = try Database(path: $0, mode: .create)
      try Schema.migrate(database, path: $0)
      try database.execute("PRAGMA user_version = 99")
    }
    #expect(newer == .newerFormat(found: 99, known: Schema.version))
  }

  @Test("a damaged file is reported")
  func damaged() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    do {
      let store = try SQLiteStore(folder: folder.url.path)
      _ = try store.apply(.upsert((0..<300).map { participant("p\($0)", plan: "text \($0)") }))
    }
    let file = folder.file(SQLiteStore.fileName)
    var bytes = try Data(contentsOf: file)
    let middle = bytes.count / 2
    bytes.replaceSubrange(middle..<middle + 8192, with: Data(repeating: 0xA5, count: 8192))
    try bytes.write(to: file)
    let faults = (try? StoreReport.examine(folder: folder.url.path))?.faults
    // Either the look through finds it, or nothing can be read at all.
    #expect(faults.map { !$0.isEmpty } ?? true)
  }

  @Test("a file of the first version is brought to the present one")
  func migration() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let fixture = Repository.root.appending(path: "Tests/StorageTests/Fixtures/version-1.sqlite")
    try FileManager.default.copyItem(at: fixture, to: folder.file(SQLiteStore.fileName))
    let store = try SQLiteStore(folder: folder.url.path)
    #expect(try store.snapshot().participants.map(\.id) == ["a", "b"])
    #expect(
      try store.decisions(participant: nil, currentOnly: true, before: nil, limit: 9).count == 1)
    #expect(try store.run(id: 1)?.summary == "s")
    #expect(try store.apply(.upsert([participant("c")])).revision == 4)
    let report = try StoreReport.examine(folder: folder.url.path)
    #expect(report.format == Schema.version)
    #expect(report.faults == [])
  }

  @Test("a backup is the whole store at one moment")
  func backUp() async throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let target = try TemporaryFolder()
    defer { withExtendedLifetime(target) {} }
    let store = try SQLiteStore(folder: folder.url.path)
    _ = try store.apply(.upsert((0..<200).map { participant("p\($0)", plan: "text \($0)") }))
    async let writing: Void = {
      for number in 0..<50 { _ = try store.apply(.upsert([participant("q\(number)")])) }
    }()
    let copy = target.file(SQLiteStore.fileName).path
    try SQLiteStore.backUp(folder: folder.url.path, to: copy) { _, _ in }
    try await writing
    #expect(try StoreReport.examine(folder: target.url.path).faults == [])
    let restored = try SQLiteStore(folder: target.url.path)
    #expect(try restored.participantCount() >= 200)
    #expect(throws: StoreError.self) {
      try SQLiteStore.backUp(folder: folder.url.path, to: copy) { _, _ in }
    }
  }

  @Test("the look through finds what is wrong")
  func faults() throws {
    let cases = [
      ("INSERT INTO assignments VALUES ('ghost', '{}')", "assignment"),
      ("INSERT INTO decisions VALUES (9, 'a', 'ghost', '{}')", "decision"),
      ("UPDATE participants SET body = '{}' WHERE id = 'a'", "participant"),
      ("DELETE FROM participants WHERE id = 'a'", "audit"),
      ("UPDATE meta SET value = 7 WHERE name = 'revision'", "audit"),
      ("INSERT INTO keys VALUES ('k', x'00', 'no json', 1)", "key"),
      ("INSERT INTO runs VALUES (1, 'no json', x'00')", "run"),
    ]
    for (sql, kind) in cases {
      let folder = try TemporaryFolder()
      defer { withExtendedLifetime(folder) {} }
      do {
        let store = try SQLiteStore(folder: folder.url.path)
        _ = try store.apply(.upsert([participant("a")]))
      }
      try Database(path: folder.file(SQLiteStore.fileName).path, mode: .readWrite).execute(sql)
      let faults = try StoreReport.examine(folder: folder.url.path).faults
      #expect(faults.contains { $0.kind == kind }, "\(sql): \(faults)")
    }
  }

  @Test("the log cannot be changed")
  func appendOnly() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    do {
      _ = try SQLiteStore(folder: folder.url.path).apply(.upsert([participant("a")]))
    }
    let database = try Database(
      path: folder.file(SQLiteStore.fileName).path, mode: .readWrite)
    #expect(throws: StoreError.self) { try database.execute("DELETE FROM audit") }
    #expect(throws: StoreError.self) { try database.execute("UPDATE audit SET actor = 'x'") }
  }
}
