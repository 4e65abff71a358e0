/// A problem in the numbers of its participants, checked: every id is known and every
/// bound by itself makes sense.
struct IndexedCohort {
  /// How many pairs somebody or some group takes part in.
  struct Bounds: Equatable {
    var minimum: Int
    var maximum: Int

    func holds(_ count: Int) -> Bool { count >= minimum && count <= maximum }
  }

  struct Rule {
    var name: String
    var left: [Int]
    var right: [Int]
    var bounds: Bounds
  }

  struct Pair: Hashable, Comparable {
    var left: Int
    var right: Int

    static func < (a: Self, b: Self) -> Bool { (a.left, a.right) < (b.left, b.right) }
  }

  var leftIDs: [String]
  var rightIDs: [String]
  var left: [Bounds]
  var right: [Bounds]
  var rules: [Rule]
  /// Ascending, each once.
  var pinned: [Pair]
  var forbidden: [Pair]

  /// No pairing has more pairs.
  var mostPairs: Int {
    min(left.reduce(0) { $0 + $1.maximum }, right.reduce(0) { $0 + $1.maximum })
  }

  init(_ problem: CohortProblem) throws(CohortError) {
    leftIDs = problem.left.map(\.id)
    rightIDs = problem.right.map(\.id)
    var sides: [String: (isRight: Bool, index: Int)] = [:]
    for (index, id) in leftIDs.enumerated() {
      if sides.updateValue((false, index), forKey: id) != nil { throw .duplicateParticipant(id) }
    }
    for (index, id) in rightIDs.enumerated() {
      if sides.updateValue((true, index), forKey: id) != nil { throw .duplicateParticipant(id) }
    }
    left = try Self.bounds(problem.left, others: problem.right.count)
    right = try Self.bounds(problem.right, others: problem.left.count)
    rules = []
    var names: Set<String> = []
    for rule in problem.rules {
      guard names.insert(rule.name).inserted else { throw .duplicateRule(rule.name) }
      guard rule.minimum >= 0, (rule.maximum ?? 0) >= 0 else { throw .negativeBound(rule.name) }
      if let maximum = rule.maximum, rule.minimum > maximum {
        throw .minimumAboveMaximum(rule.name, minimum: rule.minimum, maximum: maximum)
      }
      var indexed = Rule(
        name: rule.name, left: rule.members == nil ? Array(leftIDs.indices) : [], right: [],
        bounds: Bounds(minimum: rule.minimum, maximum: rule.maximum ?? .max))
      for id in Set(rule.members ?? []) {
        guard let place = sides[id] else { throw .unknownParticipant(id) }
        if place.isRight {
          indexed.right.append(place.index)
        } else {
          indexed.left.append(place.index)
        }
      }
      indexed.left.sort()
      indexed.right.sort()
      rules.append(indexed)
    }
    func indexed(_ pairs: [CohortPair]) throws(CohortError) -> [Pair] {
      var result: Set<Pair> = []
      for pair in pairs {
        guard let one = sides[pair.left], !one.isRight else { throw .unknownParticipant(pair.left) }
        guard let two = sides[pair.right], two.isRight else {
          throw .unknownParticipant(pair.right)
        }
        result.insert(Pair(left: one.index, right: two.index))
      }
      return result.sorted()
    }
    pinned = try indexed(problem.pinned)
    forbidden = try indexed(problem.forbidden)
    if let both = Set(pinned).intersection(forbidden).min() {
      throw .pinnedAndForbidden(self.pair(both))
    }
  }

  /// A capacity beyond the number of others is the same as that number; a minimum is
  /// kept as it is.
  private static func bounds(
    _ participants: [CohortParticipant], others: Int
  ) throws(CohortError) -> [Bounds] {
    var result: [Bounds] = []
    for one in participants {
      guard one.capacity >= 0, one.minimum >= 0 else { throw .negativeBound(one.id) }
      guard one.minimum <= one.capacity else {
        throw .minimumAboveMaximum(one.id, minimum: one.minimum, maximum: one.capacity)
      }
      result.append(Bounds(minimum: one.minimum, maximum: min(one.capacity, others)))
    }
    return result
  }

  func pair(_ pair: Pair) -> CohortPair {
    CohortPair(left: leftIDs[pair.left], right: rightIDs[pair.right])
  }

  /// The forbidden right participants of each left one that has any.
  var forbiddenByLeft: [Int: [Int]] {
    Dictionary(grouping: forbidden, by: \.left).mapValues { $0.map(\.right) }
  }

  /// Which rules count each participant, in order.
  var rulesByLeft: [[Int]] { byMember(count: left.count) { $0.left } }
  var rulesByRight: [[Int]] { byMember(count: right.count) { $0.right } }

  private func byMember(count: Int, _ members: (Rule) -> [Int]) -> [[Int]] {
    var result = [[Int]](repeating: [], count: count)
    for (index, rule) in rules.enumerated() {
      for member in members(rule) { result[member].append(index) }
    }
    return result
  }

  /// How many ends of pairs each rule counts.
  func counts(_ pairs: [Pair]) -> [Int] {
    let ends = ends(pairs)
    return rules.map { rule in
      rule.left.reduce(0) { $0 + ends.left[$1] } + rule.right.reduce(0) { $0 + ends.right[$1] }
    }
  }

  /// Whether the pairs, each once, keep every bound and hold all that are pinned.
  func isKept(by pairs: [Pair]) -> Bool {
    let ends = ends(pairs)
    func holds(_ count: Int, _ bounds: Bounds) -> Bool {
      count >= bounds.minimum && count <= bounds.maximum
    }
    return zip(ends.left, left).allSatisfy(holds) && zip(ends.right, right).allSatisfy(holds)
      && zip(counts(pairs), rules).allSatisfy { holds($0, $1.bounds) }
      && (pinned.isEmpty || Set(pinned).isSubset(of: pairs))
  }

  /// Units that the pairs are short of minima, pinned pairs among them.
  /// - Parameter besides: rules that are not looked at.
  func shortage(_ pairs: [Pair], besides: Set<Int>) -> Int {
    var ends = (
      left: left.map(\.minimum), right: right.map(\.minimum)
    )
    for pair in pairs {
      ends.left[pair.left] -= 1
      ends.right[pair.right] -= 1
    }
    let participants = (ends.left + ends.right).reduce(0) { $0 + max(0, $1) }
    let groups = zip(counts(pairs), rules).enumerated().reduce(0) { sum, one in
      besides.contains(one.offset)
        ? sum : sum + max(0, one.element.1.bounds.minimum - one.element.0)
    }
    return participants + groups + Set(pinned).subtracting(pairs).count
  }

  /// The minima that the pairs miss.
  func shortfalls(_ pairs: [Pair]) -> [CohortShortfall] {
    let (ends, counts) = (ends(pairs), counts(pairs))
    let all =
      zip(leftIDs, zip(left, ends.left)).map { ($0, $1.0, $1.1) }
      + zip(rightIDs, zip(right, ends.right)).map { ($0, $1.0, $1.1) }
      + zip(rules, counts).map { ($0.name, $0.bounds, $1) }
    return all.filter { $0.2 < $0.1.minimum }
      .map { CohortShortfall(name: $0.0, minimum: $0.1.minimum, reached: $0.2) }
  }

  /// How many pairs each participant is in.
  func ends(_ pairs: [Pair]) -> (left: [Int], right: [Int]) {
    var ends = (
      left: [Int](repeating: 0, count: left.count), right: [Int](repeating: 0, count: right.count)
    )
    for pair in pairs {
      ends.left[pair.left] += 1
      ends.right[pair.right] += 1
    }
    return ends
  }
}
