import EncuentroProtos
import Programme
import Results
import TestSupport
import Testing

@testable import EncuentroWire

/// A request or response, for tests that go through all of them.
struct MessageKind: Sendable, CustomTestStringConvertible {
  /// "encuentro.v1.Run".
  let name: String
  let descriptor: Descriptor
  /// A random value's bytes.
  let sample: @Sendable (inout TestGenerator) throws -> [UInt8]
  /// Decodes and encodes again.
  let recode: @Sendable ([UInt8]) throws -> [UInt8]
  /// Decodes within so many bytes of memory.
  let unpack: @Sendable ([UInt8], Int) throws -> Void
  /// Whether a random value survives the way there and back.
  let survives: @Sendable (inout TestGenerator) throws -> Bool

  var testDescription: String { name }

  init<M: MappedMessage>(
    _ type: M.Type, isEqual: @escaping @Sendable (M, M) -> Bool,
    _ value: @escaping @Sendable (inout TestGenerator) throws -> M
  ) {
    descriptor = Descriptor(of: M.self)
    name = descriptor.name
    sample = { try value(&$0).encoded() }
    recode = { try M.decode($0).encoded() }
    unpack = { _ = try Arena.unpack($0, as: M.self, limit: $1) }
    survives = {
      let value = try value(&$0)
      let bytes = value.encoded()
      let decoded = try M.decode(bytes)
      // Equal bytes also tell texts apart that are equal but for their normal form.
      return isEqual(value, decoded) && decoded.encoded() == bytes
    }
  }

  init<M: MappedMessage & Equatable>(
    _ type: M.Type, _ value: @escaping @Sendable (inout TestGenerator) throws -> M
  ) {
    self.init(type, isEqual: { $0 == $1 }, value)
  }

