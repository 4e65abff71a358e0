import EncuentroProtos
package import Programme
package import Results

/// A method's name and shape, as ServerInfo tells it.
package struct MethodInfo: Hashable, Sendable {
  /// "encuentro.v1.Matchmaking/SuggestPartners".
  package var name: String
  package var clientStreaming: Bool
  package var serverStreaming: Bool

  package init(name: String, clientStreaming: Bool = false, serverStreaming: Bool = false) {
    self.name = name
    self.clientStreaming = clientStreaming
    self.serverStreaming = serverStreaming
  }
}

/// A method with the messages that it takes and gives.
package struct WireMethod<Request: WireMessage, Response: WireMessage>: Sendable {
  package let info: MethodInfo

  package var name: String { info.name }

  fileprivate init(_ name: String, client: Bool = false, server: Bool = false) {
    info = MethodInfo(
      name: "encuentro.v1.\(name)", clientStreaming: client, serverStreaming: server)
  }
}

/// Every method of the contract.
package enum Contract {
  package static let classify =
    WireMethod<ClassificationRequest, ClassificationView>("Matchmaking/Classify")
  package static let classifyPlans =
    WireMethod<ClassificationRequest, ClassifyPlansOutcome>(
      "Matchmaking/ClassifyPlans", client: true, server: true)
  package static let classifyParticipants =
    WireMethod<ClassifyParticipantsRequest, ClassifyParticipantsStep>(
      "Matchmaking/ClassifyParticipants", server: true)

  package static let upsertParticipants =
    WireMethod<UpsertParticipantsRequest, UpsertParticipantsResponse>(
      "Matchmaking/UpsertParticipants", client: true)
  package static let getParticipant =
    WireMethod<GetParticipantRequest, StoredParticipant>("Matchmaking/GetParticipant")
  package static let listParticipants =
    WireMethod<ListParticipantsRequest, ListParticipantsResponse>("Matchmaking/ListParticipants")
  package static let deleteParticipant =
    WireMethod<DeleteParticipantRequest, DeleteParticipantResponse>(
      "Matchmaking/DeleteParticipant")
  package static let submitPlan =
    WireMethod<SubmitPlanRequest, SubmitPlanResponse>("Matchmaking/SubmitPlan")

  package static let suggestPartners =
    WireMethod<SuggestPartnersRequest, SuggestionsView>("Matchmaking/SuggestPartners")
  package static let explainPair =
    WireMethod<ExplainPairRequest, ExplanationView>("Matchmaking/ExplainPair")
  package static let pairCohort =
    WireMethod<PairCohortRequest, PairCohortStep>("Matchmaking/PairCohort", server: true)
  package static let verifyCohort =
    WireMethod<VerifyCohortRequest, VerificationView>("Matchmaking/VerifyCohort", client: true)
  package static let reassignNetworks =
    WireMethod<ReassignNetworksRequest, ReassignNetworksStep>(
      "Matchmaking/ReassignNetworks", server: true)

  package static let listRuns =
    WireMethod<ListRunsRequest, ListRunsResponse>("Matchmaking/ListRuns")
  package static let getRun =
    WireMethod<GetRunRequest, GetRunStep>("Matchmaking/GetRun", server: true)
  package static let recordDecision =
    WireMethod<RecordDecisionRequest, RecordDecisionResponse>("Matchmaking/RecordDecision")
  package static let listDecisions =
    WireMethod<ListDecisionsRequest, ListDecisionsResponse>("Matchmaking/ListDecisions")

  package static let getProgramme =
    WireMethod<GetProgrammeRequest, GetProgrammeResponse>("Matchmaking/GetProgramme")

  package static let healthCheck = WireMethod<HealthRequest, HealthResponse>("Health/Check")
  package static let healthWatch =
    WireMethod<HealthRequest, HealthResponse>("Health/Watch", server: true)

  package static let serverInfo =
    WireMethod<ServerInfoRequest, ServerInfoResponse>("Server/ServerInfo")

  /// All of them, in the contract's order.
  package static let methods = [
    classify.info, classifyPlans.info, classifyParticipants.info, upsertParticipants.info,
    getParticipant.info, listParticipants.info, deleteParticipant.info, submitPlan.info,
    suggestPartners.info, explainPair.info, pairCohort.info, verifyCohort.info,
    reassignNetworks.info,
    listRuns.info, getRun.info, recordDecision.info, listDecisions.info, getProgramme.info,
    healthCheck.info, healthWatch.info, serverInfo.info,
  ]

  /// A serialised google.protobuf.FileDescriptorSet of everything below Protos/.
  package static let fileDescriptorSet = [UInt8](
    UnsafeBufferPointer(
      start: encuentro_descriptor_set_bytes(), count: encuentro_descriptor_set_length))
}
