/// The best pairing under all rules, those that cross included, by branch and bound.
///
/// Rules that nest are bounds of the flow. Each crossing rule gets a price that every
/// pair of its members pays; the flow under those prices bounds the best pairing
/// (Lagrangian duality), and `MasterProgram` finds the prices of the lowest bound.
/// Where a gap stays, the number of pairs of an atom (participants whom the same rules
/// count) is tried below and above what the mixture has. Once all those numbers are
/// whole the rest is a flow, which is whole by itself, so that few trials are needed.
struct PairingSearch: ~Copyable {
  /// What was found and what is proven.
  struct Outcome {
    /// Ascending, with scores' weights; nil when none keeps the rules or none was found.
    var pairs: [IndexedCohort.Pair]?
    /// Both in the weights' unit; -1 without pairs.
    var value: Int64
    var bound: Int64
    var leaves: [Leaf]
    /// Whether value and bound meet, or no pairing keeps the rules.
    var isComplete: Bool { bound <= value || (pairs == nil && bound < 0) }
  }

  struct Leaf {
    var decisions: [Decision]
    /// What the decisions leave to each atom.
    var bounds: [IndexedCohort.Bounds]
    var duals: PairingOracle.Duals
    /// Scaled.
    var bound: Int64
  }

  /// An atom has at most, or at least, so many pairs.
  struct Decision: Hashable {
    var atom: Int
    var atMost: Int?
    var atLeast: Int?
  }

  private static let roundsPerNode = 200
  /// How many pairings found before are kept for later nodes.
  private static let poolSize = 400

  private let cohort: IndexedCohort
  private let weighing: Weighing
  private let run: CohortRun
  private let crossing: [Int]
  private let atoms: [BoundTree.Atom]
  private var oracle: PairingOracle
  private var best: [IndexedCohort.Pair]?
  private var value: Int64 = -1
  private var pool: [Pooled] = []
  private let reportsTotal: Bool
  private let emptyLedger: PairLedger
  /// All candidates, heaviest first.
  private var candidates: [IndexedCohort.Pair] = []

  private struct Pooled {
    var pairs: Set<IndexedCohort.Pair>
    var value: Double
    var counts: [Int]
    var atoms: [Int]
  }

  init(
    _ cohort: IndexedCohort, _ weighing: Weighing, _ tree: BoundTree, _ rows: ScoreRows,
    _ run: CohortRun, order: [Int], _ policy: CandidatePolicy = CandidatePolicy()
  ) throws(CohortError) {
    self.cohort = cohort
    self.weighing = weighing
    self.run = run
    crossing = tree.crossing
    atoms = tree.atoms
    emptyLedger = PairLedger(cohort)
    reportsTotal = weighing.measure == .total
    oracle = try PairingOracle(cohort, weighing, tree, rows, run, order: order, policy)
  }

  /// Searches until the best is proven or the run is stopped.
  /// - Parameter enough: a value above which no pairing is needed; the search ends
  ///   when it is reached.
  mutating func solve(enough: Int64 = .max) -> Outcome {
    var open = [
      Leaf(
        decisions: [], bounds: atoms.map { .init(minimum: 0, maximum: $0.most) },
        duals: trivialDuals(), bound: trivialBound)
    ]
    var closed: [Leaf] = []
    while !open.isEmpty, value < enough {
      // The widest first, of equals the newest: it is deepest.
      let at = open.indices.reduce(open.count - 1) { open[$1].bound > open[$0].bound ? $1 : $0 }
      var leaf = open.remove(at: at)
      report(bound: leaf.bound)
      if isClosed(leaf) || run.shouldStop() {
        closed.append(leaf)
        continue
      }
      if let (atom, count) = explore(&leaf) {
        run.report(.branching)
        var (below, above) = (leaf, leaf)
        below.decisions.append(.init(atom: atom, atMost: count))
        below.bounds[atom].maximum = count
        above.decisions.append(.init(atom: atom, atLeast: count + 1))
        above.bounds[atom].minimum = count + 1
        open += [below, above]
      } else {
        closed.append(leaf)
      }
    }
    closed += open
    if best == nil, run.isStopped { offer(repaired(oracle.pairs())) }
    let bound = closed.map { unscaled($0.bound) }.max() ?? -1
    return Outcome(pairs: best, value: value, bound: bound, leaves: closed)
  }

