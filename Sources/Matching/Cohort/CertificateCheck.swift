/// What is wrong with a result.
public enum CohortFault: Hashable, Sendable {
  /// The pair is of unknown participants, not eligible, or forbidden.
  case notAllowed(CohortPair)
  case pairedTwice(CohortPair)
  case wrongScore(CohortPair)
  case pinnedMissing(CohortPair)
  /// A participant's capacity or minimum.
  case participantBounds(String)
  case ruleBounds(String)
  /// The figures are not those of the pairs.
  case wrongFigures
  /// A stable pairing has blocking pairs.
  case blockingPairs(Int)
  /// The certificate's claims are not those that the objective needs.
  case wrongClaims
  /// The claim at this place is not proven by its leaves.
  case unproven(claim: Int)
  /// Bound, gap, or optimality is not what the certificate says.
  case wrongBound
}

/// Verifies a result on its own: every rule, the figures, and the certificate against
/// all pairs. It shares no code with the solver and trusts nothing that it says.
public struct CertificateCheck {
  private typealias Prices = (left: [Int64], right: [Int64])

  private let problem: CohortProblem
  private let scores: any ScoreSource
  private let leftIndex: [String: Int]
  private let rightIndex: [String: Int]
  private let pinned: Set<CohortPair>
  private let forbidden: Set<CohortPair>
  /// Whether there are no rules and no minima.
  private let isFree: Bool

  /// - Parameter problem: one that `CohortSolver` takes.
  public init(_ problem: CohortProblem, scores: any ScoreSource) {
    self.problem = problem
    self.scores = scores
    leftIndex = Dictionary(
      problem.left.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { a, _ in a })
    rightIndex = Dictionary(
      problem.right.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { a, _ in a })
    pinned = Set(problem.pinned)
    forbidden = Set(problem.forbidden)
    isFree =
      problem.rules.isEmpty && (problem.left + problem.right).allSatisfy { $0.minimum == 0 }
  }

  /// All faults found; none when the result is as good as it says.
  /// - Complexity: two readings of all scores, and one for each further leaf.
  public func faults(in result: CohortResult) -> [CohortFault] {
    var faults: Set<CohortFault> = []
    var partners = [[Int: Int32]](repeating: [:], count: problem.left.count)
    for pair in result.pairs {
      let key = CohortPair(left: pair.left, right: pair.right)
      guard let left = leftIndex[pair.left], let right = rightIndex[pair.right] else {
        return [.notAllowed(key)]
      }
      if partners[left].updateValue(pair.score, forKey: right) != nil {
        faults.insert(.pairedTwice(key))
      }
      if forbidden.contains(key) { faults.insert(.notAllowed(key)) }
      if pair.isPinned != pinned.contains(key) { faults.insert(.wrongFigures) }
    }
    for row in partners.indices where !partners[row].isEmpty {
      let line = self.line(row)
      for (column, score) in partners[row] {
        if line[column] < 0 { faults.insert(.notAllowed(key(row, column))) }
        if line[column] != score { faults.insert(.wrongScore(key(row, column))) }
      }
    }
    for pair in pinned where !has(pair, partners) { faults.insert(.pinnedMissing(pair)) }
    faults.formUnion(boundFaults(partners))
    guard faults.isEmpty else { return Array(faults) }
    let figures = figures(partners)
    if figures != result.figures { faults.insert(.wrongFigures) }
    faults.formUnion(claimFaults(result, figures))
    return Array(faults)
  }

  private func key(_ row: Int, _ column: Int) -> CohortPair {
    CohortPair(left: problem.left[row].id, right: problem.right[column].id)
  }

  private func has(_ pair: CohortPair, _ partners: [[Int: Int32]]) -> Bool {
    guard let left = leftIndex[pair.left], let right = rightIndex[pair.right] else { return false }
    return partners[left][right] != nil
  }

  private func line(_ row: Int) -> [Int32] {
    var line = [Int32](repeating: -1, count: problem.right.count)
    scores.fill(row: row, into: &line)
    return line
  }

  // MARK: Rules

  /// Ends of pairs at each participant, by id.
  private func ends(_ partners: [[Int: Int32]]) -> [String: Int] {
    var ends: [String: Int] = [:]
    for row in partners.indices {
      for column in partners[row].keys {
        ends[problem.left[row].id, default: 0] += 1
        ends[problem.right[column].id, default: 0] += 1
      }
    }
    return ends
  }

