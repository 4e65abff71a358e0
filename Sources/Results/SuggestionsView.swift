package import Programme

/// Partners suggested to a participant, as `encuentro suggest --json` prints them.
package struct SuggestionsView: Codable, Sendable, Equatable {
  package var participant: ParticipantRef
  /// How many may be its partner at all, and satisfy what was asked for.
  package var candidates: Int
  package var suggestions: [SuggestionView]
  /// What a committee has decided on pairs of this participant: accepted and rejected
  /// partners are not suggested again, deferred ones are.
  package var decided: [Decision] = []
  /// Equal scores go to the smaller id.
  package var tieRule = "score, then id"

  package init(
    participant: ParticipantRef, candidates: Int, suggestions: [SuggestionView],
    decided: [Decision] = []
  ) {
    self.participant = participant
    self.candidates = candidates
    self.suggestions = suggestions
    self.decided = decided
  }
}

/// One suggested partner, and why.
package struct SuggestionView: Codable, Sendable, Equatable {
  package var rank: Int
  package var partner: ParticipantRef
  /// From 0 to 1.
  package var score: Double
  /// By how much the next candidate scores less; null when there is none.
  @OrNull package var margin: Double?
  @OrNull package var next: ParticipantRef?
  package var factors: [FactorView]
  /// Factors that are not known of both, and so left out of the score.
  package var unknown: [Factor]
  /// Networks that both belong to, the strongest first.
  package var sharedNetworks: [SharedNetworkView]
  /// Terms of both plans that mean much the same.
  package var terms: [AlignedTermView]

  package struct FactorView: Codable, Sendable, Equatable {
    package var factor: Factor
    package var value: Double
    package var share: Double
    package var contribution: Double

    package init(factor: Factor, value: Double, share: Double, contribution: Double) {
      self.factor = factor
      self.value = value
      self.share = share
      self.contribution = contribution
    }
  }

  package struct SharedNetworkView: Codable, Sendable, Equatable {
    package var network: String
    package var own: Double
    package var partner: Double

    package init(network: String, own: Double, partner: Double) {
      self.network = network
      self.own = own
      self.partner = partner
    }
  }

  package init(
    rank: Int, partner: ParticipantRef, score: Double, margin: Double?, next: ParticipantRef?,
    factors: [FactorView], unknown: [Factor], sharedNetworks: [SharedNetworkView],
    terms: [AlignedTermView]
  ) {
    self.rank = rank
    self.partner = partner
    self.score = score
    self.margin = margin
    self.next = next
    self.factors = factors
    self.unknown = unknown
    self.sharedNetworks = sharedNetworks
    self.terms = terms
  }
}

/// A participant as results name it.
package struct ParticipantRef: Codable, Sendable, Equatable, Hashable {
  package var id: String
  package var name: String
  package var country: String
  /// The id of the world region.
  package var region: String

  package init(id: String, name: String, country: String, region: String) {
    self.id = id
    self.name = name
    self.country = country
    self.region = region
  }
}

/// A term of one plan and the term of another that means much the same.
package struct AlignedTermView: Codable, Sendable, Equatable {
  package var own: String
  package var partner: String
  /// The cosine of the two in the space of contents, at most 1.
  package var similarity: Double

  package init(own: String, partner: String, similarity: Double) {
    self.own = own
    self.partner = partner
    self.similarity = similarity
  }
}

/// A pair seen from one side, wherever it ranks, as `encuentro explain --json` prints it.
package struct ExplanationView: Codable, Sendable, Equatable {
  package var participant: ParticipantRef
  /// Null when the two cannot be partners.
  @OrNull package var suggestion: SuggestionView?
  /// How many may be the participant's partner at all.
  package var candidates: Int
  /// Why the two cannot be partners, in words; null when they can.
  @OrNull package var ineligible: String?
  package var decided: [Decision]

  package init(
    participant: ParticipantRef, suggestion: SuggestionView?, candidates: Int, ineligible: String?,
    decided: [Decision] = []
  ) {
    self.participant = participant
    self.suggestion = suggestion
    self.candidates = candidates
    self.ineligible = ineligible
    self.decided = decided
  }
}
