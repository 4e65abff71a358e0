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
  /// Participants of one side whom the same rules count, where rules cross; their nodes
  /// follow those of the rules. Once each atom's number of pairs is known, no rule
  /// crosses any more.
  private(set) var atoms: [Atom] = []

  struct Atom {
    var isRight: Bool
    /// Ascending.
    var members: [Int]
    /// The most pairs that its members can have.
    var most: Int
  }

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
    let (atomOf, around) = findAtoms(cohort, owner)
    let hub = participants + rules.count + atoms.count
    func index(_ rule: Int) -> Int { rule < 0 ? hub : participants + rule }
    for at in 0..<participants {
      let isRight = at >= leftCount
      let bounds = isRight ? cohort.right[at - leftCount] : cohort.left[at]
      nodes.append(
        Node(
          parent: atomOf[at].map { participants + rules.count + $0 } ?? index(owner[at]),
          isRight: isRight, minimum: Self.clamp(bounds.minimum),
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
    for (at, atom) in atoms.enumerated() {
      nodes.append(
        Node(
          parent: index(around[at]), isRight: atom.isRight, minimum: 0,
          maximum: Self.clamp(atom.most + 1)))
    }
  }

  /// The node of an atom.
  func node(ofAtom atom: Int) -> Int { leftCount + rightCount + rules.count + atom }

  /// - Returns: each participant's atom, and the rule around each atom.
  private mutating func findAtoms(
    _ cohort: IndexedCohort, _ owner: [Int]
  ) -> (atomOf: [Int?], around: [Int]) {
    var signatures = [[Int]](repeating: [], count: owner.count)
    for rule in crossing {
      for member in cohort.rules[rule].left { signatures[member].append(rule) }
      for member in cohort.rules[rule].right { signatures[leftCount + member].append(rule) }
    }
    var atomOf = [Int?](repeating: nil, count: owner.count)
    var around: [Int] = []
    var known: [[Int]: Int] = [:]
    for at in owner.indices where !signatures[at].isEmpty {
      let isRight = at >= leftCount
      let key = signatures[at] + [owner[at], isRight ? 1 : 0]
      let atom = known[key] ?? atoms.count
      if atom == atoms.count {
        known[key] = atom
        atoms.append(Atom(isRight: isRight, members: [], most: 0))
        around.append(owner[at])
      }
      let member = isRight ? at - leftCount : at
      atomOf[at] = atom
      atoms[atom].members.append(member)
      atoms[atom].most += (isRight ? cohort.right : cohort.left)[member].maximum
    }
    return (atomOf, around)
  }

  private static func clamp(_ value: Int) -> Int32 { Int32(clamping: value) }
}
