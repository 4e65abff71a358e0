import EncuentroWire
import RPC
import Results

extension Handlers {
  var classificationMethods: [Method] {
    [
      unary(Contract.classify, on: workers) { request, _ in
        try matchmaking.classification.classify(request)
      },
      clientStream(Contract.classifyPlans, on: workers) { requests, responses in
        for try await request in requests { try await responses.send(outcome(request)) }
      },
      serverStream(Contract.classifyParticipants) { request, responses in
        let snapshot = try await matchmaking.snapshot(atLeast: request.atLeastRevision)
        let participants = snapshot.engine.participants
        let view = try await responses.reporting(on: jobs, as: ClassifyParticipantsStep.progress) {
          report in
          try matchmaking.classification.classify(participants) {
            report(JobProgress(phase: "plans", done: $0, total: participants.count))
          }
        }
        for participant in view.participants { try await responses.send(.participant(participant)) }
        for failure in view.failures { try await responses.send(.failure(failure)) }
      },
    ]
  }

  /// A text that is none stops no other.
  private func outcome(_ request: ClassificationRequest) throws -> ClassifyPlansOutcome {
    do {
      return .result(try matchmaking.classification.classify(request))
    } catch let error as InputError {
      return .failure(DocumentFailure(document: request.document, error: error.description))
    }
  }
}
