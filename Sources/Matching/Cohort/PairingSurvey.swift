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
  private var views: [View]
  private var room: [Bool]
  /// Of each participant with room: whether its reason is known, and what a pair's merit
  /// must exceed to be among its best.
  private var isSettled: [Bool]
  private var bar: [Int64]

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
    /// The merits of the best.
    var merits: [Int64] = []

    /// Puts a pair among the best, by merit, of equals the earlier first.
    mutating func insert(_ one: CohortResult.Alternate, _ merit: Int64, most: Int) {
      if best.count == most {
        best.removeLast()
        merits.removeLast()
      }
      let at = merits.firstIndex { $0 < merit } ?? merits.count
      best.insert(one, at: at)
      merits.insert(merit, at: at)
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
    views = Array(repeating: View(), count: count)
    room = Array(repeating: false, count: count)
    isSettled = room
    bar = Array(repeating: .min, count: count)
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
      room[index] = true
      views[index].ownRules = ledger.fullRules(around: index)
      isSettled[index] = !views[index].ownRules.isEmpty
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
        reason: reason(index, capacity: capacities[index]), alternates: views[index].best)
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
    let openColumns = cohort.right.indices.filter { room[leftCount + $0] }
    let exchange = Exchange(ledger, leftCount: leftCount)
    var line = rows.makeRow()
    var blocking = 0
    for row in cohort.left.indices {
      rows.fill(row, into: &line)
      for partner in partners[row] { line[partner.index] = -1 }
      let least = wanted[row]
      if least < .max {
        for column in line.indices where line[column] > max(least, wanted[leftCount + column]) {
          let losers = (right: worst[row], left: worst[leftCount + column])
          if exchange.holds(.init(left: row, right: column), losers, &ledger) { blocking += 1 }
        }
      }
      if room[row] {
        for column in line.indices where line[column] >= 0 {
          see(row, column, line[column], row, other: leftCount + column)
        }
      }
      for column in openColumns where line[column] >= 0 {
        see(row, column, line[column], leftCount + column, other: row)
      }
    }
    return blocking
  }

  /// What a score must exceed for the participant to want the pair.
  private func leastGain(_ index: Int) -> Int32 {
    hasRoom(index) ? -1 : partners[index].lazy.filter { !$0.isPinned }.map(\.score).min() ?? .max
  }

  /// Whom it would leave for another: of equals the last, pinned ones aside; nil with
  /// room.
  private func worstPartner(_ index: Int) -> Int? {
    if hasRoom(index) { return nil }
    return partners[index].filter { !$0.isPinned }
      .min { ($0.score, $1.index) < ($1.score, $0.index) }?.index
  }

  /// One participant with room looks at a pair that it is not in.
  @inline(__always)
  private mutating func see(
    _ row: Int, _ column: Int, _ score: Int32, _ viewer: Int, other: Int
  ) {
    let merit = prices?.merit(row, column, score: score) ?? Int64(score)
    if isSettled[viewer] && merit <= bar[viewer] { return }
    if !isSettled[viewer] { seek(reason: viewer, row, column, other: other) }
    guard merit > bar[viewer] || views[viewer].best.count < Self.alternates else { return }
    let loss = prices?.loss(row, column, score: score)
    views[viewer].insert(
      .init(id: id(other), score: score, loss: loss), merit, most: Self.alternates)
    if views[viewer].best.count == Self.alternates, let last = views[viewer].merits.last {
      bar[viewer] = last
    }
  }

  private mutating func seek(reason viewer: Int, _ row: Int, _ column: Int, other: Int) {
    if !room[other] {
      views[viewer].hasFullCandidate = true
      return
    }
    let inTheWay = ledger.rulesInTheWay(.init(left: row, right: column))
    if inTheWay.isEmpty {
      views[viewer].hasOpenCandidate = true
      isSettled[viewer] = true
    } else {
      views[viewer].rules.formUnion(inTheWay)
    }
  }

  private func reason(_ index: Int, capacity: Int) -> CohortResult.Reason {
    if capacity == 0 { return .noCapacity }
    let view = views[index]
    guard let best = view.best.first else { return .noCandidate }
    if !view.ownRules.isEmpty { return .ruleMaximum(view.ownRules.map { cohort.rules[$0].name }) }
    if view.hasOpenCandidate { return .notChosen(best: best.id) }
    // A candidate with room whom only a rule keeps out says more than one who is taken.
    if view.rules.isEmpty { return .candidatesFull(best: best.id, loss: best.loss) }
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
    let places = Dictionary(
      zip(cohort.leftIDs + cohort.rightIDs, 0...), uniquingKeysWith: { first, _ in first })
    for (group, price) in zip(claim.groups, leaf.groups) where price != 0 {
      for place in group.compactMap({ places[$0] }) {
        if place < left.count { left[place] += price } else { right[place - left.count] += price }
      }
    }
  }

  /// How little the pair would cost, for comparison.
  @inline(__always)
  func merit(_ row: Int, _ column: Int, score: Int32) -> Int64 {
    (Int64(score) &* pairUnit &+ 1) &* scale &- left[row] &- right[column]
  }

  /// In millionths, 0 or more.
  func loss(_ row: Int, _ column: Int, score: Int32) -> Int64 {
    max(0, -merit(row, column, score: score)) / (scale * pairUnit)
  }
}
