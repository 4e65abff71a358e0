/// The best pairing under the bounds that nest, over all pairs, for given tariffs:
/// found among candidates and proven by pricing every other pair against the duals.
struct PairingOracle: ~Copyable {
  /// The duals of one solution.
  struct Duals {
    var left: [Int64]
    var right: [Int64]
    /// Of all rules; those of crossing rules are the tariffs.
    var rules: [Int64]
    /// Of the tree's atoms.
    var atoms: [Int64]
  }

  let cohort: IndexedCohort
  let tree: BoundTree
  let weighing: Weighing
  private let rows: ScoreRows
  private let run: CohortRun
  private let order: [Int]
  private let policy: CandidatePolicy
  private var network: FlowNetwork
  private var atomBounds: [IndexedCohort.Bounds]
  private var pinned: Set<IndexedCohort.Pair>
  private var crossingPrices: [Int64]
  private var line: [Int32]
  private let hasAll: Bool
  /// Per left participant, what a pair outside of the candidates can gain at most by
  /// the prices when they were looked at last, and its own price then.
  private var reach: [Int64]
  private var reachPrice: [Int64]
  private var pricesBefore: [Int64] = []
  /// Duals that were priced against all pairs, for when the search is stopped.
  private(set) var priced: (duals: Duals, bound: Int64)?

  /// Reads all scores once.
  /// - Parameter order: the left participants in the order to begin with.
  init(
    _ cohort: IndexedCohort, _ weighing: Weighing, _ tree: BoundTree, _ rows: ScoreRows,
    _ run: CohortRun, order: [Int], _ policy: CandidatePolicy
  ) throws(CohortError) {
    self.cohort = cohort
    self.tree = tree
    self.weighing = weighing
    self.rows = rows
    self.run = run
    self.order = order
    self.policy = policy
    network = FlowNetwork(tree: tree, penalty: weighing.penalty)
    pinned = Set(cohort.pinned)
    atomBounds = tree.atoms.map { .init(minimum: 0, maximum: $0.most) }
    crossingPrices = Array(repeating: 0, count: cohort.rules.count)
    line = rows.makeRow()
    reach = Array(repeating: .max, count: cohort.left.count)
    reachPrice = Array(repeating: 0, count: cohort.left.count)
    hasAll = cohort.left.count * cohort.right.count <= policy.fewPairs
    try readCandidates()
    network.start()
  }

  private mutating func readCandidates() throws(CohortError) {
    run.report(.candidates)
    let pinnedByRow = Dictionary(grouping: cohort.pinned, by: \.left)
    var best = BestOfRowsAndColumns(columns: cohort.right.count, floor: weighing.floor, policy)
    var found: [(row: Int32, column: Int32, score: Int32)] = []
    for row in cohort.left.indices {
      if run.shouldStop() { break }
      rows.fill(row, into: &line)
      try rows.check(cohort, row: row, line)
      for pair in pinnedByRow[row] ?? [] {
        found.append((Int32(row), Int32(pair.right), line[pair.right]))
        line[pair.right] = -1
      }
      if hasAll {
        for column in line.indices where line[column] >= weighing.floor {
          found.append((Int32(row), Int32(column), line[column]))
        }
      } else {
        best.add(row: row, line)
      }
    }
    if !hasAll { found += best.pairs() }
    found.sort { ($0.row, $0.column) < ($1.row, $1.column) }
    network.add(
      found.map {
        let isPinned = pinned.contains(.init(left: Int($0.row), right: Int($0.column)))
        return FlowNetwork.Candidate(
          left: $0.row, right: $0.column,
          weight: weighing.weight($0.score) + (isPinned ? weighing.penalty : 0))
      })
  }

  // MARK: Tariffs and bounds

