/// Looks at a pairing once over all scores: its figures, and why somebody is without.
struct PairingSurvey {
  private let cohort: IndexedCohort
  private let rows: ScoreRows
  private let pairs: [IndexedCohort.Pair]
  private let prices: LossPrices?
  private let pinned: Set<IndexedCohort.Pair>
  private var ledger: PairLedger
  private var scores: [Int32] = []
  /// Left then right: the partners with their scores.
  private var partners: [[Partner]]
  private var views: [View?]

  private static let alternates = 3

  private struct Partner {
    var index: Int
    var score: Int32
    var isPinned: Bool
  }

  /// What a participant with room sees of the pairs it is not in.
  private struct View {
    var best: [CohortResult.Alternate] = []
    var hasFullCandidate = false
    var hasOpenCandidate = false
    var rules: Set<Int> = []
    /// Rules around the participant itself that are at their maximum.
    var ownRules: [Int] = []

    /// Whether the reason is known already.
    var isSettled: Bool { !ownRules.isEmpty || hasOpenCandidate }

    /// Whether a candidate is among the best, which lose least and score most.
    func takes(_ score: Int32, _ loss: Int64?, most: Int) -> Bool {
      guard best.count == most, let last = best.last else { return true }
      return (loss ?? 0, last.score) < (last.loss ?? 0, score)
    }

    mutating func insert(_ one: CohortResult.Alternate, most: Int) {
      if best.count == most { best.removeLast() }
      let at = best.firstIndex { (one.loss ?? 0, $0.score) < ($0.loss ?? 0, one.score) }
      best.insert(one, at: at ?? best.count)
    }
  }

  init(
    _ cohort: IndexedCohort, _ rows: ScoreRows, _ pairs: [IndexedCohort.Pair], prices: LossPrices?
  ) {
    self.cohort = cohort
    self.rows = rows
    self.pairs = pairs
    self.prices = prices
    pinned = Set(cohort.pinned)
    ledger = PairLedger(cohort)
    for pair in pairs { ledger.insert(pair) }
    let count = cohort.left.count + cohort.right.count
    partners = Array(repeating: [], count: count)
    views = Array(repeating: nil, count: count)
  }

  /// - Parameter capacities: as the problem states them, left then right.
  mutating func take(
    capacities: [Int]
  ) -> (
    pairs: [CohortResult.Pair], unpaired: [CohortResult.Unpaired], figures: CohortResult.Figures
  ) {
    let leftCount = cohort.left.count
    scores = rows.scores(of: pairs)
    for (pair, score) in zip(pairs, scores) {
      let isPinned = pinned.contains(pair)
      partners[pair.left].append(.init(index: pair.right, score: score, isPinned: isPinned))
      partners[leftCount + pair.right].append(
        .init(index: pair.left, score: score, isPinned: isPinned))
    }
    for index in views.indices where hasRoom(index) {
      views[index] = View(ownRules: ledger.fullRules(around: index))
    }
    let blocking = readRows()
    let own = zip(pairs, scores).map { pair, score in
      CohortResult.Pair(
        left: cohort.leftIDs[pair.left], right: cohort.rightIDs[pair.right], score: score,
        isPinned: pinned.contains(pair))
    }
    let figures = CohortResult.Figures(
      pairs: pairs.count, total: scores.reduce(0) { $0 + Int64($1) },
      worst: own.lazy.filter { !$0.isPinned }.map(\.score).min(), blockingPairs: blocking)
    let unpaired = views.indices.compactMap { index -> CohortResult.Unpaired? in
      guard partners[index].count < capacities[index] || capacities[index] == 0 else { return nil }
      return .init(
        id: id(index), pairs: partners[index].count, capacity: capacities[index],
        reason: reason(index, capacity: capacities[index]), alternates: views[index]?.best ?? [])
    }
    return (own, unpaired, figures)
  }

  private func id(_ index: Int) -> String {
    index < cohort.left.count ? cohort.leftIDs[index] : cohort.rightIDs[index - cohort.left.count]
  }

  private func hasRoom(_ index: Int) -> Bool {
    index < cohort.left.count
      ? ledger.hasRoom(left: index) : ledger.hasRoom(right: index - cohort.left.count)
  }