  private func unscaled(_ bound: Int64) -> Int64 {
    bound >= 0 ? bound / weighing.scale : -1
  }

  private func isClosed(_ leaf: Leaf) -> Bool { unscaled(leaf.bound) <= value }

  private func report(bound: Int64) {
    if reportsTotal, bound >= 0 {
      run.report(bound: max(value, unscaled(bound)) / weighing.pairUnit)
    }
  }

  /// Every left participant with its capacity of pairs of the highest score.
  private func trivialDuals() -> PairingOracle.Duals {
    .init(
      left: Array(repeating: weighing.most, count: cohort.left.count),
      right: Array(repeating: 0, count: cohort.right.count),
      rules: Array(repeating: 0, count: cohort.rules.count),
      atoms: Array(repeating: 0, count: atoms.count))
  }

  private var trivialBound: Int64 {
    cohort.left.reduce(0) { $0 + Int64($1.maximum) } * weighing.most
  }

  // MARK: One node

  /// Lowers the leaf's bound as far as prices can.
  /// - Returns: an atom to branch on, at most or above a number of pairs; nil when the
  ///   leaf is closed or the run stopped.
  private mutating func explore(_ leaf: inout Leaf) -> (atom: Int, count: Int)? {
    oracle.setAtomBounds(leaf.bounds)
    let penalty = Double(weighing.penalty) / Double(weighing.most)
    var master = MasterProgram(rows: masterRows(), penalty: penalty)
    var mixed: [Pooled] = []
    for one in pool where zip(one.atoms, leaf.bounds).allSatisfy({ $1.holds($0) }) {
      mixed.append(one)
      master.add(value: one.value, counts: one.counts)
    }
    var prices = leaf.duals.rules
    var shares: [(pairing: Int, share: Double)] = []
    for round in 0..<Self.roundsPerNode {
      if !crossing.isEmpty { oracle.setTariffs(prices) }
      let isSolved = oracle.solve()
      if let priced = oracle.priced, priced.bound < leaf.bound {
        leaf.duals = priced.duals
        leaf.bound = priced.bound
      }
      guard isSolved else { return nil }
      let pairs = oracle.pairs()
      offer(pairs)
      if !crossing.isEmpty { offer(repaired(pairs)) }
      if isClosed(leaf) { return nil }
      let found = pooled(pairs)
      if !mixed.contains(where: { $0.pairs == found.pairs }) {
        mixed.append(found)
        pool.append(found)
        if pool.count > Self.poolSize { pool.removeFirst() }
        let missing = zip(found.atoms, leaf.bounds).reduce(0) {
          $0 + max(0, $1.1.minimum - $1.0)
        }
        master.add(value: found.value - Double(missing) * penalty, counts: found.counts)
      } else if round > 0 {
        // Under the master's own prices nothing new: there are no better ones.
        break
      }
      let solution = master.solve()
      shares = solution.shares
      var next = [Int64](repeating: 0, count: cohort.rules.count)
      for (row, price) in zip(master.rows, solution.prices) {
        let whole = Int64((price * Double(weighing.most)).rounded())
        next[row.rule] += row.isMaximum ? max(0, whole) : min(0, whole)
      }
      if next == prices { break }
      prices = next
    }
    return branching(mixed, shares, &leaf)
  }

  private func masterRows() -> [MasterProgram.Row] {
    crossing.flatMap { rule -> [MasterProgram.Row] in
      let bounds = cohort.rules[rule].bounds
      var rows: [MasterProgram.Row] = []
      if bounds.maximum < .max {
        rows.append(.init(rule: rule, isMaximum: true, bound: Double(bounds.maximum)))
      }
      if bounds.minimum > 0 {
        rows.append(.init(rule: rule, isMaximum: false, bound: Double(bounds.minimum)))
      }
      return rows
    }
  }

