import EncuentroProtos
package import Results

/// One message of PairCohort's answer: any number of `progress`, then `header`, `rows`
/// in batches, `proof` in parts, and `run`. `CohortAssembly` puts them together.
package enum PairCohortStep: Equatable, Sendable {
  case progress(JobProgress)
  case header(CohortHeader)
  case rows(CohortRows)
  /// A part of the JSON document of the `CohortProof`.
  case proof([UInt8])
  case run(RunRef)
}

/// A `CohortView` without its rows and its proof; the fields are its.
package struct CohortHeader: Equatable, Sendable {
  package var format: Int
  package var objective: CohortObjectiveName
  package var seed: UInt64
  package var appliesQuotas: Bool
  package var rules: [CohortView.RuleView]
  package var figures: [CohortView.FiguresView]
  package var isOptimal: Bool
  package var bound: Double?
  package var gap: Double?
  package var isVerified: Bool
  package var faults: [String]

  package init(_ view: CohortView) {
    format = view.format
    objective = view.objective
    seed = view.seed
    appliesQuotas = view.appliesQuotas
    rules = view.rules
    figures = view.figures
    isOptimal = view.isOptimal
    bound = view.bound
    gap = view.gap
    isVerified = view.isVerified
    faults = view.faults
  }
}

/// A batch of a `CohortView`'s rows.
package struct CohortRows: Equatable, Sendable {
  package var pairs: [CohortView.PairView]
  package var unpaired: [CohortView.UnpairedView]

  package init(pairs: [CohortView.PairView] = [], unpaired: [CohortView.UnpairedView] = []) {
    self.pairs = pairs
    self.unpaired = unpaired
  }
}

// MARK: - The messages

extension PairCohortStep: MappedMessage {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__PairCohortResponse>) {
    encuentro__v1__pair_cohort_response__init(c)
  }

  init(wire c: Encuentro__V1__PairCohortResponse) throws(WireError) {
    switch c.step_case {
    case ENCUENTRO__V1__PAIR_COHORT_RESPONSE__STEP_PROGRESS:
      self = .progress(try Read.message(c.progress, "progress"))
    case ENCUENTRO__V1__PAIR_COHORT_RESPONSE__STEP_HEADER:
      self = .header(try Read.message(c.header, "header"))
    case ENCUENTRO__V1__PAIR_COHORT_RESPONSE__STEP_ROWS:
      self = .rows(try Read.message(c.rows, "rows"))
    case ENCUENTRO__V1__PAIR_COHORT_RESPONSE__STEP_PROOF:
      self = .proof(Read.bytes(c.proof))
    case ENCUENTRO__V1__PAIR_COHORT_RESPONSE__STEP_RUN:
      self = .run(try Read.message(c.run, "run"))
    default: throw .invalid(field: "step", reason: "is missing")
    }
  }

  func fill(_ c: inout Encuentro__V1__PairCohortResponse, _ arena: Arena) {
    switch self {
    case .progress(let progress):
      c.step_case = ENCUENTRO__V1__PAIR_COHORT_RESPONSE__STEP_PROGRESS
      c.progress = arena.message(progress)
    case .header(let header):
      c.step_case = ENCUENTRO__V1__PAIR_COHORT_RESPONSE__STEP_HEADER
      c.header = arena.message(header)
    case .rows(let rows):
      c.step_case = ENCUENTRO__V1__PAIR_COHORT_RESPONSE__STEP_ROWS
      c.rows = arena.message(rows)
    case .proof(let bytes):
      c.step_case = ENCUENTRO__V1__PAIR_COHORT_RESPONSE__STEP_PROOF
      c.proof = arena.bytes(bytes)
    case .run(let run):
      c.step_case = ENCUENTRO__V1__PAIR_COHORT_RESPONSE__STEP_RUN
      c.run = arena.message(run)
    }
  }
}

extension CohortHeader: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__CohortHeader>) {
    encuentro__v1__cohort_header__init(c)
  }

  init(wire c: Encuentro__V1__CohortHeader) throws(WireError) {
    format = try Read.number(c.format, "format")
    objective = try Read.choice(c.objective, "objective")
    seed = c.seed
    appliesQuotas = c.applies_quotas != 0
    rules = try Read.messages(c.n_rules, c.rules, "rules", limit: .max)
    figures = try Read.messages(
      c.n_figures, c.figures, "figures", limit: CohortObjectiveName.allCases.count)
    isOptimal = c.is_optimal != 0
    bound = try Read.optional(c.bound_or_none_case, c.bound, "bound")
    gap = try Read.optional(c.gap_or_none_case, c.gap, "gap")
    isVerified = c.is_verified != 0
    faults = try Read.texts(c.n_faults, c.faults, "faults", limit: .max)
  }

  func fill(_ c: inout Encuentro__V1__CohortHeader, _ arena: Arena) {
    c.format = Int32(clamping: format)
    c.objective = arena.text(objective.rawValue)
    c.seed = seed
    c.applies_quotas = appliesQuotas ? 1 : 0
    (c.n_rules, c.rules) = arena.messages(rules)
    (c.n_figures, c.figures) = arena.messages(figures)
    c.is_optimal = isOptimal ? 1 : 0
    (c.bound_or_none_case, c.bound) = arena.optional(
      bound, ENCUENTRO__V1__COHORT_HEADER__BOUND_OR_NONE_BOUND)
    (c.gap_or_none_case, c.gap) = arena.optional(
      gap, ENCUENTRO__V1__COHORT_HEADER__GAP_OR_NONE_GAP)
    c.is_verified = isVerified ? 1 : 0
    (c.n_faults, c.faults) = arena.texts(faults)
  }
}

