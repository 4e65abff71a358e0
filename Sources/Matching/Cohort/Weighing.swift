/// What a pair is worth in one search, in whole numbers.
///
/// For the total a score of s millionths weighs `scale` · (s · `pairUnit` + 1), with
/// `pairUnit` above any number of pairs: the 1 decides between equal totals for more
/// pairs and never outweighs a millionth. For the number of pairs each weighs `scale`,
/// and nothing when only the rules are to be kept.
/// The scale leaves room below for the prices of crossing rules, which need not be
/// whole.
struct Weighing {
  /// nil when no pairing is better than another.
  var measure: CohortCertificate.Measure?
  /// Pairs that score less are left out, but for pinned ones.
  var floor: Int32
  var pairUnit: Int64
  var scale: Int64
  /// What failing one unit of a minimum costs: more than all pairs are worth.
  var penalty: Int64
  /// The most that one pair weighs, at least 1.
  var most: Int64
  /// What a pair weighs besides its score.
  var bonus: Int64

  init(
    _ measure: CohortCertificate.Measure?, floor: Int32 = 0, cohort: IndexedCohort, crosses: Bool
  ) {
    self.measure = measure
    self.floor = floor
    let pairs = Int64(cohort.mostPairs)
    pairUnit = measure == .total ? pairs + 1 : 0
    let plain = Int64(PairScore.unit) * pairUnit + 1
    // Prices are sums of a few penalties; 1,024 of them stay below 2^62.
    var scale: Int64 = crosses ? 1 << 12 : 1
    while scale > 1, scale > (1 << 51) / plain / (pairs + 1) { scale /= 2 }
    self.scale = scale
    bonus = measure == nil ? 0 : scale
    most = plain * scale
    penalty = 2 * (pairs + 1) * most
  }

  @inline(__always)
  func weight(_ score: Int32) -> Int64 { Int64(score) &* pairUnit &* scale &+ bonus }
}