  /// Reads every row once; counts blocking pairs and fills the views.
  private mutating func readRows() -> Int {
    let leftCount = cohort.left.count
    let wanted = partners.indices.map(leastGain)
    let worst = partners.indices.map(worstPartner)
    let openColumns = cohort.right.indices.filter { views[leftCount + $0] != nil }
    let exchange = Exchange(ledger, leftCount: leftCount)
    var line = rows.makeRow()
    var blocking = 0
    for row in cohort.left.indices {
      rows.fill(row, into: &line)
      for partner in partners[row] { line[partner.index] = -1 }
      let least = wanted[row]
      if least < .max {
        for column in line.indices where line[column] > max(least, wanted[leftCount + column]) {
          let losers = (
            right: hasRoom(row) ? nil : worst[row],
            left: hasRoom(leftCount + column) ? nil : worst[leftCount + column]
          )
          let pair = IndexedCohort.Pair(left: row, right: column)
          if exchange.holds(pair, losers), exchange.holdsExactly(pair, losers, &ledger) {
            blocking += 1
          }
        }
      }
      if views[row] != nil {
        for column in line.indices where line[column] >= 0 {
          see(row, column, line[column], from: row)
        }
      }
      for column in openColumns where line[column] >= 0 {
        see(row, column, line[column], from: leftCount + column)
      }
    }
    return blocking
  }

  /// What a score must exceed for the participant to want the pair.
  private func leastGain(_ index: Int) -> Int32 {
    hasRoom(index) ? -1 : partners[index].lazy.filter { !$0.isPinned }.map(\.score).min() ?? .max
  }

  /// Of equals the last; pinned ones aside.
  private func worstPartner(_ index: Int) -> Int? {
    partners[index].filter { !$0.isPinned }
      .min { ($0.score, $1.index) < ($1.score, $0.index) }?.index
  }

  private mutating func see(_ row: Int, _ column: Int, _ score: Int32, from viewer: Int) {
    let leftCount = cohort.left.count
    let other = viewer < leftCount ? leftCount + column : row
    if !(views[viewer]?.isSettled ?? true) {
      let pair = IndexedCohort.Pair(left: row, right: column)
      if !hasRoom(other) {
        views[viewer]?.hasFullCandidate = true
      } else {
        let inTheWay = ledger.rulesInTheWay(pair)
        if inTheWay.isEmpty { views[viewer]?.hasOpenCandidate = true }
        views[viewer]?.rules.formUnion(inTheWay)
      }
    }
    let loss = prices?.loss(row, column, score: score)
    guard views[viewer]?.takes(score, loss, most: Self.alternates) ?? false else { return }
    let alternate = CohortResult.Alternate(id: id(other), score: score, loss: loss)
    views[viewer]?.insert(alternate, most: Self.alternates)
  }

  private func reason(_ index: Int, capacity: Int) -> CohortResult.Reason {
    if capacity == 0 { return .noCapacity }
    guard let view = views[index], let best = view.best.first else { return .noCandidate }
    if !view.ownRules.isEmpty { return .ruleMaximum(view.ownRules.map { cohort.rules[$0].name }) }
    if view.hasOpenCandidate { return .notChosen(best: best.id) }
    if view.hasFullCandidate { return .candidatesFull(best: best.id, loss: best.loss) }
    return .ruleMaximum(view.rules.sorted().map { cohort.rules[$0].name })
  }
}

/// What forming a pair would cost the total at least, by the prices that prove it.
struct LossPrices {
  private var left: [Int64]
  private var right: [Int64]
  private let pairUnit: Int64
  private let scale: Int64

  /// nil unless one set of prices proves the total.
  init?(_ claim: CohortCertificate.Claim, _ cohort: IndexedCohort) {
    guard claim.measure == .total, claim.leaves.count == 1 else { return nil }
    let leaf = claim.leaves[0]
    pairUnit = claim.pairUnit
    scale = claim.scale
    left = cohort.leftIDs.map { leaf.participants[$0] ?? 0 }
    right = cohort.rightIDs.map { leaf.participants[$0] ?? 0 }
    for rule in cohort.rules {
      guard let price = leaf.rules[rule.name] else { continue }
      for member in rule.left { left[member] += price }
      for member in rule.right { right[member] += price }
    }
  }

  /// In millionths, 0 or more.
  func loss(_ row: Int, _ column: Int, score: Int32) -> Int64 {
    let weight = (Int64(score) * pairUnit + 1) * scale
    return max(0, left[row] + right[column] - weight) / (scale * pairUnit)
  }
}