extension CohortView.RuleView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__CohortRuleReached>) {
    encuentro__v1__cohort_rule_reached__init(c)
  }

  init(wire c: Encuentro__V1__CohortRuleReached) throws(WireError) {
    self.init(
      name: try Read.text(c.name, "name"),
      minimum: try Read.number(c.minimum, "minimum"),
      maximum: try Read.optional(c.maximum_or_none_case, c.maximum, "maximum"),
      reached: try Read.number(c.reached, "reached"))
  }

  func fill(_ c: inout Encuentro__V1__CohortRuleReached, _ arena: Arena) {
    c.name = arena.text(name)
    c.minimum = Int64(minimum)
    (c.maximum_or_none_case, c.maximum) = arena.optional(
      maximum, ENCUENTRO__V1__COHORT_RULE_REACHED__MAXIMUM_OR_NONE_MAXIMUM)
    c.reached = Int64(reached)
  }
}

extension CohortView.FiguresView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__CohortFigures>) {
    encuentro__v1__cohort_figures__init(c)
  }

  init(wire c: Encuentro__V1__CohortFigures) throws(WireError) {
    self.init(
      objective: try Read.choice(c.objective, "objective"),
      pairs: try Read.number(c.pairs, "pairs"),
      total: try Read.number(c.total, "total"),
      worst: try Read.optional(c.worst_or_none_case, c.worst, "worst"),
      blockingPairs: try Read.number(c.blocking_pairs, "blocking_pairs"))
  }

  func fill(_ c: inout Encuentro__V1__CohortFigures, _ arena: Arena) {
    c.objective = arena.text(objective.rawValue)
    c.pairs = Int64(pairs)
    c.total = total
    (c.worst_or_none_case, c.worst) = arena.optional(
      worst, ENCUENTRO__V1__COHORT_FIGURES__WORST_OR_NONE_WORST)
    c.blocking_pairs = Int64(blockingPairs)
  }
}

extension CohortRows: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__CohortRows>) {
    encuentro__v1__cohort_rows__init(c)
  }

  init(wire c: Encuentro__V1__CohortRows) throws(WireError) {
    pairs = try Read.messages(c.n_pairs, c.pairs, "pairs", limit: .max)
    unpaired = try Read.messages(c.n_unpaired, c.unpaired, "unpaired", limit: .max)
  }

  func fill(_ c: inout Encuentro__V1__CohortRows, _ arena: Arena) {
    (c.n_pairs, c.pairs) = arena.messages(pairs)
    (c.n_unpaired, c.unpaired) = arena.messages(unpaired)
  }
}

extension CohortView.PairView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__CohortPair>) {
    encuentro__v1__cohort_pair__init(c)
  }

  init(wire c: Encuentro__V1__CohortPair) throws(WireError) {
    self.init(
      left: try Read.message(c.left, "left"),
      right: try Read.message(c.right, "right"),
      score: try Read.number(c.score, "score"),
      isPinned: c.is_pinned != 0,
      factors: try Read.messages(
        c.n_factors, c.factors, "factors", limit: WireLimits.factors),
      sharedNetworks: try Read.messages(
        c.n_shared_networks, c.shared_networks, "shared_networks", limit: WireLimits.networks))
  }

  func fill(_ c: inout Encuentro__V1__CohortPair, _ arena: Arena) {
    c.left = arena.message(left)
    c.right = arena.message(right)
    c.score = score
    c.is_pinned = isPinned ? 1 : 0
    (c.n_factors, c.factors) = arena.messages(factors)
    (c.n_shared_networks, c.shared_networks) = arena.messages(sharedNetworks)
  }
}

extension CohortView.UnpairedView: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__CohortUnpaired>) {
    encuentro__v1__cohort_unpaired__init(c)
  }

  init(wire c: Encuentro__V1__CohortUnpaired) throws(WireError) {
    self.init(
      participant: try Read.message(c.participant, "participant"),
      pairs: try Read.number(c.pairs, "pairs"),
      capacity: try Read.number(c.capacity, "capacity"),
      reason: try Read.text(c.reason, "reason"),
      alternates: try Read.messages(
        c.n_alternates, c.alternates, "alternates", limit: WireLimits.top))
  }

  func fill(_ c: inout Encuentro__V1__CohortUnpaired, _ arena: Arena) {
    c.participant = arena.message(participant)
    c.pairs = Int64(pairs)
    c.capacity = Int64(capacity)
    c.reason = arena.text(reason)
    (c.n_alternates, c.alternates) = arena.messages(alternates)
  }
}
