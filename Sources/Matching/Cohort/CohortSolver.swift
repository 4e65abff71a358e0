import Programme

/// How to search.
public struct CohortOptions: Sendable {
  /// After which the best pairing so far is given; nil for no limit.
  public var deadline: Duration?
  /// Decides among pairings that are equally good.
  public var seed: UInt64
  /// Asked every few milliseconds, as is `Task.isCancelled`.
  public var isCancelled: @Sendable () -> Bool
  var candidates = CandidatePolicy()

  public init(
    deadline: Duration? = nil, seed: UInt64 = 0,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.deadline = deadline
    self.seed = seed
    self.isCancelled = isCancelled
  }
}

/// Finds the best pairing of a cohort and proves that it is.
///
/// The same problem, scores, objective and seed give the same result, unless a deadline
/// or a cancellation cuts the search short. What ties by the objective (see
/// `CohortObjective`) is decided by the seed: equally good pairings, another draw.
public struct CohortSolver: Sendable {
  /// The most pairs that could be formed by the capacities of either side.
  public static let mostPairs = 40_000

  public let problem: CohortProblem
  public let objective: CohortObjective
  public let options: CohortOptions
  let scores: any ScoreSource
  let cohort: IndexedCohort

  /// Checks what can be seen without searching.
  /// - Parameter scores: rows are the problem's left participants, columns its right.
  /// - Throws: every `CohortError` but `infeasible`, `stableBreaksMinima`, `stopped` and
  ///   those on scores' values.
  public init(
    _ problem: CohortProblem, scores: any ScoreSource, objective: CohortObjective = .total,
    options: CohortOptions = CohortOptions()
  ) throws(CohortError) {
    guard scores.leftCount == problem.left.count, scores.rightCount == problem.right.count else {
      throw .scoresDoNotFit(left: scores.leftCount, right: scores.rightCount)
    }
    self.problem = problem
    self.scores = scores
    self.objective = objective
    self.options = options
    cohort = try IndexedCohort(problem)
    guard cohort.mostPairs <= Self.mostPairs else { throw .tooLarge(pairs: cohort.mostPairs) }
  }

  /// Whether all rules can hold, without looking for the best pairing.
  /// - Throws: `infeasible` when they cannot; `stopped`, and errors on scores.
  public func check() throws(CohortError) {
    let run = CohortRun(deadline: options.deadline, isCancelled: options.isCancelled, progress: nil)
    let (outcome, _) = try search(nil, floor: 0, cohort, run, enough: 0)
    if outcome.pairs == nil { try fail(run) }
  }

  /// - Parameter progress: called often; must be quick.
  /// - Throws: `infeasible`, `stableBreaksMinima`, `stopped`, `pinnedIneligible`,
  ///   `scoreOutOfRange`.
  public func solve(
    progress: ((CohortProgress) -> Void)? = nil
  ) throws(CohortError) -> CohortResult {
    let run = CohortRun(
      deadline: options.deadline, isCancelled: options.isCancelled, progress: progress)
    switch objective {
    case .total: return try total(run)
    case .fairest: return try fairest(run)
    case .stable: return try stable(run)
    }
  }

  // MARK: Objectives

  private func total(_ run: CohortRun) throws(CohortError) -> CohortResult {
    let (outcome, claim) = try search(.total, floor: 0, cohort, run)
    guard let pairs = outcome.pairs else { try fail(run) }
    return summary(
      pairs, isOptimal: outcome.isComplete,
      bound: max(outcome.bound, outcome.value) / claim.pairUnit,
      claims: [claim], run)
  }

  private func fairest(_ run: CohortRun) throws(CohortError) -> CohortResult {
    let (most, mostClaim) = try search(.pairs, floor: 0, cohort, run)
    guard var pairs = most.pairs else { try fail(run) }
    var claims = [mostClaim]
    guard most.isComplete else {
      return summary(
        pairs, isOptimal: false, bound: Int64(PairScore.unit), claims: claims, run)
    }

    run.report(.raisingFloor)
    var low: Int32 = 0
    if let worst = try worst(of: pairs) {
      low = worst
      var high = PairScore.unit
      var highClaim: CohortCertificate.Claim?
      while low < high {
        let middle = low + (high - low + 1) / 2
        let (outcome, claim) = try search(
          .pairs, floor: middle, cohort, run, enough: most.value)
        if let found = outcome.pairs, outcome.value >= most.value {
          pairs = found
          low = max(middle, try self.worst(of: found) ?? middle)
        } else if outcome.bound < most.value {
          high = middle - 1
          highClaim = claim
        } else {
          if let highClaim { claims.append(highClaim) }
          return summary(
            pairs, isOptimal: false, bound: Int64(high), claims: claims, run)
        }
      }
      if let highClaim { claims.append(highClaim) }
    }

    var filled = cohort
    filled.rules.append(.everyPair(of: cohort, atLeast: Int(most.value)))
    let (outcome, claim) = try search(.total, floor: low, filled, run)
    claims.append(claim)
    let bound = max(outcome.bound, outcome.value) / claim.pairUnit
    guard let best = outcome.pairs else {
      return summary(pairs, isOptimal: false, bound: bound, claims: claims, ofTotal: true, run)
    }
    return summary(
      best, isOptimal: outcome.isComplete, bound: bound, claims: claims, ofTotal: true, run)
  }

