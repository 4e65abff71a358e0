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
    for index in views.indices where hasRoom(index) { views[index] = View() }
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
    let openColumns = cohort.right.indices.filter { views[leftCount + $0] != nil }
    var line = rows.makeRow()
    var blocking = 0
    for row in cohort.left.indices {
      rows.fill(row, into: &line)
      for partner in partners[row] { line[partner.index] = -1 }
      let least = wanted[row]
      if least < .max {
        for column in line.indices where line[column] > max(least, wanted[leftCount + column]) {
          if isBlocking(.init(left: row, right: column)) { blocking += 1 }
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

  /// Whether the rules let the two pair, each leaving its worst partner if it is full.
  /// Both want to.
  private mutating func isBlocking(_ pair: IndexedCohort.Pair) -> Bool {
    var left: [IndexedCohort.Pair] = []
    if !hasRoom(pair.left), let worst = worstPartner(pair.left) {
      left.append(.init(left: pair.left, right: worst))
    }
    if !hasRoom(cohort.left.count + pair.right),
      let worst = worstPartner(cohort.left.count + pair.right)
    {
      left.append(.init(left: worst, right: pair.right))
    }
    for one in left { ledger.remove(one) }
    ledger.insert(pair)
    let holds = ledger.keepsBounds(around: left + [pair])
    ledger.remove(pair)
    for one in left { ledger.insert(one) }
    return holds
  }

  /// Of equals the last.
  private func worstPartner(_ index: Int) -> Int? {
    partners[index].filter { !$0.isPinned }
      .min { ($0.score, $1.index) < ($1.score, $0.index) }?.index
  }

  private mutating func see(_ row: Int, _ column: Int, _ score: Int32, from viewer: Int) {
    let isLeft = viewer < cohort.left.count
    let other = isLeft ? cohort.left.count + column : row
    let pair = IndexedCohort.Pair(left: row, right: column)
    guard var view = views[viewer] else { return }
    views[viewer] = nil
    if hasRoom(other) {
      let inTheWay = view.hasOpenCandidate ? [] : ledger.rulesInTheWay(pair)
      if inTheWay.isEmpty { view.hasOpenCandidate = true } else { view.rules.formUnion(inTheWay) }
    } else {
      view.hasFullCandidate = true
    }
    let loss = prices?.loss(pair, score: score)
    func isBefore(_ a: CohortResult.Alternate) -> Bool {
      (loss ?? 0, a.score) < (a.loss ?? 0, score)
    }
    if view.best.count < Self.alternates || view.best.last.map(isBefore) ?? true {
      if view.best.count == Self.alternates { view.best.removeLast() }
      let at = view.best.firstIndex(where: isBefore) ?? view.best.count
      view.best.insert(.init(id: id(other), score: score, loss: loss), at: at)
    }
    views[viewer] = view
  }

  private func reason(_ index: Int, capacity: Int) -> CohortResult.Reason {
    if capacity == 0 { return .noCapacity }
    guard let view = views[index], let best = view.best.first else { return .noCandidate }
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
  func loss(_ pair: IndexedCohort.Pair, score: Int32) -> Int64 {
    let weight = (Int64(score) * pairUnit + 1) * scale
    return max(0, left[pair.left] + right[pair.right] - weight) / (scale * pairUnit)
  }
}
