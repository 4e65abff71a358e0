/// The bounds that nest, as one tree a side: participants, the rules around them,
/// and the hub. What does not nest is left to `CrossingRules`.
struct BoundTree {
  struct Node {
    /// Index of the rule around it, or of the hub.
    var parent: Int
    var isRight: Bool
    var minimum: Int32
    var maximum: Int32
  }

  var leftCount: Int
  var rightCount: Int
  /// All nodes but the hub, whose index is their number: left, right, rules.
  private(set) var nodes: [Node] = []
  /// Which rule the node stands for, from `leftCount + rightCount` on.
  private(set) var rules: [Int] = []
  /// The rules outside of the tree.
  private(set) var crossing: [Int] = []

  /// Rules that hold by themselves are in neither. Larger rules are placed first: one
  /// nests if all its members are of one side and under the same rule so far.
  init(_ cohort: IndexedCohort) {
    leftCount = cohort.left.count
    rightCount = cohort.right.count
    let participants = leftCount + rightCount
    // Ends that a rule could count; a bound beyond cannot bind.
    let most = cohort.rules.map { rule in
      rule.left.reduce(0) { $0 + cohort.left[$1].maximum }
        + rule.right.reduce(0) { $0 + cohort.right[$1].maximum }
    }
    let order = cohort.rules.indices.sorted {
      let (a, b) = (cohort.rules[$0], cohort.rules[$1])
      return (b.left.count + b.right.count, $0) < (a.left.count + a.right.count, $1)
    }
    var owner = [Int](repeating: -1, count: participants)
    var parents: [Int] = []
    for index in order {
      let rule = cohort.rules[index]
      if rule.bounds.minimum == 0, rule.bounds.maximum >= most[index] { continue }
      let members = rule.left + rule.right.map { $0 + leftCount }
      let owners = Set(members.map { owner[$0] })
      guard owners.count == 1, let around = owners.first, rule.left.isEmpty != rule.right.isEmpty
      else {
        crossing.append(index)
        continue
      }
      parents.append(around)
      for member in members { owner[member] = rules.count }
      rules.append(index)
    }
    crossing.sort()
    let hub = participants + rules.count
    func index(_ rule: Int) -> Int { rule < 0 ? hub : participants + rule }
    for at in 0..<participants {
      let isRight = at >= leftCount
      let bounds = isRight ? cohort.right[at - leftCount] : cohort.left[at]
      nodes.append(
        Node(
          parent: index(owner[at]), isRight: isRight, minimum: Self.clamp(bounds.minimum),
          maximum: Self.clamp(max(bounds.minimum, bounds.maximum))))
    }
    for (at, rule) in rules.enumerated() {
      let bounds = cohort.rules[rule].bounds
      // Beyond what can be, one more is as good as any: a minimum is short in any
      // case, a maximum never reached, and so without a price.
      let minimum = min(bounds.minimum, most[rule] + 1)
      let maximum = min(bounds.maximum, most[rule] + 1)
      nodes.append(
        Node(
          parent: index(parents[at]), isRight: !cohort.rules[rule].right.isEmpty,
          minimum: Self.clamp(minimum),
          maximum: Self.clamp(max(minimum, maximum))))
    }
  }

  private static func clamp(_ value: Int) -> Int32 { Int32(clamping: value) }
}