  private func stable(_ run: CohortRun) throws(CohortError) -> CohortResult {
    let rows = ScoreRows(scores, cohort)
    try rows.check(cohort)
    var pairing = StablePairing(
      cohort, rows, run, leftRank: Self.ranks(seededOrder(cohort.left.count, salt: 1)),
      rightRank: Self.ranks(seededOrder(cohort.right.count, salt: 2)))
    let pairs = pairing.solve()
    guard cohort.isKept(by: pairs) else {
      if run.isStopped { throw .stopped }
      try check()
      throw .stableBreaksMinima(cohort.shortfalls(pairs))
    }
    return summary(pairs, isOptimal: !run.isStopped, bound: nil, claims: [], run)
  }

  // MARK: Parts

  private func search(
    _ measure: CohortCertificate.Measure?, floor: Int32, _ cohort: IndexedCohort, _ run: CohortRun,
    enough: Int64 = .max
  ) throws(CohortError) -> (PairingSearch.Outcome, CohortCertificate.Claim) {
    let tree = BoundTree(cohort)
    let weighing = Weighing(
      measure, floor: floor, cohort: cohort, crosses: !tree.crossing.isEmpty)
    var search = try PairingSearch(
      cohort, weighing, tree, ScoreRows(scores, cohort), run,
      order: seededOrder(cohort.left.count, salt: 1), options.candidates)
    let outcome = search.solve(enough: enough)
    return (
      outcome, CohortCertificate.Claim(outcome, weighing, tree, cohort, rules: problem.rules.count)
    )
  }

  /// Why there is no pairing.
  private func fail(_ run: CohortRun) throws(CohortError) -> Never {
    if run.isStopped { throw .stopped }
    run.report(.conflict)
    // The same time again: what was proven so far is only that they conflict.
    let again = CohortRun(
      deadline: options.deadline, isCancelled: options.isCancelled, progress: nil)
    throw .infeasible(try ConflictSearch(cohort, scores, again).solve())
  }

  private func worst(of pairs: [IndexedCohort.Pair]) throws(CohortError) -> Int32? {
    let pinned = Set(cohort.pinned)
    return zip(pairs, ScoreRows(scores, cohort).scores(of: pairs))
      .filter { !pinned.contains($0.0) }.map(\.1).min()
  }

  private func summary(
    _ pairs: [IndexedCohort.Pair], isOptimal: Bool, bound: Int64?,
    claims: [CohortCertificate.Claim], ofTotal: Bool = false, _ run: CohortRun
  ) -> CohortResult {
    var survey = PairingSurvey(
      cohort, ScoreRows(scores, cohort), pairs,
      prices: objective == .total && isOptimal ? LossPrices(claims[0], cohort) : nil)
    let found = survey.take(capacities: (problem.left + problem.right).map(\.capacity))
    let figure =
      objective == .total || ofTotal
      ? found.figures.total : found.figures.worst.map(Int64.init) ?? 0
    return CohortResult(
      objective: objective, seed: options.seed, pairs: found.pairs, unpaired: found.unpaired,
      figures: found.figures, isOptimal: isOptimal, bound: bound, gap: bound.map { $0 - figure },
      certificate: CohortCertificate(claims: claims))
  }

  // MARK: The seed

  private func seededOrder(_ count: Int, salt: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: options.seed &* 2 &+ salt)
    return (0..<count).shuffled(using: &generator)
  }

  private static func ranks(_ order: [Int]) -> [Int] {
    var ranks = order
    for (rank, index) in order.enumerated() { ranks[index] = rank }
    return ranks
  }
}

extension IndexedCohort.Rule {
  /// Counts all pairs.
  static func everyPair(of cohort: IndexedCohort, atLeast minimum: Int) -> Self {
    Self(
      name: "", left: Array(cohort.left.indices), right: [],
      bounds: .init(minimum: minimum, maximum: .max))
  }
}

extension CohortCertificate.Claim {
  /// - Parameter rules: how many of the cohort's rules are the problem's; one more
  ///   counts the pairs.
  init(
    _ outcome: PairingSearch.Outcome, _ weighing: Weighing, _ tree: BoundTree,
    _ cohort: IndexedCohort, rules: Int
  ) {
    self.init(
      measure: weighing.measure ?? .pairs, floor: weighing.floor,
      minimumPairs: cohort.rules.count > rules ? cohort.rules[rules].bounds.minimum : 0,
      pairUnit: weighing.pairUnit, scale: weighing.scale, bound: outcome.bound,
      groups: tree.atoms.map { atom in
        atom.members.map { atom.isRight ? cohort.rightIDs[$0] : cohort.leftIDs[$0] }
      },
      leaves: outcome.leaves.map { leaf in
        var participants: [String: Int64] = [:]
        for (id, price) in zip(cohort.leftIDs, leaf.duals.left) where price != 0 {
          participants[id] = price
        }
        for (id, price) in zip(cohort.rightIDs, leaf.duals.right) where price != 0 {
          participants[id] = price
        }
        var prices: [String: Int64] = [:]
        for (rule, price) in zip(cohort.rules, leaf.duals.rules).prefix(rules) where price != 0 {
          prices[rule.name] = price
        }
        return .init(
          decisions: leaf.decisions.map {
            .init(group: $0.atom, atMost: $0.atMost, atLeast: $0.atLeast)
          },
          participants: participants, rules: prices, groups: leaf.duals.atoms,
          pairs: cohort.rules.count > rules ? leaf.duals.rules[rules] : 0)
      })
  }
}
