/// Counts pairs as they are added, and tells whether one more keeps every maximum.
struct PairLedger {
  let cohort: IndexedCohort
  let rulesByLeft: [[Int]]
  let rulesByRight: [[Int]]
  private(set) var left: [Int]
  private(set) var right: [Int]
  private(set) var rules: [Int]
  private(set) var pairs: Set<IndexedCohort.Pair> = []

  init(_ cohort: IndexedCohort) {
    self.cohort = cohort
    rulesByLeft = cohort.rulesByLeft
    rulesByRight = cohort.rulesByRight
    left = Array(repeating: 0, count: cohort.left.count)
    right = Array(repeating: 0, count: cohort.right.count)
    rules = Array(repeating: 0, count: cohort.rules.count)
  }

  func hasRoom(left index: Int) -> Bool { left[index] < cohort.left[index].maximum }
  func hasRoom(right index: Int) -> Bool { right[index] < cohort.right[index].maximum }

  /// The rules that have no room for one more end at this participant, left then
  /// right.
  func fullRules(around index: Int) -> [Int] {
    let own = index < left.count ? rulesByLeft[index] : rulesByRight[index - left.count]
    return own.filter { rules[$0] >= cohort.rules[$0].bounds.maximum }
  }

  /// The rules that the pair would exceed.
  func rulesInTheWay(_ pair: IndexedCohort.Pair) -> [Int] {
    let (one, two) = (rulesByLeft[pair.left], rulesByRight[pair.right])
    if one.isEmpty, two.isEmpty { return [] }
    return Set(one + two).filter { rule in
      let ends = (one.contains(rule) ? 1 : 0) + (two.contains(rule) ? 1 : 0)
      return rules[rule] + ends > cohort.rules[rule].bounds.maximum
    }.sorted()
  }

  /// - Returns: false, and changes nothing, if a maximum would be exceeded or the pair
  ///   is there.
  mutating func add(_ pair: IndexedCohort.Pair) -> Bool {
    guard hasRoom(left: pair.left), hasRoom(right: pair.right), !pairs.contains(pair),
      rulesInTheWay(pair).isEmpty
    else { return false }
    insert(pair)
    return true
  }

  /// Adds the pair whatever it exceeds.
  mutating func insert(_ pair: IndexedCohort.Pair) {
    count(pair, 1)
    pairs.insert(pair)
  }

  mutating func remove(_ pair: IndexedCohort.Pair) {
    if pairs.remove(pair) != nil { count(pair, -1) }
  }

  private mutating func count(_ pair: IndexedCohort.Pair, _ change: Int) {
    left[pair.left] += change
    right[pair.right] += change
    for rule in rulesByLeft[pair.left] { rules[rule] += change }
    for rule in rulesByRight[pair.right] { rules[rule] += change }
  }

  /// Whether participants' and rules' minima and maxima around the pair all hold.
  func keepsBounds(around pairs: [IndexedCohort.Pair]) -> Bool {
    pairs.allSatisfy { pair in
      Self.holds(left[pair.left], cohort.left[pair.left])
        && Self.holds(right[pair.right], cohort.right[pair.right])
        && (rulesByLeft[pair.left] + rulesByRight[pair.right]).allSatisfy {
          Self.holds(rules[$0], cohort.rules[$0].bounds)
        }
    }
  }

  private static func holds(_ count: Int, _ bounds: IndexedCohort.Bounds) -> Bool {
    count >= bounds.minimum && count <= bounds.maximum
  }
}