  /// Sets what each end of a pair costs besides, by the prices of crossing rules.
  mutating func setTariffs(_ prices: [Int64]) {
    crossingPrices = prices
    var tariffs = [Int64](repeating: 0, count: cohort.left.count + cohort.right.count)
    for rule in tree.crossing {
      for member in cohort.rules[rule].left { tariffs[member] += prices[rule] }
      for member in cohort.rules[rule].right {
        tariffs[cohort.left.count + member] += prices[rule]
      }
    }
    for (node, tariff) in tariffs.enumerated() { network.setTariff(tariff, of: node) }
    network.repair()
  }

  /// Sets how many pairs each atom must and may have.
  mutating func setAtomBounds(_ bounds: [IndexedCohort.Bounds]) {
    guard bounds != atomBounds else { return }
    for (atom, one) in bounds.enumerated() {
      // What cannot be reached has no price.
      let most = tree.atoms[atom].most
      network.setBounds(
        one.minimum, one.maximum == most ? most + 1 : one.maximum, of: tree.node(ofAtom: atom))
    }
    atomBounds = bounds
    network.repair()
  }

  // MARK: Solving

  /// Finds the best pairing over all pairs.
  /// - Returns: false when the search was stopped.
  mutating func solve() -> Bool {
    priced = nil
    while true {
      run.report(.pairing)
      let run = run
      let isDone = network.run(order: order, stop: { run.shouldStop() })
      if hasAll {
        // Free pairs never gain by the prices, on the way either.
        let now = duals()
        priced = (now, bound(now))
      }
      guard isDone else { return false }
      if hasAll { return true }
      run.report(.pricing)
      guard let (added, improves) = price() else { return false }
      network.add(added)
      guard improves else { return true }
      var changed: [Int] = []
      for one in added where changed.last != Int(one.left) { changed.append(Int(one.left)) }
      network.repair(rows: changed)
    }
  }

  /// Finds in each row the pairs outside of the candidates that gain most by the
  /// prices, and whether any gains at all; nil when stopped.
  ///
  /// A row is read only if one of its pairs can improve: since it was read last, the
  /// gain of a pair rose by no more than its two ends' prices fell.
  private mutating func price() -> (added: [FlowNetwork.Candidate], improves: Bool)? {
    let prices = (0..<line.count).map { network.price(of: cohort.left.count + $0) }
    let fall = zip(pricesBefore, prices).reduce(0) { max($0, $1.0 - $1.1) }
    pricesBefore = prices
    var raised = duals()
    var result: [FlowNetwork.Candidate] = []
    var improves = false
    var nearest = Nearest(most: policy.nearest)
    // The row that has the column among its candidates, last written.
    var seenBy = [Int](repeating: -1, count: line.count)
    let (unit, bonus, floor) = (weighing.pairUnit &* weighing.scale, weighing.bonus, weighing.floor)
    for row in cohort.left.indices {
      let own = network.price(of: row)
      if reach[row] < .max { reach[row] += fall + reachPrice[row] - own }
      reachPrice[row] = own
      guard reach[row] > 0 else { continue }
      if run.shouldStop() { return nil }
      rows.fill(row, into: &line)
      let base = bonus - own
      nearest.removeAll(least: -weighing.most)
      network.forEachCandidate(of: row) { seenBy[$0] = row }
      for column in line.indices {
        let gain = Int64(line[column]) &* unit &- prices[column] &+ base
        if gain > nearest.bar, line[column] >= floor, seenBy[column] != row {
          nearest.insert(gain, column)
        }
      }
      reach[row] = nearest.bar
      for (gain, column) in nearest.columns {
        result.append(
          .init(left: Int32(row), right: Int32(column), weight: weighing.weight(line[column])))
        if gain > 0 {
          improves = true
          raised.left[row] = max(raised.left[row], network.dual(of: row) + gain)
        }
      }
    }
    priced = (raised, bound(raised))
    return (result, improves)
  }

  // MARK: What was found

  var candidateCount: Int { network.candidateCount }

  /// All candidate pairs with their weights, scaled, those of pinned ones raised.
  func weightedCandidates() -> [(weight: Int64, pair: IndexedCohort.Pair)] {
    (0..<network.candidateCount).map {
      (
        network.weight(of: $0),
        IndexedCohort.Pair(left: network.left(of: $0), right: network.right(of: $0))
      )
    }
  }

