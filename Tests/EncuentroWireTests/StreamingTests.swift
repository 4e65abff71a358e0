import EncuentroWire
import Programme
import Results
import TestSupport
import Testing

@Suite("Results in steps")
struct StreamingTests {
  private let run = RunRef(id: 3, committed: true, revision: 9)

  /// As a client receives them.
  private func sent<Step: WireMessage>(_ steps: [Step]) throws -> [Step] {
    try steps.map {
      let bytes = $0.encoded()
      #expect(bytes.count <= Batches.bytes)
      return try Step.decode(bytes)
    }
  }

  private func assembled(_ steps: [PairCohortStep]) throws -> (view: CohortView, run: RunRef) {
    var assembly = CohortAssembly()
    for step in steps { try assembly.add(step) }
    return try assembly.finish()
  }

  @Test("A cohort arrives as it was sent", arguments: [0, 1, 40, 4000])
  func cohort(pairs: Int) throws {
    var generator = TestGenerator(seed: UInt64(pairs) + 1)
    let view = try generator.cohort(pairs: pairs, unpaired: pairs / 2)
    let steps = try PairCohortStep.steps(of: view, run: run)
    if pairs == 4000 { #expect(steps.count > 10) }
    let whole = try assembled([.progress(JobProgress(phase: "pairing"))] + sent(steps))
    #expect(whole.view == view && whole.run == run)
  }

  @Test("A reassignment arrives as it was sent", arguments: [0, 1, 3000])
  func reassignment(rows: Int) throws {
    var generator = TestGenerator(seed: UInt64(rows) + 1)
    let view = generator.reassignment(rows: rows)
    var assembly = ReassignmentAssembly()
    for step in try sent(ReassignNetworksStep.steps(of: view, run: run)) {
      try assembly.add(step)
    }
    let whole = try assembly.finish()
    #expect(whole.view == view && whole.run == run)
  }

  @Test("A run's document arrives as it was sent", arguments: [0, 1, 262_112, 262_113, 1_000_000])
  func document(bytes: Int) throws {
    var generator = TestGenerator(seed: 1)
    var run = generator.run()
    run.resultBytes = Int64(bytes)
    let document = generator.bytes(bytes)
    var assembly = RunAssembly()
    for step in try sent(GetRunStep.steps(of: run, result: document)) { try assembly.add(step) }
    let whole = try assembly.finish()
    #expect(whole.run == run && whole.result == document)
    run.resultBytes += 1
    var short = RunAssembly()
    for step in GetRunStep.steps(of: run, result: document) { try short.add(step) }
    #expect(throws: AssemblyError.size(bytes: bytes, expected: bytes + 1)) { try short.finish() }
  }

  @Test("One write of many participants is split, its author first")
  func upsert() throws {
    var generator = TestGenerator(seed: 2)
    let author = Authorship(actor: "a", idempotencyKey: "k")
    for count in [0, 1, 2000] {
      let participants = generator.list(count...count) { $0.participant() }
      let requests = try sent(UpsertParticipantsRequest.requests(participants, by: author))
      #expect(requests.map(\.authorship) == [author] + requests.dropFirst().map { _ in nil })
      #expect(requests.flatMap(\.participants) == participants)
    }
  }

  @Test("Steps that are missing, repeated, or out of order are told")
  func order() throws {
    var generator = TestGenerator(seed: 5)
    let view = try generator.cohort(pairs: 2, unpaired: 1)
    let steps = try PairCohortStep.steps(of: view, run: run)
    let (header, proof) = (steps[0], steps[steps.count - 2])
    let rows = PairCohortStep.rows(CohortRows())
    let progress = PairCohortStep.progress(JobProgress(phase: "pairing"))
    for (steps, expected) in [
      ([], .missing(.header)),
      ([progress], .missing(.header)),
      ([rows], .missing(.header)),
      ([header, rows, .run(run)], .missing(.proof)),
      ([header, proof], .missing(.run)),
      ([header, header], .outOfOrder(.header, after: .header)),
      ([header, progress], .outOfOrder(.progress, after: .header)),
      ([header, proof, rows], .outOfOrder(.rows, after: .proof)),
      ([header, proof, .run(run), .run(run)], .outOfOrder(.run, after: .run)),
      ([header, proof, .run(run), proof], .outOfOrder(.proof, after: .run)),
    ] as [([PairCohortStep], AssemblyError)] {
      #expect(throws: expected) { try assembled(steps) }
      #expect(!expected.description.isEmpty)
    }
  }

  @Test("A proof that is none, and a form of a later version, are told")
  func unreadable() throws {
    var generator = TestGenerator(seed: 6)
    let view = try generator.cohort(pairs: 0, unpaired: 0)
    var header = CohortHeader(view)
    let error = try #require(throws: AssemblyError.self) {
      try assembled([.header(header), .proof(Array("{".utf8)), .run(run)])
    }
    guard case .proof = error else {
      Issue.record("\(error)")
      return
    }
    header.format = 2
    #expect(throws: AssemblyError.unknownFormat(found: 2, known: 1)) {
      try assembled([.header(header)])
    }
  }
}