  private func members(_ rule: CohortRule) -> Set<String> {
    Set(rule.members ?? problem.left.map(\.id))
  }

  private func boundFaults(_ partners: [[Int: Int32]]) -> [CohortFault] {
    let ends = ends(partners)
    let participants = (problem.left + problem.right).filter {
      !($0.minimum...max($0.minimum, $0.capacity)).contains(ends[$0.id] ?? 0)
    }
    let rules = problem.rules.filter { rule in
      let count = members(rule).reduce(0) { $0 + (ends[$1] ?? 0) }
      return count < rule.minimum || count > rule.maximum ?? .max
    }
    return participants.map { .participantBounds($0.id) } + rules.map { .ruleBounds($0.name) }
  }

  // MARK: Figures

  /// Who pairs with whom, in numbers: left participants, then right ones.
  private struct Held {
    var partners: [[Int: Int32]]
    /// The worst partner that each could leave, of equals the last; none if it has room
    /// or only pinned ones.
    var worst: [(index: Int, score: Int32)?]
    /// What a score must exceed for a new partner to be wanted.
    var least: [Int32]
    var rulesOf: [[Int]]
    var counts: [Int]
  }

  private func held(_ partners: [[Int: Int32]]) -> Held {
    let all = problem.left + problem.right
    let leftCount = problem.left.count
    var held = Held(
      partners: partners + problem.right.map { _ in [:] }, worst: [], least: [],
      rulesOf: all.map { _ in [] }, counts: problem.rules.map { _ in 0 })
    for row in partners.indices {
      for (column, score) in partners[row] { held.partners[leftCount + column][row] = score }
    }
    for (number, rule) in problem.rules.enumerated() {
      let members = members(rule)
      for index in all.indices where members.contains(all[index].id) {
        held.rulesOf[index].append(number)
        held.counts[number] += held.partners[index].count
      }
    }
    for (index, one) in all.enumerated() {
      if held.partners[index].count < one.capacity {
        held.worst.append(nil)
        held.least.append(-1)
        continue
      }
      let free = held.partners[index].filter {
        let pair = index < leftCount ? key(index, $0.key) : key($0.key, index - leftCount)
        return !pinned.contains(pair)
      }
      let worst = free.min { ($0.value, $1.key) < ($1.value, $0.key) }
      held.worst.append(worst.map { ($0.key, $0.value) })
      held.least.append(worst?.value ?? .max)
    }
    return held
  }

  private func figures(_ partners: [[Int: Int32]]) -> CohortResult.Figures {
    var figures = CohortResult.Figures(pairs: 0, total: 0, worst: nil, blockingPairs: 0)
    for row in partners.indices {
      for (column, score) in partners[row] {
        figures.pairs += 1
        figures.total += Int64(score)
        if pinned.isEmpty || !pinned.contains(key(row, column)) {
          figures.worst = min(figures.worst ?? score, score)
        }
      }
    }
    let held = held(partners)
    let leftCount = problem.left.count
    let right = Array(held.least[leftCount...])
    let bannedRows = Set(forbidden.compactMap { leftIndex[$0.left] })
    var change = problem.rules.map { _ in 0 }
    for row in partners.indices where held.least[row] < .max {
      let line = self.line(row)
      for column in line.indices where line[column] > max(held.least[row], right[column]) {
        if partners[row][column] != nil { continue }
        if bannedRows.contains(row), forbidden.contains(key(row, column)) { continue }
        if mayPair(row, leftCount + column, held, &change) { figures.blockingPairs += 1 }
      }
    }
    return figures
  }

  /// Whether all bounds hold when the two pair and each that is full leaves its worst.
  /// - Parameter change: zeros, one for each rule; zeros again after.
  private func mayPair(_ left: Int, _ right: Int, _ held: Held, _ change: inout [Int]) -> Bool {
    if isFree { return true }
    let leftCount = problem.left.count
    // Whose number of pairs changes: one that is full gains and loses one.
    var changes: [(index: Int, by: Int)] = []
    if let old = held.worst[left] {
      changes.append((leftCount + old.index, -1))
    } else {
      changes.append((left, 1))
    }
    if let old = held.worst[right] {
      changes.append((old.index, -1))
    } else {
      changes.append((right, 1))
    }
    var holds = true
    for (index, by) in changes {
      let one = index < leftCount ? problem.left[index] : problem.right[index - leftCount]
      if by < 0, held.partners[index].count + by < one.minimum { holds = false }
      for rule in held.rulesOf[index] { change[rule] += by }
    }
    for (index, _) in changes {
      for rule in held.rulesOf[index] where change[rule] != 0 {
        let count = held.counts[rule] + change[rule]
        if count < problem.rules[rule].minimum || count > problem.rules[rule].maximum ?? .max {
          holds = false
        }
        change[rule] = 0
      }
    }
    return holds
  }

