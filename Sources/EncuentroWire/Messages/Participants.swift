import EncuentroProtos
package import Programme
package import Results

/// Participants to be written; any number of these follow each other, and are one write.
package struct UpsertParticipantsRequest: Hashable, Sendable {
  /// In the first request only.
  package var authorship: Authorship?
  package var participants: [Participant]

  package init(authorship: Authorship? = nil, participants: [Participant]) {
    self.authorship = authorship
    self.participants = participants
  }

  /// One write of any number of participants, in messages of at most `Batches.bytes`; a
  /// larger participant has one of its own.
  package static func requests(
    _ participants: [Participant], by authorship: Authorship
  ) -> [UpsertParticipantsRequest] {
    // A first message even for nobody: a write needs its author.
    let rest = Batches.rows(participants).map { UpsertParticipantsRequest(participants: $0) }
    return [UpsertParticipantsRequest(authorship: authorship, participants: [])] + rest
  }
}

package struct UpsertParticipantsResponse: Hashable, Sendable {
  package var created: Int
  package var updated: Int
  /// Those that were already just so.
  package var unchanged: Int
  /// The store's afterwards.
  package var revision: UInt64

  package init(created: Int, updated: Int, unchanged: Int, revision: UInt64) {
    self.created = created
    self.updated = updated
    self.unchanged = unchanged
    self.revision = revision
  }
}

package struct GetParticipantRequest: Hashable, Sendable {
  /// A name, loosely written, or an id.
  package var name: String

  package init(name: String) { self.name = name }
}

package struct ListParticipantsRequest: Hashable, Sendable {
  package var page: PageRequest

  package init(page: PageRequest = PageRequest()) { self.page = page }
}

package struct ListParticipantsResponse: Hashable, Sendable {
  /// By id.
  package var participants: [StoredParticipant]
  /// Empty after the last page.
  package var nextPageToken: String
  /// How many there are on all pages.
  package var total: Int

  package init(participants: [StoredParticipant], nextPageToken: String, total: Int) {
    self.participants = participants
    self.nextPageToken = nextPageToken
    self.total = total
  }

  /// The page that was asked for, or its beginning where it would be too large to send;
  /// the token then goes on from there.
  ///
  /// - Parameter participants: what follows the page's token, one more than
  ///   `page.limit` if there are so many.
  package init(_ page: PageRequest, of participants: [StoredParticipant], total: Int) {
    (self.participants, nextPageToken) = Batches.page(page, of: participants) {
      PageToken(.participants, after: $0.participant.id)
    }
    self.total = total
  }
}

package struct DeleteParticipantRequest: Hashable, Sendable {
  package var id: String
  package var authorship: Authorship

  package init(id: String, authorship: Authorship) {
    self.id = id
    self.authorship = authorship
  }
}

package struct DeleteParticipantResponse: Hashable, Sendable {
  /// The store's afterwards.
  package var revision: UInt64

  package init(revision: UInt64) { self.revision = revision }
}

/// A plan that replaces the participant's.
package struct SubmitPlanRequest: Hashable, Sendable {
  package var participant: String
  package var plan: Plan
  package var authorship: Authorship

  package init(participant: String, plan: Plan, authorship: Authorship) {
    self.participant = participant
    self.plan = plan
    self.authorship = authorship
  }
}

package struct SubmitPlanResponse: Hashable, Sendable {
  /// The store's afterwards.
  package var revision: UInt64

  package init(revision: UInt64) { self.revision = revision }
}

// MARK: - The messages

extension StoredParticipant: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__StoredParticipant>) {
    encuentro__v1__stored_participant__init(c)
  }

  init(wire c: Encuentro__V1__StoredParticipant) throws(WireError) {
    self.init(
      participant: try Read.message(c.participant, "participant"), revision: c.revision)
  }

  func fill(_ c: inout Encuentro__V1__StoredParticipant, _ arena: Arena) {
    c.participant = arena.message(participant)
    c.revision = revision
  }
}

extension UpsertParticipantsRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__UpsertParticipantsRequest>) {
    encuentro__v1__upsert_participants_request__init(c)
  }

  init(wire c: Encuentro__V1__UpsertParticipantsRequest) throws(WireError) {
    let authorship = try Authorship(actor: c.actor, key: c.idempotency_key)
    let isGiven = !(authorship.actor.isEmpty && authorship.idempotencyKey.isEmpty)
    self.authorship = isGiven ? authorship : nil
    participants = try Read.messages(
      c.n_participants, c.participants, "participants", limit: WireLimits.participants)
  }

  func fill(_ c: inout Encuentro__V1__UpsertParticipantsRequest, _ arena: Arena) {
    if let authorship { (c.actor, c.idempotency_key) = authorship.texts(arena) }
    (c.n_participants, c.participants) = arena.messages(participants)
  }
}

