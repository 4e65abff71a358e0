import EncuentroProtos
import Programme
package import Results

/// Asks for all participants assigned anew, as a dry run or to be put into effect.
package struct ReassignNetworksRequest: Equatable, Sendable {
  package var request: ReassignmentRequest
  /// As of `SuggestPartnersRequest`.
  package var atLeastRevision: UInt64

  package init(_ request: ReassignmentRequest, atLeastRevision: UInt64 = 0) {
    self.request = request
    self.atLeastRevision = atLeastRevision
  }
}

/// One message of ReassignNetworks' answer: any number of `progress`, then `header`,
/// `rows` in batches, and `run`. `ReassignmentAssembly` puts them together.
package enum ReassignNetworksStep: Equatable, Sendable {
  case progress(JobProgress)
  case header(ReassignmentHeader)
  case rows([ReassignmentRow])
  case run(RunRef)
}

/// A `ReassignmentView` without its rows; the fields are its.
package struct ReassignmentHeader: Equatable, Sendable {
  package var format: Int
  package var isDryRun: Bool
  package var moveCost: Double
  package var networks: [ReassignmentView.NetworkView]
  package var total: Double
  package var isProvenOptimal: Bool

  package init(_ view: ReassignmentView) {
    format = view.format
    isDryRun = view.isDryRun
    moveCost = view.moveCost
    networks = view.networks
    total = view.total
    isProvenOptimal = view.isProvenOptimal
  }
}

// MARK: - The request

extension ReassignNetworksRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ReassignNetworksRequest>) {
    encuentro__v1__reassign_networks_request__init(c)
  }

  init(wire c: Encuentro__V1__ReassignNetworksRequest) throws(WireError) {
    request = ReassignmentRequest()
    if let cost = try Read.optional(
      c.move_cost_or_none_case, c.move_cost, "move_cost", in: 0...Double.greatestFiniteMagnitude)
    {
      request.moveCost = cost
    }
    request.minimumSize = try Read.optional(
      c.minimum_size_or_none_case, c.minimum_size, "minimum_size")
    request.maximumSize = try Read.optional(
      c.maximum_size_or_none_case, c.maximum_size, "maximum_size")
    switch try Read.optional(c.previous, "previous", as: PreviousAssignment.self) {
    case .stored: request.usesStored = true
    case .given(let assignments): request.previous = assignments
    case nil: break
    }
    if c.commit != 0 {
      request.commit = try Authorship(actor: c.actor, key: c.idempotency_key, needsKey: true)
    }
    atLeastRevision = c.at_least_revision
  }

  func fill(_ c: inout Encuentro__V1__ReassignNetworksRequest, _ arena: Arena) {
    (c.move_cost_or_none_case, c.move_cost) = arena.optional(
      request.moveCost, ENCUENTRO__V1__REASSIGN_NETWORKS_REQUEST__MOVE_COST_OR_NONE_MOVE_COST)
    (c.minimum_size_or_none_case, c.minimum_size) = arena.optional(
      request.minimumSize,
      ENCUENTRO__V1__REASSIGN_NETWORKS_REQUEST__MINIMUM_SIZE_OR_NONE_MINIMUM_SIZE)
    (c.maximum_size_or_none_case, c.maximum_size) = arena.optional(
      request.maximumSize,
      ENCUENTRO__V1__REASSIGN_NETWORKS_REQUEST__MAXIMUM_SIZE_OR_NONE_MAXIMUM_SIZE)
    c.previous = arena.message(
      request.usesStored ? PreviousAssignment.stored : .given(request.previous))
    if let commit = request.commit {
      c.commit = 1
      (c.actor, c.idempotency_key) = commit.texts(arena)
    }
    c.at_least_revision = atLeastRevision
  }
}

private enum PreviousAssignment: Mapped {
  case stored
  case given([String: AssignedNetworks])

  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__PreviousAssignment>) {
    encuentro__v1__previous_assignment__init(c)
  }
}

extension PreviousAssignment {
  init(wire c: Encuentro__V1__PreviousAssignment) throws(WireError) {
    switch c.source_case {
    case ENCUENTRO__V1__PREVIOUS_ASSIGNMENT__SOURCE_STORED:
      guard c.stored != 0 else {
        throw .invalid(field: "stored", reason: "is false; set it, or 'given', or leave both out")
      }
      self = .stored
    case ENCUENTRO__V1__PREVIOUS_ASSIGNMENT__SOURCE_GIVEN:
      self = .given(try Read.message(c.given, "given", as: AssignmentList.self).assignments)
    default: self = .given([:])
    }
  }

  func fill(_ c: inout Encuentro__V1__PreviousAssignment, _ arena: Arena) {
    switch self {
    case .stored:
      c.source_case = ENCUENTRO__V1__PREVIOUS_ASSIGNMENT__SOURCE_STORED
      c.stored = 1
    case .given(let assignments):
      c.source_case = ENCUENTRO__V1__PREVIOUS_ASSIGNMENT__SOURCE_GIVEN
      c.given = arena.message(AssignmentList(assignments: assignments))
    }
  }
}

private struct AssignmentList: Mapped {
  var assignments: [String: AssignedNetworks]

  struct Entry: Mapped {
    var participant: String
    var networks: AssignedNetworks
  }

  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__AssignmentList>) {
    encuentro__v1__assignment_list__init(c)
  }
}

extension AssignmentList {
  init(wire c: Encuentro__V1__AssignmentList) throws(WireError) {
    let entries = try Read.messages(
      c.n_assignments, c.assignments, "assignments", limit: WireLimits.assignments,
      as: Entry.self)
    assignments = [:]
    for (index, entry) in entries.enumerated() {
      guard assignments.updateValue(entry.networks, forKey: entry.participant) == nil else {
        throw .invalid(
          field: "assignments[\(index)].participant_id",
          reason: "'\(entry.participant)' stands there twice; give it once")
      }
    }
  }

  func fill(_ c: inout Encuentro__V1__AssignmentList, _ arena: Arena) {
    // Ascending, so that equal values give equal bytes.
    (c.n_assignments, c.assignments) = arena.messages(
      assignments.sorted { $0.key < $1.key }.map(Entry.init))
  }
}

extension AssignmentList.Entry {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ParticipantAssignment>) {
    encuentro__v1__participant_assignment__init(c)
  }

  init(wire c: Encuentro__V1__ParticipantAssignment) throws(WireError) {
    participant = try Read.text(c.participant_id, "participant_id")
    networks = try Read.message(c.networks, "networks")
  }

  func fill(_ c: inout Encuentro__V1__ParticipantAssignment, _ arena: Arena) {
    c.participant_id = arena.text(participant)
    c.networks = arena.message(networks)
  }
}

extension AssignedNetworks: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__AssignedNetworks>) {
    encuentro__v1__assigned_networks__init(c)
  }

  init(wire c: Encuentro__V1__AssignedNetworks) throws(WireError) {
    self.init(
      primary: try Read.text(c.primary, "primary"),
      further: try Read.texts(c.n_further, c.further, "further", limit: WireLimits.networks))
  }

  func fill(_ c: inout Encuentro__V1__AssignedNetworks, _ arena: Arena) {
    c.primary = arena.text(primary)
    (c.n_further, c.further) = arena.texts(further)
  }
}
