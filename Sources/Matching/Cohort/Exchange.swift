/// Whether two participants may pair when each that is full leaves its worst partner.
struct Exchange {
  typealias Losers = (right: Int?, left: Int?)

  private let leftCount: Int
  /// Per participant, left then right, a bit for each rule that counts it; empty with
  /// more rules than bits.
  private let rules: [UInt64]
  /// Rules that have reached their maximum, and those that hold their minimum only.
  private var atMaximum: UInt64 = 0
  private var atMinimum: UInt64 = 0
  /// Rules that two ends more or fewer could break.
  private var narrow: UInt64 = 0
  private let hasMinima: Bool

  init(_ ledger: PairLedger, leftCount: Int) {
    self.leftCount = leftCount
    let cohort = ledger.cohort
    hasMinima = (cohort.left + cohort.right).contains { $0.minimum > 0 }
    guard cohort.rules.count <= UInt64.bitWidth else {
      rules = []
      return
    }
    rules = (ledger.rulesByLeft + ledger.rulesByRight).map { $0.reduce(0) { $0 | 1 << $1 } }
    for (rule, bounds) in cohort.rules.map(\.bounds).enumerated() {
      if ledger.rules[rule] >= bounds.maximum { atMaximum |= 1 << rule }
      if bounds.minimum > 0, ledger.rules[rule] <= bounds.minimum { atMinimum |= 1 << rule }
      let (low, high) = (ledger.rules[rule] - 2, ledger.rules[rule] + 2)
      // A minimum of 0 cannot be missed.
      if (bounds.minimum > 0 && low < bounds.minimum) || high > bounds.maximum {
        narrow |= 1 << rule
      }
    }
  }

  /// Whether all bounds hold after the exchange.
  @inline(__always)
  func holds(
    _ pair: IndexedCohort.Pair, _ losers: Losers, _ ledger: inout PairLedger
  ) -> Bool {
    guard !rules.isEmpty else { return holdsExactly(pair, losers, &ledger) }
    // Who is full gains one and loses one: only its old partner's rules count less.
    let right = leftCount + pair.right
    let more =
      (losers.right == nil ? rules[pair.left] : 0) | (losers.left == nil ? rules[right] : 0)
    let fewer =
      (losers.right.map { rules[leftCount + $0] } ?? 0) | (losers.left.map { rules[$0] } ?? 0)
    if atMaximum & more & ~fewer != 0 || atMinimum & fewer & ~more != 0 { return false }
    if (more | fewer) & narrow == 0, !hasMinima { return true }
    return holdsExactly(pair, losers, &ledger)
  }

  private func holdsExactly(
    _ pair: IndexedCohort.Pair, _ losers: Losers, _ ledger: inout PairLedger
  ) -> Bool {
    var left: [IndexedCohort.Pair] = []
    if let right = losers.right { left.append(.init(left: pair.left, right: right)) }
    if let other = losers.left { left.append(.init(left: other, right: pair.right)) }
    for one in left { ledger.remove(one) }
    ledger.insert(pair)
    let holds = ledger.keepsBounds(around: left + [pair])
    ledger.remove(pair)
    for one in left { ledger.insert(one) }
    return holds
  }
}
