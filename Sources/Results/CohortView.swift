package import Matching
package import Programme

/// A paired cohort, as `encuentro pair --json` prints it and `encuentro verify` reads
/// it.
package struct CohortView: Codable, Sendable, Equatable {
  package static let kind = "cohort"
  package static let currentFormat = 1

  package var kind = CohortView.kind
  package var format = CohortView.currentFormat
  /// "total", "fairest" or "stable".
  package var objective: CohortObjectiveName
  package var seed: UInt64
  package var appliesQuotas: Bool
  package var pairs: [PairView]
  package var unpaired: [UnpairedView]
  /// Every rule with what was reached.
  package var rules: [RuleView]
  /// The three objectives' figures, that of this pairing first.
  package var figures: [FiguresView]
  package var isOptimal: Bool
  /// What the objective's figure cannot exceed, and by how much this pairing may fall
  /// short of it, from 0 to 1 for each pair; null for the stable pairing.
  @OrNull package var bound: Double?
  @OrNull package var gap: Double?
  /// Whether the independent check found nothing wrong, and what it found.
  package var isVerified: Bool
  package var faults: [String]
  /// What was solved and its proof, for `encuentro verify`.
  package var proof: CohortProof

  package struct PairView: Codable, Sendable, Equatable {
    package var left: ParticipantRef
    package var right: ParticipantRef
    package var score: Double
    package var isPinned: Bool
    package var factors: [SuggestionView.FactorView]
    package var sharedNetworks: [SuggestionView.SharedNetworkView]

    package init(
      left: ParticipantRef, right: ParticipantRef, score: Double, isPinned: Bool,
      factors: [SuggestionView.FactorView], sharedNetworks: [SuggestionView.SharedNetworkView]
    ) {
      self.left = left
      self.right = right
      self.score = score
      self.isPinned = isPinned
      self.factors = factors
      self.sharedNetworks = sharedNetworks
    }
  }

  package struct UnpairedView: Codable, Sendable, Equatable {
    package var participant: ParticipantRef
    package var pairs: Int
    package var capacity: Int
    /// In words.
    package var reason: String
    package var alternates: [ParticipantRef]

    package init(
      participant: ParticipantRef, pairs: Int, capacity: Int, reason: String,
      alternates: [ParticipantRef]
    ) {
      self.participant = participant
      self.pairs = pairs
      self.capacity = capacity
      self.reason = reason
      self.alternates = alternates
    }
  }

  package struct RuleView: Codable, Sendable, Equatable {
    package var name: String
    package var minimum: Int
    @OrNull package var maximum: Int?
    package var reached: Int

    package init(name: String, minimum: Int, maximum: Int?, reached: Int) {
      self.name = name
      self.minimum = minimum
      self.maximum = maximum
      self.reached = reached
    }
  }

  package struct FiguresView: Codable, Sendable, Equatable {
    package var objective: CohortObjectiveName
    package var pairs: Int
    package var total: Double
    /// The lowest score of a pair that was not pinned.
    @OrNull package var worst: Double?
    package var blockingPairs: Int

    package init(
      objective: CohortObjectiveName, pairs: Int, total: Double, worst: Double?, blockingPairs: Int
    ) {
      self.objective = objective
      self.pairs = pairs
      self.total = total
      self.worst = worst
      self.blockingPairs = blockingPairs
    }
  }

  package init(
    objective: CohortObjectiveName, seed: UInt64, appliesQuotas: Bool, pairs: [PairView],
    unpaired: [UnpairedView], rules: [RuleView], figures: [FiguresView], isOptimal: Bool,
    bound: Double?, gap: Double?, isVerified: Bool, faults: [String], proof: CohortProof
  ) {
    self.objective = objective
    self.seed = seed
    self.appliesQuotas = appliesQuotas
    self.pairs = pairs
    self.unpaired = unpaired
    self.rules = rules
    self.figures = figures
    self.isOptimal = isOptimal
    self.bound = bound
    self.gap = gap
    self.isVerified = isVerified
    self.faults = faults
    self.proof = proof
  }
}

/// The problem, the result and its certificate, as the solver has them.
package struct CohortProof: Codable, Sendable, Equatable {
  package var problem: CohortProblem
  package var result: CohortResult

  package init(problem: CohortProblem, result: CohortResult) {
    self.problem = problem
    self.result = result
  }
}

/// What `encuentro verify --json` prints.
package struct VerificationView: Codable, Sendable, Equatable {
  package var isVerified: Bool
  package var isOptimal: Bool
  /// Whether the programme's quotas were among the rules.
  package var appliesQuotas: Bool
  package var pairs: Int
  package var faults: [String]

  package init(isVerified: Bool, isOptimal: Bool, appliesQuotas: Bool, pairs: Int, faults: [String])
  {
    self.isVerified = isVerified
    self.isOptimal = isOptimal
    self.appliesQuotas = appliesQuotas
    self.pairs = pairs
    self.faults = faults
  }
}