extension UpsertParticipantsResponse: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__UpsertParticipantsResponse>) {
    encuentro__v1__upsert_participants_response__init(c)
  }

  init(wire c: Encuentro__V1__UpsertParticipantsResponse) throws(WireError) {
    created = try Read.number(c.created, "created")
    updated = try Read.number(c.updated, "updated")
    unchanged = try Read.number(c.unchanged, "unchanged")
    revision = c.revision
  }

  func fill(_ c: inout Encuentro__V1__UpsertParticipantsResponse, _ arena: Arena) {
    c.created = Int64(created)
    c.updated = Int64(updated)
    c.unchanged = Int64(unchanged)
    c.revision = revision
  }
}

extension GetParticipantRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__GetParticipantRequest>) {
    encuentro__v1__get_participant_request__init(c)
  }

  init(wire c: Encuentro__V1__GetParticipantRequest) throws(WireError) {
    name = try Read.text(c.name, "name")
  }

  func fill(_ c: inout Encuentro__V1__GetParticipantRequest, _ arena: Arena) {
    c.name = arena.text(name)
  }
}

extension ListParticipantsRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ListParticipantsRequest>) {
    encuentro__v1__list_participants_request__init(c)
  }

  init(wire c: Encuentro__V1__ListParticipantsRequest) throws(WireError) {
    page = try PageRequest(size: c.page_size, token: c.page_token)
  }

  func fill(_ c: inout Encuentro__V1__ListParticipantsRequest, _ arena: Arena) {
    (c.page_size, c.page_token) = page.fields(arena)
  }
}

extension ListParticipantsResponse: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ListParticipantsResponse>) {
    encuentro__v1__list_participants_response__init(c)
  }

  init(wire c: Encuentro__V1__ListParticipantsResponse) throws(WireError) {
    participants = try Read.messages(
      c.n_participants, c.participants, "participants", limit: WireLimits.top)
    nextPageToken = try Read.text(c.next_page_token, "next_page_token")
    total = try Read.number(c.total, "total")
  }

  func fill(_ c: inout Encuentro__V1__ListParticipantsResponse, _ arena: Arena) {
    (c.n_participants, c.participants) = arena.messages(participants)
    c.next_page_token = arena.text(nextPageToken)
    c.total = Int64(total)
  }
}

extension DeleteParticipantRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__DeleteParticipantRequest>) {
    encuentro__v1__delete_participant_request__init(c)
  }

  init(wire c: Encuentro__V1__DeleteParticipantRequest) throws(WireError) {
    id = try Read.text(c.id, "id")
    authorship = try Authorship(actor: c.actor, key: c.idempotency_key)
  }

  func fill(_ c: inout Encuentro__V1__DeleteParticipantRequest, _ arena: Arena) {
    c.id = arena.text(id)
    (c.actor, c.idempotency_key) = authorship.texts(arena)
  }
}

extension DeleteParticipantResponse: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__DeleteParticipantResponse>) {
    encuentro__v1__delete_participant_response__init(c)
  }

  init(wire c: Encuentro__V1__DeleteParticipantResponse) throws(WireError) {
    revision = c.revision
  }

  func fill(_ c: inout Encuentro__V1__DeleteParticipantResponse, _ arena: Arena) {
    c.revision = revision
  }
}

extension SubmitPlanRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__SubmitPlanRequest>) {
    encuentro__v1__submit_plan_request__init(c)
  }

  init(wire c: Encuentro__V1__SubmitPlanRequest) throws(WireError) {
    participant = try Read.text(c.participant_id, "participant_id")
    plan = try Read.message(c.plan, "plan")
    authorship = try Authorship(actor: c.actor, key: c.idempotency_key)
  }

  func fill(_ c: inout Encuentro__V1__SubmitPlanRequest, _ arena: Arena) {
    c.participant_id = arena.text(participant)
    c.plan = arena.message(plan)
    (c.actor, c.idempotency_key) = authorship.texts(arena)
  }
}

extension SubmitPlanResponse: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__SubmitPlanResponse>) {
    encuentro__v1__submit_plan_response__init(c)
  }

  init(wire c: Encuentro__V1__SubmitPlanResponse) throws(WireError) {
    revision = c.revision
  }

  func fill(_ c: inout Encuentro__V1__SubmitPlanResponse, _ arena: Arena) {
    c.revision = revision
  }
}