  private func pooled(_ pairs: [IndexedCohort.Pair]) -> Pooled {
    let most = Double(weighing.most)
    let short = cohort.shortage(pairs, besides: Set(crossing))
    return Pooled(
      pairs: Set(pairs),
      value: pairs.reduce(0) { $0 + Double(oracle.weight($1)) } / most
        - Double(short) * Double(weighing.penalty) / most,
      counts: cohort.counts(pairs), atoms: atomCounts(pairs))
  }

  private func atomCounts(_ pairs: [IndexedCohort.Pair]) -> [Int] {
    let ends = cohort.ends(pairs)
    return atoms.map { atom in
      atom.members.reduce(0) { $0 + (atom.isRight ? ends.right : ends.left)[$1] }
    }
  }

  /// The atom whose number of pairs in the mixture is nearest to a half. When all are
  /// whole, the flow under just those numbers is tried; if a gap stays, any atom is
  /// taken that still has a choice.
  private mutating func branching(
    _ mixed: [Pooled], _ shares: [(pairing: Int, share: Double)], _ leaf: inout Leaf
  ) -> (atom: Int, count: Int)? {
    guard !atoms.isEmpty else { return nil }
    var counts = [Double](repeating: 0, count: atoms.count)
    for one in shares {
      for atom in atoms.indices {
        counts[atom] += one.share * Double(mixed[one.pairing].atoms[atom])
      }
    }
    func distance(_ atom: Int) -> Double { abs(counts[atom] - counts[atom].rounded(.down) - 0.5) }
    let divided = atoms.indices.filter {
      distance($0) < 0.5 - 1e-6 && leaf.bounds[$0].minimum < leaf.bounds[$0].maximum
    }
    if let atom = divided.min(by: { (distance($0), $0) < (distance($1), $1) }) {
      let count = Int(counts[atom].rounded(.down))
      let bounds = leaf.bounds[atom]
      return (atom, max(bounds.minimum, min(bounds.maximum - 1, count)))
    }
    let whole = zip(counts, leaf.bounds).map { count, bounds in
      let count = max(bounds.minimum, min(bounds.maximum, Int(count.rounded())))
      return IndexedCohort.Bounds(minimum: count, maximum: count)
    }
    oracle.setAtomBounds(whole)
    oracle.setTariffs(Array(repeating: 0, count: cohort.rules.count))
    if oracle.solve() { offer(oracle.pairs()) }
    if isClosed(leaf) { return nil }
    return atoms.indices.first { leaf.bounds[$0].minimum < leaf.bounds[$0].maximum }.map {
      let bounds = leaf.bounds[$0]
      return ($0, min(whole[$0].minimum, bounds.maximum - 1))
    }
  }

  // MARK: Pairings that keep the rules

  private mutating func offer(_ pairs: [IndexedCohort.Pair]) {
    guard cohort.isKept(by: pairs) else { return }
    let worth = pairs.reduce(0) { $0 + oracle.weight($1) } / weighing.scale
    guard worth > value else { return }
    value = worth
    best = pairs
    if reportsTotal { run.report(value: worth / weighing.pairUnit) }
  }

  /// Leaves out the least of what exceeds a maximum, then adds what still fits, best
  /// first.
  private mutating func repaired(_ pairs: [IndexedCohort.Pair]) -> [IndexedCohort.Pair] {
    if candidates.count != oracle.candidateCount {
      candidates = byWeight(oracle.weightedCandidates())
    }
    var ledger = emptyLedger
    for pair in cohort.pinned { ledger.insert(pair) }
    for pair in byWeight(pairs.map { (oracle.weight($0), $0) }) { _ = ledger.add(pair) }
    for pair in candidates { _ = ledger.add(pair) }
    return ledger.pairs.sorted()
  }

  private func byWeight(
    _ pairs: [(weight: Int64, pair: IndexedCohort.Pair)]
  ) -> [IndexedCohort.Pair] {
    pairs.sorted { ($1.weight, $0.pair) < ($0.weight, $1.pair) }.map(\.pair)
  }
}
