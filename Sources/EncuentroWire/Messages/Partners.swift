import EncuentroProtos
import Programme
package import Results

/// Asks for partners.
package struct SuggestPartnersRequest: Equatable, Sendable {
  package var request: SuggestionRequest
  /// The revision of the store that the index must hold; 0 for whatever it holds.
  package var atLeastRevision: UInt64

  package init(_ request: SuggestionRequest, atLeastRevision: UInt64 = 0) {
    self.request = request
    self.atLeastRevision = atLeastRevision
  }
}

/// Asks why two are or are not partners.
package struct ExplainPairRequest: Hashable, Sendable {
  /// Names, loosely written, or ids.
  package var name: String
  package var partner: String
  /// As of `SuggestPartnersRequest`.
  package var atLeastRevision: UInt64

  package init(name: String, partner: String, atLeastRevision: UInt64 = 0) {
    self.name = name
    self.partner = partner
    self.atLeastRevision = atLeastRevision
  }
}

// MARK: - Requests

extension SuggestPartnersRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__SuggestPartnersRequest>) {
    encuentro__v1__suggest_partners_request__init(c)
  }

  init(wire c: Encuentro__V1__SuggestPartnersRequest) throws(WireError) {
    request = SuggestionRequest(name: try Read.text(c.name, "name"))
    request.top = try Read.number(c.top, "top", in: 0...WireLimits.top)
    if c.network_or_none_case == ENCUENTRO__V1__SUGGEST_PARTNERS_REQUEST__NETWORK_OR_NONE_NETWORK {
      request.network = try Read.network(c.network, "network")
    }
    request.country = try Read.optional(c.country_or_none_case, c.country, "country")
    request.excluded = try Read.texts(
      c.n_excluded, c.excluded, "excluded", limit: WireLimits.excluded)
    atLeastRevision = c.at_least_revision
  }

  func fill(_ c: inout Encuentro__V1__SuggestPartnersRequest, _ arena: Arena) {
    c.name = arena.text(request.name)
    c.top = Int32(clamping: request.top)
    (c.network_or_none_case, c.network) = arena.optional(
      request.network?.label, ENCUENTRO__V1__SUGGEST_PARTNERS_REQUEST__NETWORK_OR_NONE_NETWORK)
    (c.country_or_none_case, c.country) = arena.optional(
      request.country, ENCUENTRO__V1__SUGGEST_PARTNERS_REQUEST__COUNTRY_OR_NONE_COUNTRY)
    (c.n_excluded, c.excluded) = arena.texts(request.excluded)
    c.at_least_revision = atLeastRevision
  }
}

extension ExplainPairRequest: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ExplainPairRequest>) {
    encuentro__v1__explain_pair_request__init(c)
  }

  init(wire c: Encuentro__V1__ExplainPairRequest) throws(WireError) {
    name = try Read.text(c.name, "name")
    partner = try Read.text(c.partner, "partner")
    atLeastRevision = c.at_least_revision
  }

  func fill(_ c: inout Encuentro__V1__ExplainPairRequest, _ arena: Arena) {
    c.name = arena.text(name)
    c.partner = arena.text(partner)
    c.at_least_revision = atLeastRevision
  }
}

// MARK: - Answers

extension SuggestionsView: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__SuggestPartnersResponse>) {
    encuentro__v1__suggest_partners_response__init(c)
  }

  init(wire c: Encuentro__V1__SuggestPartnersResponse) throws(WireError) {
    self.init(
      participant: try Read.message(c.participant, "participant"),
      candidates: try Read.number(c.candidates, "candidates"),
      suggestions: try Read.messages(
        c.n_suggestions, c.suggestions, "suggestions", limit: WireLimits.top),
      decided: try Read.messages(
        c.n_decided, c.decided, "decided", limit: .max))
    tieRule = try Read.text(c.tie_rule, "tie_rule")
  }

  func fill(_ c: inout Encuentro__V1__SuggestPartnersResponse, _ arena: Arena) {
    c.participant = arena.message(participant)
    c.candidates = Int64(candidates)
    (c.n_suggestions, c.suggestions) = arena.messages(suggestions)
    (c.n_decided, c.decided) = arena.messages(decided)
    c.tie_rule = arena.text(tieRule)
  }
}

