import Classification
import EncuentroWire
import Programme
import RPC
import Results
import Storage

extension Handlers {
  /// Bytes of the participants of one UpsertParticipants call.
  private static var largestUpsert: Int { 256 << 20 }

  var participantMethods: [Method] {
    [
      clientStream(Contract.upsertParticipants, on: workers) { requests, responses in
        try await responses.send(upsert(requests))
      },
      unary(Contract.getParticipant) { request, _ in
        let engine = matchmaking.snapshot.engine
        let id = (try? matchmaking.store.participant(id: request.name))?.participant.id
        if let id, let stored = try matchmaking.store.participant(id: id) { return stored }
        let row: Int
        do {
          row = try engine.row(named: request.name)
        } catch let error as InputError {
          throw RPCError(.notFound, error.description)
        }
        guard let stored = try matchmaking.store.participant(id: engine.participants[row].id) else {
          throw RPCError(.notFound, "'\(request.name)' has just been deleted")
        }
        return stored
      },
      unary(Contract.listParticipants) { request, _ in
        let after = try PageToken.position(in: request.page, of: .participants)
        let found = try matchmaking.store.participants(after: after, limit: request.page.limit)
        return ListParticipantsResponse(
          participants: found,
          nextPageToken: request.page.isLast(found.count)
            ? "" : found.last.map { PageToken(.participants, after: $0.participant.id).text } ?? "",
          total: try matchmaking.store.participantCount())
      },
      unary(Contract.deleteParticipant) { request, _ in
        var named = request
        named.authorship.idempotencyKey = ""
        return DeleteParticipantResponse(
          revision: try await write(
            .delete(participant: request.id), request.authorship, Contract.deleteParticipant.name,
            named.encoded()
          ).revision)
      },
      unary(Contract.submitPlan, on: workers) { request, _ in
        var named = request
        named.authorship.idempotencyKey = ""
        let (method, unnamed) = (Contract.submitPlan.name, named.encoded())
        if let receipt = try receipt(request.authorship, method, unnamed) {
          return SubmitPlanResponse(revision: receipt.revision)
        }
        guard
          var participant = try matchmaking.store.participant(id: request.participant)?
            .participant
        else { throw StoreError.unknownParticipant(id: request.participant) }
        participant.signals.plan = request.plan
        try check([participant], source: "plan of \(request.participant)")
        return SubmitPlanResponse(
          revision: try await write(
            .submitPlan(participant: request.participant, request.plan), request.authorship,
            method, unnamed
          ).revision)
      },
    ]
  }

  private func upsert(_ requests: Requests<UpsertParticipantsRequest>) async throws
    -> UpsertParticipantsResponse
  {
    var authorship: Authorship?
    var participants: [Participant] = []
    var hash = FingerprintHash()
    hash.add(Contract.upsertParticipants.name.utf8)
    var bytes = 0
    for try await request in requests {
      let message = UpsertParticipantsRequest(participants: request.participants).encoded()
      bytes += message.count
      guard bytes <= Self.largestUpsert else {
        throw RPCError(
          .resourceExhausted,
          "more than \(Self.largestUpsert) bytes of participants in one call; use several",
          details: [.init(kind: "limit", subject: "upsert_bytes", value: "\(Self.largestUpsert)")])
      }
      authorship = authorship ?? request.authorship
      participants += request.participants
      hash.add(message)
    }
    guard let authorship else {
      throw WireError.invalid(
        field: "idempotency_key", reason: "the first message must name this write")
    }
    try check(participants, source: "participants")
    let receipt = try await matchmaking.write(
      WriteRequest(
        .upsert(participants), actor: authorship.actor, time: currentTime(),
        key: try authorship.key(fingerprint: hash.value)))
    return UpsertParticipantsResponse(
      created: receipt.created, updated: receipt.updated, unchanged: receipt.unchanged,
      revision: receipt.revision)
  }

  /// - Throws: `ProgrammeError` with all that is wrong, `InputError` for a plan that
  ///   cannot be read.
  private func check(_ participants: [Participant], source: String) throws {
    try Participant.check(participants, source: source, definition: matchmaking.programme)
    for participant in participants {
      guard let plan = participant.signals.plan?.text,
        plan.contains(where: { !$0.isWhitespace })
      else { continue }
      do {
        _ = try PlainText(plan)
      } catch {
        throw InputError(description: "the plan of '\(participant.id)': \(error)")
      }
    }
  }

  /// What a write has done before under the same key, whatever has changed since; nil
  /// when it is new.
  func receipt(
    _ authorship: Authorship, _ method: String, _ request: [UInt8]
  ) throws -> WriteReceipt? {
    try matchmaking.store.receipt(of: authorship.key(method, request))
  }

  func write(
    _ change: WriteRequest.Change, _ authorship: Authorship, _ method: String, _ request: [UInt8]
  ) async throws -> WriteReceipt {
    try await matchmaking.write(
      WriteRequest(
        change, actor: authorship.actor, time: currentTime(),
        key: try authorship.key(method, request)))
  }
}