  /// The candidate's weight, scaled; 0 if it is none.
  func weight(_ pair: IndexedCohort.Pair) -> Int64 {
    guard let arc = network.candidate(left: pair.left, right: pair.right) else { return 0 }
    return network.weight(of: arc) - (pinned.contains(pair) ? weighing.penalty : 0)
  }

  /// The pairs in use, ascending.
  func pairs() -> [IndexedCohort.Pair] {
    (0..<network.candidateCount).filter { network.isUsed($0) }
      .map { .init(left: network.left(of: $0), right: network.right(of: $0)) }.sorted()
  }

  func duals() -> Duals {
    var duals = Duals(
      left: cohort.left.indices.map { network.dual(of: $0) },
      right: cohort.right.indices.map { network.dual(of: cohort.left.count + $0) },
      rules: Array(repeating: 0, count: cohort.rules.count),
      atoms: tree.atoms.indices.map { network.dual(of: tree.node(ofAtom: $0)) })
    for (at, rule) in tree.rules.enumerated() {
      duals.rules[rule] = network.dual(of: cohort.left.count + cohort.right.count + at)
    }
    for rule in tree.crossing { duals.rules[rule] = crossingPrices[rule] }
    return duals
  }

  /// What these duals prove, provided that no pair but those in use gains by them: a
  /// bound on the value, scaled. See `CohortCertificate`.
  func bound(_ duals: Duals) -> Int64 {
    var sum: Int128 = 0
    func add(_ price: Int64, _ bounds: IndexedCohort.Bounds) {
      if price != 0 { sum += Int128(price) * Int128(price > 0 ? bounds.maximum : bounds.minimum) }
    }
    for (price, bounds) in zip(duals.left, cohort.left) { add(price, bounds) }
    for (price, bounds) in zip(duals.right, cohort.right) { add(price, bounds) }
    for (price, rule) in zip(duals.rules, cohort.rules) { add(price, rule.bounds) }
    for (price, bounds) in zip(duals.atoms, atomBounds) { add(price, bounds) }
    let (left, right) = prices(duals)
    for arc in 0..<network.candidateCount {
      let pair = IndexedCohort.Pair(left: network.left(of: arc), right: network.right(of: arc))
      let isFixed = !pinned.isEmpty && pinned.contains(pair)
      guard isFixed || network.isUsed(arc) else { continue }
      let weight = network.weight(of: arc) - (isFixed ? weighing.penalty : 0)
      let gain = weight - left[pair.left] - right[pair.right]
      sum += Int128(isFixed ? gain : max(0, gain))
    }
    return Int64(clamping: sum)
  }

  /// What a pair pays by these duals, per participant.
  func prices(_ duals: Duals) -> (left: [Int64], right: [Int64]) {
    var (left, right) = (duals.left, duals.right)
    for (rule, price) in zip(cohort.rules, duals.rules) where price != 0 {
      for member in rule.left { left[member] += price }
      for member in rule.right { right[member] += price }
    }
    for (atom, price) in zip(tree.atoms, duals.atoms) where price != 0 {
      for member in atom.members {
        if atom.isRight { right[member] += price } else { left[member] += price }
      }
    }
    return (left, right)
  }
}

/// The columns of a row that gain most.
private struct Nearest {
  private let most: Int
  private(set) var bar: Int64 = 0
  private var found: [(gain: Int64, column: Int)] = []

  init(most: Int) { self.most = most }

  mutating func removeAll(least: Int64) {
    found.removeAll(keepingCapacity: true)
    bar = least
  }

  mutating func insert(_ gain: Int64, _ column: Int) {
    if found.count == most { found.removeLast() }
    var at = found.count
    while at > 0, found[at - 1].gain < gain { at -= 1 }
    found.insert((gain, column), at: at)
    if found.count == most { bar = found[most - 1].gain }
  }

  /// Ascending by column.
  var columns: [(gain: Int64, column: Int)] { found.sorted { $0.column < $1.column } }
}
