import EncuentroWire
import Foundation
import Programme
import RPC
import Results
import Storage

extension Handlers {
  var cohortMethods: [Method] {
    [
      serverStream(Contract.pairCohort) { call, responses in
        try await pair(call, responses)
      },
      clientStream(Contract.verifyCohort) { requests, responses in
        try await responses.send(verify(requests))
      },
    ]
  }

  private func pair(
    _ call: PairCohortRequest, _ responses: Responses<PairCohortStep>
  ) async throws {
    let request = call.request
    var named = call
    named.request.commit = nil
    let (method, unnamed) = (Contract.pairCohort.name, named.encoded())
    if let steps = try await recorded(request.commit, method, unnamed, pack: Self.packed) {
      return try await responses.send(packed: steps)
    }
    for bound in request.bounds { try bound.check(in: matchmaking.programme) }
    let snapshot = try await matchmaking.snapshot(atLeast: call.atLeastRevision)
    let steps = try await responses.reporting(on: jobs, as: PairCohortStep.progress) { report in
      let view = try snapshot.engine.pair(
        request, isCancelled: { Task.isCancelled }, progress: report)
      try Task.checkCancellation()
      report(JobProgress(phase: "recording"))
      let run = NewRun(
        kind: .cohort, committed: request.commit != nil, revision: snapshot.revision,
        summary: view.summary, result: try ResultDocument.encode(view))
      let receipt = try await record(run, request.commit, method, unnamed)
      return try Self.packed(view, RunRef(receipt))
    }
    try await responses.send(packed: steps)
  }

  @Sendable private static func packed(_ view: CohortView, _ run: RunRef) throws -> [[UInt8]] {
    try PairCohortStep.steps(of: view, run: run).map { $0.encoded() }
  }

  /// A result beyond this was not made by the program.
  private static var largestDocument: Int { 256 << 20 }

  private func verify(_ requests: Requests<VerifyCohortRequest>) async throws -> VerificationView {
    var document = Data()
    var name: String?
    for try await request in requests {
      name = name ?? request.document
      document += request.part
      guard document.count <= Self.largestDocument else {
        throw RPCError(.resourceExhausted, "a result has at most \(Self.largestDocument) bytes")
      }
    }
    let (whole, named, engine) = (document, name ?? "", matchmaking.snapshot.engine)
    return try await Task(executorPreference: jobs) { try engine.verify(whole, named: named) }.value
  }

  /// The responses of a run that was committed before under the same key; nil when it is
  /// new.
  func recorded<View: Decodable & Sendable>(
    _ authorship: Authorship?, _ method: String, _ request: [UInt8],
    pack: @escaping @Sendable (View, RunRef) throws -> [[UInt8]]
  ) async throws -> [[UInt8]]? {
    guard let authorship, let receipt = try receipt(authorship, method, request) else { return nil }
    let run = RunRef(receipt)
    guard let document = try matchmaking.store.runResult(id: run.id) else {
      throw StoreError.failed(reason: "the result of run \(run.id) was not kept")
    }
    return try await Task(executorPreference: jobs) {
      try pack(JSONDecoder().decode(View.self, from: document), run)
    }.value
  }

  /// Keeps a run; without an author it is a dry run of nobody.
  func record(
    _ run: NewRun, _ authorship: Authorship?, _ method: String, _ request: [UInt8]
  ) async throws -> WriteReceipt {
    guard let authorship else {
      return try await matchmaking.write(
        WriteRequest(.record(run), actor: "", time: currentTime()))
    }
    return try await write(.record(run), authorship, method, request)
  }
}

extension Responses {
  func send(contentsOf steps: [Response]) async throws {
    for step in steps { try await send(step) }
  }
}

extension RunRef {
  init(_ receipt: WriteReceipt) {
    self.init(
      id: receipt.run?.id ?? 0, committed: receipt.run?.committed ?? false,
      revision: receipt.revision)
  }
}

extension CohortView {
  /// "46 pairs, total 28.341, proven".
  fileprivate var summary: String {
    let total = figures.first?.total ?? 0
    return "\(pairs.count) pairs, total \(String(format: "%.3f", total)), "
      + (isOptimal ? "proven" : "best found")
  }
}
