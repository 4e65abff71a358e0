import Matching

/// The best pairing by trying them all, row by row; what cannot be best any more is
/// cut off. Small cohorts only.
struct CohortBruteForce {
  /// Compared place by place.
  struct Worth: Comparable {
    var places: [Int64]

    static func < (a: Self, b: Self) -> Bool { a.places.lexicographicallyPrecedes(b.places) }
  }

  private let problem: CohortProblem
  private let rows: [[Int32]]
  private let objective: CohortObjective
  private let isPinned: [[Bool]]
  /// Per participant, left then right, the rules that count it.
  private let rules: [[Int]]
  /// From each row on: the most ends of pairs, and the largest sum of scores.
  private var restPairs: [Int]
  private var restTotal: [Int64]
  private var rightLoad: [Int]
  private var counts: [Int]
  private var best: Worth?

  /// - Returns: the best worth; nil when no pairing keeps the rules. For the total: sum,
  ///   pairs. For the fairest: pairs, worst score, sum.
  static func solve(
    _ problem: CohortProblem, _ rows: [[Int32]], _ objective: CohortObjective
  ) -> Worth? {
    var search = Self(problem, rows, objective)
    search.visit(row: 0, pairs: 0, worst: .max, total: 0)
    return search.best
  }

  private init(_ problem: CohortProblem, _ rows: [[Int32]], _ objective: CohortObjective) {
    self.problem = problem
    var rows = rows
    let left = Dictionary(uniqueKeysWithValues: problem.left.enumerated().map { ($1.id, $0) })
    let right = Dictionary(uniqueKeysWithValues: problem.right.enumerated().map { ($1.id, $0) })
    for pair in problem.forbidden { rows[left[pair.left]!][right[pair.right]!] = -1 }
    var isPinned = rows.map { $0.map { _ in false } }
    for pair in problem.pinned { isPinned[left[pair.left]!][right[pair.right]!] = true }
    self.rows = rows
    self.isPinned = isPinned
    self.objective = objective
    rules = (problem.left + problem.right).enumerated().map { at, one in
      problem.rules.indices.filter {
        problem.rules[$0].members?.contains(one.id) ?? (at < problem.left.count)
      }
    }
    restPairs = [0]
    restTotal = [0]
    for row in rows.indices.reversed() {
      let scores = rows[row].filter { $0 >= 0 }.sorted(by: >).prefix(problem.left[row].capacity)
      restPairs.append(restPairs[restPairs.count - 1] + scores.count)
      restTotal.append(restTotal[restTotal.count - 1] + scores.reduce(0) { $0 + Int64($1) })
    }
    restPairs.reverse()
    restTotal.reverse()
    rightLoad = Array(repeating: 0, count: problem.right.count)
    counts = Array(repeating: 0, count: problem.rules.count)
  }

  private func worth(pairs: Int, worst: Int32, total: Int64) -> Worth {
    objective == .total
      ? Worth(places: [total, Int64(pairs)]) : Worth(places: [Int64(pairs), Int64(worst), total])
  }

  private mutating func visit(row: Int, pairs: Int, worst: Int32, total: Int64) {
    for (rule, count) in zip(problem.rules, counts) {
      if count > rule.maximum ?? .max || count + 2 * restPairs[row] < rule.minimum { return }
    }
    guard row < rows.count else {
      for (one, load) in zip(problem.right, rightLoad) where load < one.minimum { return }
      let found = worth(pairs: pairs, worst: worst, total: total)
      if best.map({ $0 < found }) ?? true { best = found }
      return
    }
    let most = worth(pairs: pairs + restPairs[row], worst: worst, total: total + restTotal[row])
    if let best, most <= best { return }
    choose(row: row, from: 0, taken: 0, pairs: pairs, worst: worst, total: total)
  }

  private mutating func choose(
    row: Int, from column: Int, taken: Int, pairs: Int, worst: Int32, total: Int64
  ) {
    guard column < problem.right.count else {
      if taken >= problem.left[row].minimum {
        visit(row: row + 1, pairs: pairs, worst: worst, total: total)
      }
      return
    }
    let score = rows[row][column]
    if score >= 0, taken < problem.left[row].capacity,
      rightLoad[column] < problem.right[column].capacity
    {
      rightLoad[column] += 1
      let ends = rules[row] + rules[rows.count + column]
      for rule in ends { counts[rule] += 1 }
      choose(
        row: row, from: column + 1, taken: taken + 1, pairs: pairs + 1,
        worst: isPinned[row][column] ? worst : min(worst, score), total: total + Int64(score))
      for rule in ends { counts[rule] -= 1 }
      rightLoad[column] -= 1
    }
    if !isPinned[row][column] {
      choose(
        row: row, from: column + 1, taken: taken, pairs: pairs, worst: worst, total: total)
    }
  }
}

extension CohortResult {
  /// As `CohortBruteForce` states it.
  var worth: CohortBruteForce.Worth {
    objective == .total
      ? .init(places: [figures.total, Int64(figures.pairs)])
      : .init(places: [Int64(figures.pairs), Int64(figures.worst ?? .max), figures.total])
  }
}
