import EncuentroWire
package import Foundation
package import Programme
package import RPC
package import Results

/// Answers from a server.
package struct RemoteAnswers: Answering {
  private let client: Client

  package init(_ client: Client) { self.client = client }

  package func programme() async throws -> ProgrammeDefinition {
    let response = try await Self.asking {
      try await client.call(Contract.getProgramme, GetProgrammeRequest())
    }
    return try ProgrammeDefinition.check(
      Data(response.definition.utf8), source: "the server's programme"
    ).get()
  }

  package func classify(_ request: ClassificationRequest) async throws -> ClassificationView {
    try await Self.asking { try await client.call(Contract.classify, request) }
  }

  package func classifyParticipants(progress: @escaping Report) async throws -> ParticipantsView {
    var view = ParticipantsView(participants: [], failures: [])
    try await Self.asking {
      try await client.stream(
        Contract.classifyParticipants, ClassifyParticipantsRequest(atLeastRevision: revision())
      ) {
        switch $0 {
        case .progress(let step): progress(step)
        case .participant(let participant): view.participants.append(participant)
        case .failure(let failure): view.failures.append(failure)
        }
      }
    }
    return view
  }

  package func suggest(
    _ request: SuggestionRequest, progress: @escaping Report
  ) async throws -> SuggestionsView {
    try await Self.asking {
      try await client.call(
        Contract.suggestPartners, SuggestPartnersRequest(request, atLeastRevision: revision()))
    }
  }

  package func explain(
    _ name: String, _ partner: String, progress: @escaping Report
  ) async throws -> ExplanationView {
    try await Self.asking {
      try await client.call(
        Contract.explainPair,
        ExplainPairRequest(name: name, partner: partner, atLeastRevision: revision()))
    }
  }

  package func pair(
    _ request: CohortRequest, isCancelled: @escaping @Sendable () -> Bool,
    progress: @escaping Report
  ) async throws -> CohortView {
    try await Self.cancelling(when: isCancelled) {
      try await Self.asking {
        var assembly = CohortAssembly()
        try await client.stream(
          Contract.pairCohort, PairCohortRequest(request, atLeastRevision: revision())
        ) {
          if case .progress(let step) = $0 { progress(step) }
          try assembly.add($0)
        }
        return try assembly.finish().view
      }
    }
  }

  package func verify(
    _ data: Data, named name: String, progress: @escaping Report
  ) async throws -> VerificationView {
    try await Self.asking {
      try await client.upload(
        Contract.verifyCohort,
        stride(from: 0, to: max(1, data.count), by: Batches.bytes).map {
          VerifyCohortRequest(
            document: name, part: Array(data.dropFirst($0).prefix(Batches.bytes)))
        })
    }
  }

  package func reassign(
    _ request: ReassignmentRequest, progress: @escaping Report
  ) async throws -> ReassignmentView {
    try await Self.asking {
      var assembly = ReassignmentAssembly()
      try await client.stream(
        Contract.reassignNetworks, ReassignNetworksRequest(request, atLeastRevision: revision())
      ) {
        if case .progress(let step) = $0 { progress(step) }
        try assembly.add($0)
      }
      return try assembly.finish().view
    }
  }

  /// What has been written so far, so that answers show all of it.
  private func revision() async throws -> UInt64 {
    try await client.call(Contract.healthCheck, HealthRequest()).revision
  }

  /// Looks every few milliseconds whether somebody wants to stop.
  private static func cancelling<Value: Sendable>(
    when isCancelled: @escaping @Sendable () -> Bool,
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        while !isCancelled() { try await Task.sleep(for: .milliseconds(20)) }
        return nil
      }
      defer { group.cancelAll() }
      guard let value = try await group.next(), let value else { throw CancellationError() }
      return value
    }
  }

  /// What a server says is wrong with the request is said as if it were said here.
  ///
  /// - Throws: `InputError`, `ServerFailure`, `CancellationError`.
  package static func asking<Value>(
    _ body: () async throws -> Value
  ) async throws -> Value {
    do {
      return try await body()
    } catch let error as RPCError {
      switch error.code {
      case .invalidArgument, .notFound, .failedPrecondition, .alreadyExists, .aborted, .outOfRange:
        throw InputError(description: error.message)
      case .cancelled: throw CancellationError()
      default: throw ServerFailure(error)
      }
    }
  }
}

/// A server that cannot be reached, or does not answer as it should.
package struct ServerFailure: Error, CustomStringConvertible {
  package let error: RPCError

  package init(_ error: RPCError) { self.error = error }

  package var description: String {
    switch error.code {
    case .unavailable:
      "the server cannot be asked: \(error.message); is it running? ('encuentro serve')"
    case .deadlineExceeded: "the server did not answer in time; raise --timeout"
    default: "the server says \(error)"
    }
  }
}