  // MARK: The certificate

  private var mostPairs: Int {
    min(
      problem.left.reduce(0) { $0 + room($1, problem.right.count) },
      problem.right.reduce(0) { $0 + room($1, problem.left.count) })
  }

  private func room(_ one: CohortParticipant, _ others: Int) -> Int { min(one.capacity, others) }

  private func claimFaults(
    _ result: CohortResult, _ figures: CohortResult.Figures
  ) -> [CohortFault] {
    let claims = result.certificate.claims
    for (at, claim) in claims.enumerated() where !isProven(claim) { return [.unproven(claim: at)] }
    switch result.objective {
    case .stable:
      guard claims.isEmpty else { return [.wrongClaims] }
      if result.bound != nil || result.gap != nil { return [.wrongBound] }
      return result.isOptimal && figures.blockingPairs > 0
        ? [.blockingPairs(figures.blockingPairs)] : []
    case .total:
      guard claims.count == 1, claims[0].minimumPairs == 0, claims[0].floor <= 0 else {
        return [.wrongClaims]
      }
      return totalFaults(claims[0], result, figures)
    case .fairest:
      return fairestFaults(result, figures)
    }
  }

  /// Of a claim on the total: the bound is what it says, and reached if optimal.
  private func totalFaults(
    _ claim: CohortCertificate.Claim, _ result: CohortResult, _ figures: CohortResult.Figures
  ) -> [CohortFault] {
    guard claim.measure == .total, claim.pairUnit > mostPairs else { return [.wrongClaims] }
    let (value, isTooLarge) = figures.total.multipliedReportingOverflow(by: claim.pairUnit)
    let (worth, overflows) = value.addingReportingOverflow(Int64(figures.pairs))
    guard !isTooLarge, !overflows, let bound = result.bound else { return [.wrongBound] }
    let isRight =
      bound == max(claim.bound, worth) / claim.pairUnit
      && result.gap == bound.subtractingReportingOverflow(figures.total).partialValue
      && result.isOptimal == (claim.bound <= worth)
    return isRight ? [] : [.wrongBound]
  }

  private func fairestFaults(
    _ result: CohortResult, _ figures: CohortResult.Figures
  ) -> [CohortFault] {
    var claims = result.certificate.claims
    let unit: Int32 = 1_000_000
    guard let most = claims.first, most.measure == .pairs, most.floor <= 0, most.minimumPairs == 0
    else { return [.wrongClaims] }
    claims.removeFirst()
    // What the worst score cannot exceed while the pairs are as many.
    var highest = unit
    let isMost = most.bound <= Int64(figures.pairs)
    if isMost, let higher = claims.first, higher.measure == .pairs, higher.minimumPairs == 0,
      higher.bound < Int64(figures.pairs)
    {
      guard (0...unit).contains(higher.floor) else { return [.wrongClaims] }
      highest = higher.floor - 1
      claims.removeFirst()
    }
    guard let total = claims.first else {
      let isRight =
        !result.isOptimal && result.bound == Int64(highest)
        && result.gap == Int64(highest) - Int64(figures.worst ?? 0)
      return isRight ? [] : [.wrongBound]
    }
    guard claims.count == 1, isMost, total.minimumPairs <= figures.pairs,
      total.floor <= figures.worst ?? 0, (figures.worst ?? highest) >= highest
    else { return [.wrongClaims] }
    return totalFaults(total, result, figures)
  }

  /// Whether every leaf's prices prove the bound and no case is left out.
  private func isProven(_ claim: CohortCertificate.Claim) -> Bool {
    guard claim.scale > 0, claim.scale < 1 << 41, claim.pairUnit >= 0,
      (claim.pairUnit == 0) == (claim.measure == .pairs),
      Int128(claim.pairUnit) * Int128(claim.scale) < 1 << 41,
      coversAll(claim.leaves.map { $0.decisions[...] })
    else { return false }
    return claim.leaves.allSatisfy { leaf in
      guard let bound = bound(leaf, claim) else { return false }
      // In whole units, since values are.
      return claim.bound >= 0 ? bound < (Int128(claim.bound) + 1) * Int128(claim.scale) : bound < 0
    }
  }