  static let all: [MessageKind] = [
    MessageKind(ClassificationRequest.self) { g in
      ClassificationRequest(
        document: g.text(), text: g.text(), isMarkdown: g.pick([true, false]),
        passages: g.int(0...1000))
    },
    MessageKind(ClassificationView.self) { $0.classification() },
    MessageKind(ClassifyPlansOutcome.self) { g in
      g.flag()
        ? .result(g.classification())
        : .failure(DocumentFailure(document: g.text(), error: g.text()))
    },
    MessageKind(ClassifyParticipantsRequest.self) { g in
      ClassifyParticipantsRequest(atLeastRevision: g.revision())
    },
    MessageKind(ClassifyParticipantsStep.self) { g in
      switch g.int(0...2) {
      case 0: .progress(g.progress())
      case 1: .participant(g.participantView())
      default: .failure(ParticipantFailure(id: g.text(), error: g.text()))
      }
    },
    MessageKind(UpsertParticipantsRequest.self) { g in
      UpsertParticipantsRequest(
        authorship: g.maybe { $0.authorship() }, participants: g.list { $0.participant() })
    },
    MessageKind(UpsertParticipantsResponse.self) { g in
      UpsertParticipantsResponse(
        created: g.count(), updated: g.count(), unchanged: g.count(), revision: g.revision())
    },
    MessageKind(GetParticipantRequest.self) { g in GetParticipantRequest(name: g.text()) },
    MessageKind(StoredParticipant.self) { $0.stored() },
    MessageKind(ListParticipantsRequest.self) { g in ListParticipantsRequest(page: g.page()) },
    MessageKind(ListParticipantsResponse.self) { g in
      ListParticipantsResponse(
        participants: g.list { $0.stored() }, nextPageToken: g.text(), total: g.count())
    },
    MessageKind(DeleteParticipantRequest.self) { g in
      DeleteParticipantRequest(id: g.text(), authorship: g.authorship())
    },
    MessageKind(DeleteParticipantResponse.self) { g in
      DeleteParticipantResponse(revision: g.revision())
    },
    MessageKind(SubmitPlanRequest.self) { g in
      SubmitPlanRequest(participant: g.text(), plan: g.plan(), authorship: g.authorship())
    },
    MessageKind(SubmitPlanResponse.self) { g in SubmitPlanResponse(revision: g.revision()) },
    MessageKind(SuggestPartnersRequest.self) { $0.suggestRequest() },
    MessageKind(SuggestionsView.self) { $0.suggestions() },
    MessageKind(ExplainPairRequest.self) { g in
      ExplainPairRequest(name: g.text(), partner: g.text(), atLeastRevision: g.revision())
    },
    MessageKind(ExplanationView.self) { $0.explanation() },
    MessageKind(VerifyCohortRequest.self) { g in
      VerifyCohortRequest(document: g.text(), part: Array(g.text().utf8))
    },
    MessageKind(VerificationView.self) { g in
      VerificationView(
        isVerified: g.pick([true, false]), isOptimal: g.pick([true, false]),
        appliesQuotas: g.pick([true, false]), pairs: g.int(0...10_000), faults: [g.text()])
    },
    MessageKind(PairCohortRequest.self, isEqual: isEqual) { $0.cohortRequest() },
    MessageKind(PairCohortStep.self) { g in
      switch g.int(0...4) {
      case 0: .progress(g.progress())
      case 1: .header(CohortHeader(try g.cohort(pairs: 0, unpaired: 0)))
      case 2:
        .rows(CohortRows(pairs: g.list { $0.pair() }, unpaired: g.list { $0.unpaired() }))
      case 3: .proof(g.blob())
      default: .run(g.runRef())
      }
    },
    MessageKind(ReassignNetworksRequest.self) { $0.reassignmentRequest() },
    MessageKind(ReassignNetworksStep.self) { g in
      switch g.int(0...3) {
      case 0: .progress(g.progress())
      case 1: .header(ReassignmentHeader(g.reassignment(rows: 0)))
      case 2: .rows(g.list { $0.row() })
      default: .run(g.runRef())
      }
    },
    MessageKind(ListRunsRequest.self) { g in ListRunsRequest(page: g.page()) },
    MessageKind(ListRunsResponse.self) { g in
      ListRunsResponse(runs: g.list { $0.run() }, nextPageToken: g.text())
    },
    MessageKind(GetRunRequest.self) { g in GetRunRequest(id: g.number()) },
    MessageKind(GetRunStep.self) { g in g.flag() ? .run(g.run()) : .result(g.blob()) },
    MessageKind(RecordDecisionRequest.self) { g in
      RecordDecisionRequest(
        participant: g.text(), partner: g.text(), verdict: g.pick(Verdict.allCases),
        reason: "x" + g.text(), authorship: g.authorship())
    },
    MessageKind(RecordDecisionResponse.self) { g in
      RecordDecisionResponse(decision: g.decision(), revision: g.revision())
    },
    MessageKind(ListDecisionsRequest.self) { g in
      ListDecisionsRequest(participant: g.text(), currentOnly: g.flag(), page: g.page())
    },
    MessageKind(ListDecisionsResponse.self) { g in
      ListDecisionsResponse(decisions: g.list { $0.decision() }, nextPageToken: g.text())
    },
    MessageKind(GetProgrammeRequest.self) { _ in GetProgrammeRequest() },
    MessageKind(GetProgrammeResponse.self) { g in
      GetProgrammeResponse(try ProgrammeDefinition.bulletin, json: g.text())
    },
    MessageKind(HealthRequest.self) { _ in HealthRequest() },
    MessageKind(HealthResponse.self) { g in
      HealthResponse(
        state: g.pick(HealthResponse.State.allCases), reason: g.text(), revision: g.revision(),
        indexRevision: g.revision())
    },
    MessageKind(ServerInfoRequest.self) { _ in ServerInfoRequest() },
    MessageKind(ServerInfoResponse.self) { g in
      ServerInfoResponse(
        version: g.text(), protocolVersion: UInt32.max,
        limits: g.list { .init(name: $0.text(), value: $0.number()) }, participants: g.count(),
        uptime: Int64(g.count()))
    },
  ]

  /// A request of tuples, which cannot be compared by themselves.
  @Sendable private static func isEqual(_ a: PairCohortRequest, _ b: PairCohortRequest) -> Bool {
    let (one, other) = (a.request, b.request)
    return a.atLeastRevision == b.atLeastRevision && one.objective == other.objective
      && one.pinned.elementsEqual(other.pinned, by: ==)
      && one.forbidden.elementsEqual(other.forbidden, by: ==) && one.bounds == other.bounds
      && one.appliesQuotas == other.appliesQuotas && one.deadline == other.deadline
      && one.seed == other.seed && one.commit == other.commit
  }
}

/// protoc-c's description of a message.
///
/// `@unchecked Sendable`: it points to a constant of the generated C.
struct Descriptor: @unchecked Sendable {
  private let pointer: UnsafePointer<ProtobufCMessageDescriptor>

  init(_ pointer: UnsafePointer<ProtobufCMessageDescriptor>) { self.pointer = pointer }

  init<M: Mapped>(of type: M.Type) {
    let form = UnsafeMutablePointer<M.Form>.allocate(capacity: 1)
    defer { form.deallocate() }
    M.initialise(form)
    self.init(UnsafeRawPointer(form).load(as: UnsafePointer<ProtobufCMessageDescriptor>.self))
  }

  var name: String { String(cString: pointer.pointee.name) }

  /// The messages of its fields.
  var parts: [Descriptor] {
    (0..<Int(pointer.pointee.n_fields)).compactMap {
      let field = pointer.pointee.fields[$0]
      guard field.type == PROTOBUF_C_TYPE_MESSAGE else { return nil }
      return Descriptor(field.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self))
    }
  }
}
