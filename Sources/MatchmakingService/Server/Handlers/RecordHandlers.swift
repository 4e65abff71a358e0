import EncuentroWire
import Foundation
import Programme
import RPC
import Results
import Storage

extension Handlers {
  var recordMethods: [Method] {
    [
      unary(Contract.recordDecision) { request, _ in try await decide(request) },
      unary(Contract.listDecisions) { request, _ in
        let before = try PageToken.id(in: request.page, of: .decisions)
        let engine = matchmaking.snapshot.engine
        let participant =
          request.participant.isEmpty
          ? nil : engine.participants[try engine.row(named: request.participant)].id
        let found = try matchmaking.store.decisions(
          participant: participant, currentOnly: request.currentOnly, before: before,
          limit: request.page.limit)
        return ListDecisionsResponse(
          decisions: found,
          nextPageToken: request.page.isLast(found.count)
            ? "" : found.last.map { PageToken(.decisions, before: $0.id).text } ?? "")
      },
      unary(Contract.listRuns) { request, _ in
        let before = try PageToken.id(in: request.page, of: .runs)
        let found = try matchmaking.store.runs(before: before, limit: request.page.limit)
        return ListRunsResponse(
          runs: found,
          nextPageToken: request.page.isLast(found.count)
            ? "" : found.last.map { PageToken(.runs, before: $0.id).text } ?? "")
      },
      serverStream(Contract.getRun) { request, responses in
        guard let run = try matchmaking.store.run(id: request.id),
          let document = try matchmaking.store.runResult(id: request.id)
        else { throw RPCError(.notFound, "there is no run \(request.id); see ListRuns") }
        try await responses.send(contentsOf: GetRunStep.steps(of: run, result: Array(document)))
      },
    ]
  }

  private func decide(_ request: RecordDecisionRequest) async throws -> RecordDecisionResponse {
    var named = request
    named.authorship.idempotencyKey = ""
    let (method, unnamed) = (Contract.recordDecision.name, named.encoded())
    if let receipt = try receipt(request.authorship, method, unnamed) {
      return try RecordDecisionResponse(receipt)
    }
    let engine = matchmaking.snapshot.engine
    let participant = engine.participants[try engine.row(named: request.participant)].id
    let partner = engine.participants[try engine.row(named: request.partner)].id
    guard participant != partner else {
      throw InputError(description: "a participant is no partner of its own")
    }
    return try RecordDecisionResponse(
      await write(
        .decide(
          participant: participant, partner: partner, request.verdict, reason: request.reason),
        request.authorship, method, unnamed))
  }
}

extension RecordDecisionResponse {
  fileprivate init(_ receipt: WriteReceipt) throws(StoreError) {
    guard let decision = receipt.decision else {
      throw .failed(reason: "the decision was not kept")
    }
    self.init(decision: decision, revision: receipt.revision)
  }
}

extension PageRequest {
  /// Whether so many elements show that there are no more.
  func isLast(_ count: Int) -> Bool { count < limit }
}