extension ExplanationView: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ExplainPairResponse>) {
    encuentro__v1__explain_pair_response__init(c)
  }

  init(wire c: Encuentro__V1__ExplainPairResponse) throws(WireError) {
    let ineligible = try Read.text(c.ineligible, "ineligible")
    self.init(
      participant: try Read.message(c.participant, "participant"),
      suggestion: try Read.optional(c.suggestion, "suggestion"),
      candidates: try Read.number(c.candidates, "candidates"),
      ineligible: ineligible.isEmpty ? nil : ineligible,
      decided: try Read.messages(
        c.n_decided, c.decided, "decided", limit: .max))
  }

  func fill(_ c: inout Encuentro__V1__ExplainPairResponse, _ arena: Arena) {
    c.participant = arena.message(participant)
    c.suggestion = arena.message(suggestion)
    c.candidates = Int64(candidates)
    c.ineligible = arena.text(ineligible ?? "")
    (c.n_decided, c.decided) = arena.messages(decided)
  }
}

extension SuggestionView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__Suggestion>) {
    encuentro__v1__suggestion__init(c)
  }

  init(wire c: Encuentro__V1__Suggestion) throws(WireError) {
    self.init(
      rank: try Read.number(c.rank, "rank"),
      partner: try Read.message(c.partner, "partner"),
      score: try Read.number(c.score, "score"),
      margin: try Read.optional(c.margin_or_none_case, c.margin, "margin"),
      next: try Read.optional(c.next, "next"),
      factors: try Read.messages(c.n_factors, c.factors, "factors", limit: WireLimits.factors),
      unknown: try Read.choices(c.n_unknown, c.unknown, "unknown", limit: WireLimits.factors),
      sharedNetworks: try Read.messages(
        c.n_shared_networks, c.shared_networks, "shared_networks", limit: WireLimits.networks),
      terms: try Read.messages(c.n_terms, c.terms, "terms", limit: .max))
  }

  func fill(_ c: inout Encuentro__V1__Suggestion, _ arena: Arena) {
    c.rank = Int32(clamping: rank)
    c.partner = arena.message(partner)
    c.score = score
    (c.margin_or_none_case, c.margin) = arena.optional(
      margin, ENCUENTRO__V1__SUGGESTION__MARGIN_OR_NONE_MARGIN)
    c.next = arena.message(next)
    (c.n_factors, c.factors) = arena.messages(factors)
    (c.n_unknown, c.unknown) = arena.choices(unknown)
    (c.n_shared_networks, c.shared_networks) = arena.messages(sharedNetworks)
    (c.n_terms, c.terms) = arena.messages(terms)
  }
}

extension SuggestionView.FactorView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__FactorShare>) {
    encuentro__v1__factor_share__init(c)
  }

  init(wire c: Encuentro__V1__FactorShare) throws(WireError) {
    self.init(
      factor: try Read.choice(c.factor, "factor"),
      value: try Read.number(c.value, "value"),
      share: try Read.number(c.share, "share"),
      contribution: try Read.number(c.contribution, "contribution"))
  }

  func fill(_ c: inout Encuentro__V1__FactorShare, _ arena: Arena) {
    c.factor = arena.text(factor.rawValue)
    c.value = value
    c.share = share
    c.contribution = contribution
  }
}

extension SuggestionView.SharedNetworkView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__SharedNetwork>) {
    encuentro__v1__shared_network__init(c)
  }

  init(wire c: Encuentro__V1__SharedNetwork) throws(WireError) {
    self.init(
      network: try Read.text(c.network, "network"),
      own: try Read.number(c.own, "own"),
      partner: try Read.number(c.partner, "partner"))
  }

  func fill(_ c: inout Encuentro__V1__SharedNetwork, _ arena: Arena) {
    c.network = arena.text(network)
    c.own = own
    c.partner = partner
  }
}

extension AlignedTermView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__AlignedTerm>) {
    encuentro__v1__aligned_term__init(c)
  }

  init(wire c: Encuentro__V1__AlignedTerm) throws(WireError) {
    self.init(
      own: try Read.text(c.own, "own"),
      partner: try Read.text(c.partner, "partner"),
      similarity: try Read.number(c.similarity, "similarity"))
  }

  func fill(_ c: inout Encuentro__V1__AlignedTerm, _ arena: Arena) {
    c.own = arena.text(own)
    c.partner = arena.text(partner)
    c.similarity = similarity
  }
}

extension ParticipantRef: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__ParticipantRef>) {
    encuentro__v1__participant_ref__init(c)
  }

  init(wire c: Encuentro__V1__ParticipantRef) throws(WireError) {
    self.init(
      id: try Read.text(c.id, "id"),
      name: try Read.text(c.name, "name"),
      country: try Read.text(c.country, "country"),
      region: try Read.text(c.region, "region"))
  }

  func fill(_ c: inout Encuentro__V1__ParticipantRef, _ arena: Arena) {
    c.id = arena.text(id)
    c.name = arena.text(name)
    c.country = arena.text(country)
    c.region = arena.text(region)
  }
}
