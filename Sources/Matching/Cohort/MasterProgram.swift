/// The linear program that mixes pairings so that crossing rules hold on average,
/// and whose duals are those rules' next prices (G. Dantzig, P. Wolfe, Operations
/// Research 8, 1960).
///
///     maximise Σ share · value, Σ share = 1,
///     for each row Σ share · count ≤ maximum or ≥ minimum
///
/// A unit of a row that is missed costs `penalty`. It has as many rows as there are
/// bounds that cross, so a dense simplex is enough. Its floating-point numbers only
/// suggest prices; what they prove is computed in integers elsewhere.
struct MasterProgram {
  struct Row {
    /// Index of the rule.
    var rule: Int
    var isMaximum: Bool
    var bound: Double
  }

  private struct Column {
    var cost: Double
    /// Per row, the convexity row first.
    var entries: [Double]
    /// Index of the pairing; nil of a slack or a penalty.
    var pairing: Int?
  }

  let rows: [Row]
  private let penalty: Double
  private var columns: [Column] = []
  private var pairings = 0
  /// Per row, the basic column, its value, and the inverse of the basis.
  private var basis: [Int] = []
  private var values: [Double] = []
  private var inverse: [[Double]] = []

  init(rows: [Row], penalty: Double) {
    self.rows = rows
    self.penalty = penalty
    for at in rows.indices {
      for sign in [1.0, -1.0] {
        var entries = [Double](repeating: 0, count: rows.count + 1)
        entries[at + 1] = sign
        let isSlack = rows[at].isMaximum == (sign > 0)
        columns.append(Column(cost: isSlack ? 0 : -penalty, entries: entries))
      }
    }
  }

  /// Adds a pairing.
  /// - Parameter counts: per rule.
  mutating func add(value: Double, counts: [Int]) {
    let entries = [1] + rows.map { Double(counts[$0.rule]) }
    columns.append(Column(cost: value, entries: entries, pairing: pairings))
    pairings += 1
    if basis.isEmpty { begin(with: columns.count - 1) }
  }

  private mutating func begin(with column: Int) {
    basis = [column]
    values = [1]
    var row = [Double](repeating: 0, count: rows.count + 1)
    row[0] = 1
    inverse = [row]
    for at in rows.indices {
      let count = columns[column].entries[at + 1]
      let rest = rows[at].bound - count
      let sign = rest < 0 ? -1.0 : 1.0
      var line = [Double](repeating: 0, count: rows.count + 1)
      line[0] = -count * sign
      line[at + 1] = sign
      inverse.append(line)
      values.append(rest * sign)
      basis.append(2 * at + (rest < 0 ? 1 : 0))
    }
  }

  /// - Returns: the price of each row, and the share of each pairing that has one.
  mutating func solve() -> (prices: [Double], shares: [(pairing: Int, share: Double)]) {
    let size = rows.count + 1
    var duals: [Double] = []
    for round in 0..<2_000 {
      duals = (0..<size).map { at in
        (0..<size).reduce(0) { $0 + columns[basis[$1]].cost * inverse[$1][at] }
      }
      // After many rounds the first that gains instead of the best: no cycles (R. Bland).
      var entering: Int?
      var most = 1e-9 * max(1, penalty / 1e3)
      for (at, column) in columns.enumerated() {
        let gain = column.cost - zip(duals, column.entries).reduce(0) { $0 + $1.0 * $1.1 }
        guard gain > most, !basis.contains(at) else { continue }
        entering = at
        if round > 500 { break }
        most = gain
      }
      guard let entering, pivot(entering) else { break }
    }
    let shares = basis.indices.compactMap { at in
      columns[basis[at]].pairing.map { (pairing: $0, share: values[at]) }
    }
    return (Array(duals.dropFirst()), shares)
  }

  private mutating func pivot(_ entering: Int) -> Bool {
    let direction = inverse.map { row in
      zip(row, columns[entering].entries).reduce(0) { $0 + $1.0 * $1.1 }
    }
    var leaving: Int?
    var least = Double.infinity
    for at in direction.indices where direction[at] > 1e-9 {
      let ratio = max(0, values[at]) / direction[at]
      if ratio < least - 1e-12 || (ratio <= least && leaving.map { basis[at] < basis[$0] } ?? true)
      {
        least = ratio
        leaving = at
      }
    }
    guard let leaving else { return false }
    for at in inverse[leaving].indices { inverse[leaving][at] /= direction[leaving] }
    values[leaving] = least
    for row in inverse.indices where row != leaving && direction[row] != 0 {
      for at in inverse[row].indices { inverse[row][at] -= direction[row] * inverse[leaving][at] }
      values[row] -= direction[row] * least
    }
    basis[leaving] = entering
    return true
  }
}