  /// The most pairs that the group's members can have; nil if one is unknown.
  private func reach(of group: [String]) -> Int? {
    group.reduce(Int?(0)) { sum, id in
      guard let sum else { return nil }
      if let at = leftIndex[id] { return sum + room(problem.left[at], problem.right.count) }
      return rightIndex[id].map { sum + room(problem.right[$0], problem.left.count) }
    }
  }

  /// Whether the leaves are all the ends of one tree of decisions: below and above a
  /// number, nothing between.
  private func coversAll(_ leaves: [ArraySlice<CohortCertificate.Decision>]) -> Bool {
    if leaves.contains(where: \.isEmpty) { return true }
    guard let first = leaves.first?.first, let most = first.atMost ?? first.atLeast.map({ $0 - 1 })
    else { return false }
    let (below, above) = (
      leaves.filter { $0.first == .init(group: first.group, atMost: most, atLeast: nil) },
      leaves.filter { $0.first == .init(group: first.group, atMost: nil, atLeast: most + 1) }
    )
    guard below.count + above.count == leaves.count else { return false }
    return coversAll(below.map { $0.dropFirst() }) && coversAll(above.map { $0.dropFirst() })
  }

  /// The bound by one leaf's prices, scaled; nil if it names what is not there.
  private func bound(_ leaf: CohortCertificate.Leaf, _ claim: CohortCertificate.Claim) -> Int128? {
    var sum: Int128 = 0
    func add(_ price: Int64, _ minimum: Int, _ maximum: Int) {
      sum += Int128(price) * Int128(price > 0 ? maximum : minimum)
    }
    var prices = [String: Int128]()
    for (id, price) in leaf.participants {
      prices[id, default: 0] += Int128(price)
      if let at = leftIndex[id] {
        add(price, problem.left[at].minimum, room(problem.left[at], problem.right.count))
      } else if let at = rightIndex[id] {
        add(price, problem.right[at].minimum, room(problem.right[at], problem.left.count))
      } else {
        return nil
      }
    }
    for (name, price) in leaf.rules {
      guard let rule = problem.rules.first(where: { $0.name == name }) else { return nil }
      let members = members(rule)
      for id in members { prices[id, default: 0] += Int128(price) }
      add(price, rule.minimum, rule.maximum ?? 2 * mostPairs)
    }
    guard leaf.groups.count == claim.groups.count else { return nil }
    for (number, group) in claim.groups.enumerated() {
      guard Set(group).count == group.count, let reach = reach(of: group) else { return nil }
      var (low, high) = (0, reach)
      for decision in leaf.decisions where decision.group == number {
        low = max(low, decision.atLeast ?? low)
        high = min(high, decision.atMost ?? high)
      }
      // Nothing is so many and so few at once.
      if low > high { return -1 }
      add(leaf.groups[number], low, high)
      for id in group { prices[id, default: 0] += Int128(leaf.groups[number]) }
    }
    add(leaf.pairs, claim.minimumPairs, mostPairs)
    let limit: Int128 = 1 << 60
    let all = (
      left: problem.left.map { (prices[$0.id] ?? 0) + Int128(leaf.pairs) },
      right: problem.right.map { prices[$0.id] ?? 0 }
    )
    guard (all.left + all.right).allSatisfy({ $0 > -limit && $0 < limit }) else { return nil }
    let (left, right) = (all.left.map { Int64($0) }, all.right.map { Int64($0) })
    let special = Set(pinned.union(forbidden).compactMap { leftIndex[$0.left] })
    for row in left.indices {
      let line = self.line(row)
      for column in line.indices where line[column] >= 0 {
        let weight = (Int64(line[column]) * claim.pairUnit + 1) * claim.scale
        let gain = weight - left[row] - right[column]
        guard special.contains(row) else {
          if gain > 0, line[column] >= claim.floor { sum += Int128(gain) }
          continue
        }
        let pair = key(row, column)
        if forbidden.contains(pair) { continue }
        if pinned.contains(pair) {
          sum += Int128(gain)
        } else if gain > 0, line[column] >= claim.floor {
          sum += Int128(gain)
        }
      }
    }
    return sum
  }
}
