import EncuentroProtos
package import Results

/// The answer to one document of ClassifyPlans.
package enum ClassifyPlansOutcome: Equatable, Sendable {
  case result(ClassificationView)
  case failure(DocumentFailure)
}

package struct ClassifyParticipantsRequest: Hashable, Sendable {
  /// As of `SuggestPartnersRequest`.
  package var atLeastRevision: UInt64

  package init(atLeastRevision: UInt64 = 0) { self.atLeastRevision = atLeastRevision }
}

/// One message of ClassifyParticipants' answer: progress, then the participants in the
/// store's order.
package enum ClassifyParticipantsStep: Equatable, Sendable {
  case progress(JobProgress)
  case participant(ParticipantView)
  case failure(ParticipantFailure)
}

// MARK: - Texts

extension ClassificationRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ClassifyRequest>) {
    encuentro__v1__classify_request__init(c)
  }

  /// The contract's numbers, and whether they are Markdown.
  private static let markups: [(Encuentro__V1__Markup, Bool)] = [
    (ENCUENTRO__V1__MARKUP__PLAIN, false), (ENCUENTRO__V1__MARKUP__MARKDOWN, true),
  ]

  init(wire c: Encuentro__V1__ClassifyRequest) throws(WireError) {
    self.init(
      document: try Read.text(c.document, "document"), text: try Read.text(c.text, "text"),
      isMarkdown: try Read.choice(c.markup, "markup", of: Self.markups),
      passages: try Read.number(c.passages, "passages", in: 0...WireLimits.top))
  }

  func fill(_ c: inout Encuentro__V1__ClassifyRequest, _ arena: Arena) {
    c.document = arena.text(document)
    c.text = arena.text(text)
    c.markup = isMarkdown ? ENCUENTRO__V1__MARKUP__MARKDOWN : ENCUENTRO__V1__MARKUP__PLAIN
    c.passages = Int32(clamping: passages)
  }
}

extension ClassifyPlansOutcome: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ClassifyPlansResponse>) {
    encuentro__v1__classify_plans_response__init(c)
  }

  init(wire c: Encuentro__V1__ClassifyPlansResponse) throws(WireError) {
    switch c.outcome_case {
    case ENCUENTRO__V1__CLASSIFY_PLANS_RESPONSE__OUTCOME_RESULT:
      self = .result(try Read.message(c.result, "result"))
    case ENCUENTRO__V1__CLASSIFY_PLANS_RESPONSE__OUTCOME_ERROR:
      self = .failure(try Read.message(c.error, "error"))
    default: throw .invalid(field: "outcome", reason: "is missing")
    }
  }

  func fill(_ c: inout Encuentro__V1__ClassifyPlansResponse, _ arena: Arena) {
    switch self {
    case .result(let view):
      c.outcome_case = ENCUENTRO__V1__CLASSIFY_PLANS_RESPONSE__OUTCOME_RESULT
      c.result = arena.message(view)
    case .failure(let failure):
      c.outcome_case = ENCUENTRO__V1__CLASSIFY_PLANS_RESPONSE__OUTCOME_ERROR
      c.error = arena.message(failure)
    }
  }
}

extension DocumentFailure: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__DocumentError>) {
    encuentro__v1__document_error__init(c)
  }

  init(wire c: Encuentro__V1__DocumentError) throws(WireError) {
    self.init(
      document: try Read.text(c.document, "document"), error: try Read.text(c.error, "error"))
  }

  func fill(_ c: inout Encuentro__V1__DocumentError, _ arena: Arena) {
    c.document = arena.text(document)
    c.error = arena.text(error)
  }
}

// MARK: - Participants

extension ClassifyParticipantsRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ClassifyParticipantsRequest>) {
    encuentro__v1__classify_participants_request__init(c)
  }

  init(wire c: Encuentro__V1__ClassifyParticipantsRequest) throws(WireError) {
    atLeastRevision = c.at_least_revision
  }

  func fill(_ c: inout Encuentro__V1__ClassifyParticipantsRequest, _ arena: Arena) {
    c.at_least_revision = atLeastRevision
  }
}

extension ClassifyParticipantsStep: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ClassifyParticipantsResponse>) {
    encuentro__v1__classify_participants_response__init(c)
  }

  init(wire c: Encuentro__V1__ClassifyParticipantsResponse) throws(WireError) {
    switch c.step_case {
    case ENCUENTRO__V1__CLASSIFY_PARTICIPANTS_RESPONSE__STEP_PROGRESS:
      self = .progress(try Read.message(c.progress, "progress"))
    case ENCUENTRO__V1__CLASSIFY_PARTICIPANTS_RESPONSE__STEP_PARTICIPANT:
      self = .participant(try Read.message(c.participant, "participant"))
    case ENCUENTRO__V1__CLASSIFY_PARTICIPANTS_RESPONSE__STEP_ERROR:
      self = .failure(try Read.message(c.error, "error"))
    default: throw .invalid(field: "step", reason: "is missing")
    }
  }

  func fill(_ c: inout Encuentro__V1__ClassifyParticipantsResponse, _ arena: Arena) {
    switch self {
    case .progress(let progress):
      c.step_case = ENCUENTRO__V1__CLASSIFY_PARTICIPANTS_RESPONSE__STEP_PROGRESS
      c.progress = arena.message(progress)
    case .participant(let view):
      c.step_case = ENCUENTRO__V1__CLASSIFY_PARTICIPANTS_RESPONSE__STEP_PARTICIPANT
      c.participant = arena.message(view)
    case .failure(let failure):
      c.step_case = ENCUENTRO__V1__CLASSIFY_PARTICIPANTS_RESPONSE__STEP_ERROR
      c.error = arena.message(failure)
    }
  }
}

extension ParticipantFailure: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ParticipantError>) {
    encuentro__v1__participant_error__init(c)
  }

  init(wire c: Encuentro__V1__ParticipantError) throws(WireError) {
    self.init(id: try Read.text(c.id, "id"), error: try Read.text(c.error, "error"))
  }

  func fill(_ c: inout Encuentro__V1__ParticipantError, _ arena: Arena) {
    c.id = arena.text(id)
    c.error = arena.text(error)
  }
}

// MARK: - Progress

extension JobProgress: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__Progress>) {
    encuentro__v1__progress__init(c)
  }

  init(wire c: Encuentro__V1__Progress) throws(WireError) {
    self.init(
      phase: try Read.text(c.phase, "phase"),
      done: try Read.number(c.done, "done"),
      total: try Read.number(c.total, "total"),
      value: try Read.optional(c.value_or_none_case, c.value, "value"),
      bound: try Read.optional(c.bound_or_none_case, c.bound, "bound"),
      gap: try Read.optional(c.gap_or_none_case, c.gap, "gap"))
  }

  func fill(_ c: inout Encuentro__V1__Progress, _ arena: Arena) {
    c.phase = arena.text(phase)
    c.done = Int64(done)
    c.total = Int64(total)
    (c.value_or_none_case, c.value) = arena.optional(
      value, ENCUENTRO__V1__PROGRESS__VALUE_OR_NONE_VALUE)
    (c.bound_or_none_case, c.bound) = arena.optional(
      bound, ENCUENTRO__V1__PROGRESS__BOUND_OR_NONE_BOUND)
    (c.gap_or_none_case, c.gap) = arena.optional(gap, ENCUENTRO__V1__PROGRESS__GAP_OR_NONE_GAP)
  }
}
