import EncuentroProtos
import Programme
package import Results

/// Asks for a cohort in pairs, as a dry run or to be put into effect.
package struct PairCohortRequest: Sendable {
  /// Names and groups are not looked up yet; see `CohortBound.check(in:)`.
  package var request: CohortRequest
  /// As of `SuggestPartnersRequest`.
  package var atLeastRevision: UInt64

  package init(_ request: CohortRequest, atLeastRevision: UInt64 = 0) {
    self.request = request
    self.atLeastRevision = atLeastRevision
  }
}

extension PairCohortRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__PairCohortRequest>) {
    encuentro__v1__pair_cohort_request__init(c)
  }

  init(wire c: Encuentro__V1__PairCohortRequest) throws(WireError) {
    request = CohortRequest()
    request.objective = try Read.objective(c.objective, "objective")
    request.pinned = try Self.pairs(c.n_pinned, c.pinned, "pinned")
    request.forbidden = try Self.pairs(c.n_forbidden, c.forbidden, "forbidden")
    request.bounds = try Read.messages(c.n_bounds, c.bounds, "bounds", limit: WireLimits.bounds)
    request.appliesQuotas = c.without_quotas == 0
    if c.search_time_us > 0 {
      request.deadline = .microseconds(
        try Read.number(c.search_time_us, "search_time_us"))
    }
    request.seed = c.seed
    if c.commit != 0 {
      request.commit = try Authorship(actor: c.actor, key: c.idempotency_key, needsKey: true)
    }
    atLeastRevision = c.at_least_revision
  }

  func fill(_ c: inout Encuentro__V1__PairCohortRequest, _ arena: Arena) {
    c.objective = arena.text(request.objective.rawValue)
    (c.n_pinned, c.pinned) = arena.messages(request.pinned.map(NamedPair.init))
    (c.n_forbidden, c.forbidden) = arena.messages(request.forbidden.map(NamedPair.init))
    (c.n_bounds, c.bounds) = arena.messages(request.bounds)
    c.without_quotas = request.appliesQuotas ? 0 : 1
    // 0 would be "until proven": the shortest time is one microsecond.
    c.search_time_us = request.deadline.map { UInt64(max(1, $0.microseconds)) } ?? 0
    c.seed = request.seed
    if let commit = request.commit {
      c.commit = 1
      (c.actor, c.idempotency_key) = commit.texts(arena)
    }
    c.at_least_revision = atLeastRevision
  }

  private static func pairs(
    _ count: Int, _ forms: Read.List<NamedPair.Form>?, _ field: String
  ) throws(WireError) -> [(String, String)] {
    let pairs = try Read.messages(
      count, forms, field, limit: WireLimits.pairs, as: NamedPair.self)
    return pairs.map { ($0.one, $0.other) }
  }
}

extension Duration {
  /// Whole ones; as many as an Int holds.
  fileprivate var microseconds: Int {
    let (seconds, attoseconds) = components
    let (product, overflow) = Int(seconds).multipliedReportingOverflow(by: 1_000_000)
    let (sum, carry) = product.addingReportingOverflow(Int(attoseconds / 1_000_000_000_000))
    return overflow || carry ? (seconds < 0 ? .min : .max) : sum
  }
}

extension Read {
  /// An objective's name; empty for the total.
  static func objective(
    _ name: Text?, _ field: String
  ) throws(WireError) -> CohortObjectiveName {
    try text(name, field).isEmpty ? .total : try choice(name, field)
  }
}

private struct NamedPair: Mapped {
  var one: String
  var other: String

  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__NamedPair>) {
    encuentro__v1__named_pair__init(c)
  }
}

extension NamedPair {
  init(wire c: Encuentro__V1__NamedPair) throws(WireError) {
    one = try Read.text(c.one, "one")
    other = try Read.text(c.other, "other")
  }

  func fill(_ c: inout Encuentro__V1__NamedPair, _ arena: Arena) {
    c.one = arena.text(one)
    c.other = arena.text(other)
  }
}

extension CohortBound: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__GroupBound>) {
    encuentro__v1__group_bound__init(c)
  }

  init(wire c: Encuentro__V1__GroupBound) throws(WireError) {
    let label = try Read.text(c.group, "group")
    guard let group = Group(label: label) else {
      throw .invalid(
        field: "group",
        reason: "'\(label.prefix(40))' is no group; write country:PE, region:japan, network:N3 or "
          + "pairs")
    }
    self.init(
      group: group,
      minimum: try Read.optional(c.minimum_or_none_case, c.minimum, "minimum"),
      maximum: try Read.optional(c.maximum_or_none_case, c.maximum, "maximum"))
  }

  func fill(_ c: inout Encuentro__V1__GroupBound, _ arena: Arena) {
    c.group = arena.text(group.label)
    (c.minimum_or_none_case, c.minimum) = arena.optional(
      minimum, ENCUENTRO__V1__GROUP_BOUND__MINIMUM_OR_NONE_MINIMUM)
    (c.maximum_or_none_case, c.maximum) = arena.optional(
      maximum, ENCUENTRO__V1__GROUP_BOUND__MAXIMUM_OR_NONE_MAXIMUM)
  }
}
