import Foundation
import Programme
import Storage
import TestSupport
import Testing

/// Both stores give the same answers to the same writes.
@Suite("The two stores")
struct TwinTests {
  @Test("cannot be told apart", arguments: TestGenerator.seeds(12))
  func randomWrites(_ seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let memory = InMemoryStore()
    var disk = try OpenStore(sqlite: TemporaryFolder())
    for step in 0..<40 {
      let revision = memory.revision()
      let writes = generator.list(1...4) { $0.write(at: revision) }
      #expect(try disk.store.write(writes) == memory.write(writes), "step \(step)")
      if generator.int(0...9) == 0 {
        let time = Int64(generator.int(0...50))
        try disk.store.forgetKeys(before: time)
        memory.forgetKeys(before: time)
      }
      if generator.int(0...3) == 0 { try disk.reopen() }
      try expectEqual(disk.store, memory, step)
      let id = generator.id()
      let before = generator.maybe { Int64($0.int(0...30)) }
      let limit = generator.int(0...5)
      for currentOnly in [false, true] {
        #expect(
          try disk.store.decisions(
            participant: id, currentOnly: currentOnly, before: before, limit: limit)
            == memory.decisions(
              participant: id, currentOnly: currentOnly, before: before, limit: limit),
          "step \(step)")
      }
      #expect(
        try disk.store.participants(after: id, limit: limit)
          == memory.participants(after: id, limit: limit))
      #expect(
        try disk.store.runs(before: before, limit: limit)
          == memory.runs(before: before, limit: limit))
    }
    let folder = try #require(disk.folder)
    #expect(try StoreReport.examine(folder: folder.url.path).faults == [])
  }

  private func expectEqual(_ disk: any Store, _ memory: any Store, _ step: Int) throws {
    let (left, right) = (try disk.observed(), try memory.observed())
    // The parts first: a whole store is too long to be read in a message.
    #expect(left.revision == right.revision, "step \(step)")
    #expect(left.participants == right.participants, "step \(step)")
    #expect(left.audit == right.audit, "step \(step)")
    #expect(left == right, "step \(step)")
    #expect(left.revision == left.snapshotRevision && left.current == left.listed)
  }
}
