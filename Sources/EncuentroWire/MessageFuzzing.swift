import Results

/// Every message that a stranger may send, read from any bytes: for the fuzzer, and to
/// replay what it has found.
package enum MessageFuzzing {
  private static let kinds: [@Sendable ([UInt8]) throws -> Void] = [
    { try check(ClassificationRequest.self, $0) },
    { try check(ClassifyParticipantsRequest.self, $0) },
    { try check(UpsertParticipantsRequest.self, $0) },
    { try check(GetParticipantRequest.self, $0) },
    { try check(ListParticipantsRequest.self, $0) },
    { try check(DeleteParticipantRequest.self, $0) },
    { try check(SubmitPlanRequest.self, $0) }, { try check(SuggestPartnersRequest.self, $0) },
    { try check(ExplainPairRequest.self, $0) }, { try check(PairCohortRequest.self, $0) },
    { try check(VerifyCohortRequest.self, $0) }, { try check(ReassignNetworksRequest.self, $0) },
    { try check(ListRunsRequest.self, $0) }, { try check(GetRunRequest.self, $0) },
    { try check(RecordDecisionRequest.self, $0) }, { try check(ListDecisionsRequest.self, $0) },
    { try check(PairCohortStep.self, $0) }, { try check(ReassignNetworksStep.self, $0) },
    { try check(SuggestionsView.self, $0) }, { try check(ClassificationView.self, $0) },
  ]

  /// Reads bytes as the message that the first of them chooses. What can be read must
  /// be the same when it is written and read again.
  package static func run(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    try? kinds[Int(first) % kinds.count](Array(bytes.dropFirst()))
    if let token = String(validating: bytes, as: UTF8.self) {
      _ = try? PageToken(token, of: .participants)
    }
  }

  private static func check<Message: WireMessage>(
    _ type: Message.Type, _ bytes: [UInt8]
  ) throws {
    let written = try Message.decode(bytes).encoded()
    let again = try Message.decode(written).encoded()
    precondition(written == again, "\(type) is not the same after writing and reading")
  }
}
