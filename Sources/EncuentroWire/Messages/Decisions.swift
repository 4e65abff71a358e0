import EncuentroProtos
package import Programme
package import Results

/// What a committee decides on a pair.
package struct RecordDecisionRequest: Hashable, Sendable {
  /// Names, loosely written, or ids.
  package var participant: String
  package var partner: String
  package var verdict: Verdict
  /// 1 to 4096 characters.
  package var reason: String
  package var authorship: Authorship

  package init(
    participant: String, partner: String, verdict: Verdict, reason: String, authorship: Authorship
  ) {
    self.participant = participant
    self.partner = partner
    self.verdict = verdict
    self.reason = reason
    self.authorship = authorship
  }
}

package struct RecordDecisionResponse: Hashable, Sendable {
  package var decision: Decision
  /// The store's afterwards.
  package var revision: UInt64

  package init(decision: Decision, revision: UInt64) {
    self.decision = decision
    self.revision = revision
  }
}

package struct ListDecisionsRequest: Hashable, Sendable {
  /// Those on this participant, by name or id; empty for all.
  package var participant: String
  /// Only the latest of each pair.
  package var currentOnly: Bool
  package var page: PageRequest

  package init(
    participant: String = "", currentOnly: Bool = false, page: PageRequest = PageRequest()
  ) {
    self.participant = participant
    self.currentOnly = currentOnly
    self.page = page
  }
}

package struct ListDecisionsResponse: Hashable, Sendable {
  /// The latest first.
  package var decisions: [Decision]
  /// Empty after the last page.
  package var nextPageToken: String

  package init(decisions: [Decision], nextPageToken: String) {
    self.decisions = decisions
    self.nextPageToken = nextPageToken
  }

  /// As of `ListParticipantsResponse`.
  package init(_ page: PageRequest, of decisions: [Decision]) {
    (self.decisions, nextPageToken) = Batches.page(page, of: decisions) {
      PageToken(.decisions, before: $0.id)
    }
  }
}

// MARK: - The messages

/// The contract's numbers.
private let verdicts: [(Encuentro__V1__Verdict, Verdict)] = [
  (ENCUENTRO__V1__VERDICT__ACCEPTED, .accepted),
  (ENCUENTRO__V1__VERDICT__REJECTED, .rejected),
  (ENCUENTRO__V1__VERDICT__DEFERRED, .deferred),
]

extension Verdict {
  fileprivate var wire: Encuentro__V1__Verdict {
    switch self {
    case .accepted: ENCUENTRO__V1__VERDICT__ACCEPTED
    case .rejected: ENCUENTRO__V1__VERDICT__REJECTED
    case .deferred: ENCUENTRO__V1__VERDICT__DEFERRED
    }
  }
}

extension Decision: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__Decision>) {
    encuentro__v1__decision__init(c)
  }

  init(wire c: Encuentro__V1__Decision) throws(WireError) {
    self.init(
      id: c.id,
      participant: try Read.text(c.participant_id, "participant_id"),
      partner: try Read.text(c.partner_id, "partner_id"),
      verdict: try Read.choice(c.verdict, "verdict", of: verdicts),
      reason: try Read.text(c.reason, "reason"),
      actor: try Read.text(c.actor, "actor"),
      time: c.time_us)
  }

  func fill(_ c: inout Encuentro__V1__Decision, _ arena: Arena) {
    c.id = id
    c.participant_id = arena.text(participant)
    c.partner_id = arena.text(partner)
    c.verdict = verdict.wire
    c.reason = arena.text(reason)
    c.actor = arena.text(actor)
    c.time_us = time
  }
}

extension RecordDecisionRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__RecordDecisionRequest>) {
    encuentro__v1__record_decision_request__init(c)
  }

  init(wire c: Encuentro__V1__RecordDecisionRequest) throws(WireError) {
    participant = try Read.text(c.participant, "participant")
    partner = try Read.text(c.partner, "partner")
    verdict = try Read.choice(c.verdict, "verdict", of: verdicts)
    reason = try Read.text(c.reason, "reason")
    guard (1...WireLimits.reason).contains(reason.unicodeScalars.count) else {
      throw .invalid(field: "reason", reason: "must have 1 to \(WireLimits.reason) characters")
    }
    authorship = try Authorship(actor: c.actor, key: c.idempotency_key)
  }

  func fill(_ c: inout Encuentro__V1__RecordDecisionRequest, _ arena: Arena) {
    c.participant = arena.text(participant)
    c.partner = arena.text(partner)
    c.verdict = verdict.wire
    c.reason = arena.text(reason)
    (c.actor, c.idempotency_key) = authorship.texts(arena)
  }
}

extension RecordDecisionResponse: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__RecordDecisionResponse>) {
    encuentro__v1__record_decision_response__init(c)
  }

  init(wire c: Encuentro__V1__RecordDecisionResponse) throws(WireError) {
    decision = try Read.message(c.decision, "decision")
    revision = c.revision
  }

  func fill(_ c: inout Encuentro__V1__RecordDecisionResponse, _ arena: Arena) {
    c.decision = arena.message(decision)
    c.revision = revision
  }
}

extension ListDecisionsRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ListDecisionsRequest>) {
    encuentro__v1__list_decisions_request__init(c)
  }

  init(wire c: Encuentro__V1__ListDecisionsRequest) throws(WireError) {
    participant = try Read.text(c.participant, "participant")
    currentOnly = c.current_only != 0
    page = try PageRequest(size: c.page_size, token: c.page_token)
  }

  func fill(_ c: inout Encuentro__V1__ListDecisionsRequest, _ arena: Arena) {
    c.participant = arena.text(participant)
    c.current_only = currentOnly ? 1 : 0
    (c.page_size, c.page_token) = page.fields(arena)
  }
}

extension ListDecisionsResponse: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ListDecisionsResponse>) {
    encuentro__v1__list_decisions_response__init(c)
  }

  init(wire c: Encuentro__V1__ListDecisionsResponse) throws(WireError) {
    decisions = try Read.messages(
      c.n_decisions, c.decisions, "decisions", limit: WireLimits.top)
    nextPageToken = try Read.text(c.next_page_token, "next_page_token")
  }

  func fill(_ c: inout Encuentro__V1__ListDecisionsResponse, _ arena: Arena) {
    (c.n_decisions, c.decisions) = arena.messages(decisions)
    c.next_page_token = arena.text(nextPageToken)
  }
}
