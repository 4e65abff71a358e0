/// Reads all score rows, as the rules let them be used.
struct ScoreRows {
  let scores: any ScoreSource
  private let forbidden: [Int: [Int]]
  private let pinned: [Int: [Int]]
  private let columns: Int

  init(_ scores: any ScoreSource, _ cohort: IndexedCohort) {
    self.scores = scores
    forbidden = cohort.forbiddenByLeft
    pinned = Dictionary(grouping: cohort.pinned, by: \.left).mapValues { $0.map(\.right) }
    columns = cohort.right.count
  }

  /// Room for one row.
  func makeRow() -> [Int32] { Array(repeating: -1, count: columns) }

  func fill(_ row: Int, into line: inout [Int32]) {
    scores.fill(row: row, into: &line)
    if let banned = forbidden[row] { for column in banned { line[column] = -1 } }
  }

  /// The scores of pairs that ascend by left.
  func scores(of pairs: [IndexedCohort.Pair]) -> [Int32] {
    var line = makeRow()
    var row = -1
    return pairs.map { pair in
      if pair.left != row {
        row = pair.left
        fill(row, into: &line)
      }
      return line[pair.right]
    }
  }

  /// Throws if a score is out of range or a pinned pair is not eligible.
  func check(_ cohort: IndexedCohort, row: Int, _ line: [Int32]) throws(CohortError) {
    for column in line.indices where line[column] < -1 || line[column] > PairScore.unit {
      throw .scoreOutOfRange(cohort.pair(.init(left: row, right: column)), line[column])
    }
    for column in pinned[row] ?? [] where line[column] < 0 {
      throw .pinnedIneligible(cohort.pair(.init(left: row, right: column)))
    }
  }

  func check(_ cohort: IndexedCohort) throws(CohortError) {
    var line = makeRow()
    for row in cohort.left.indices {
      fill(row, into: &line)
      try check(cohort, row: row, line)
    }
  }
}

/// How many pairs are looked at closely; found by measuring (Benchmarks/cohort).
struct CandidatePolicy {
  /// Up to this number of pairs all are candidates.
  var fewPairs = 1 << 16
  /// With more, the best of each row and of each column to begin with.
  var perRow = 20
  var perColumn = 6
  /// How many of a row's pairs that gain most by the prices join them at once.
  var nearest = 16
}

/// The pairs to begin with: the best of each row and of each column.
struct BestOfRowsAndColumns {
  private let perRow: Int
  private let perColumn: Int
  private let columns: Int
  /// Per column, `perColumn` scores, highest first, and their rows.
  private var best: [Int32]
  private var bestRow: [Int32]
  /// Per column, what a score must exceed.
  private var least: [Int32]
  private var chosen: [(row: Int32, column: Int32, score: Int32)] = []
  private var rowBest: [(score: Int32, column: Int32)] = []

  /// - Parameter floor: a pair must score as much.
  init(columns: Int, floor: Int32, _ policy: CandidatePolicy) {
    perRow = policy.perRow
    perColumn = policy.perColumn
    self.columns = columns
    best = Array(repeating: floor - 1, count: columns * perColumn)
    bestRow = Array(repeating: -1, count: columns * perColumn)
    least = Array(repeating: floor - 1, count: columns)
    lowest = floor - 1
  }

  private let lowest: Int32

  mutating func add(row: Int, _ line: [Int32]) {
    rowBest.removeAll(keepingCapacity: true)
    var bar = lowest
    for column in 0..<columns {
      let score = line[column]
      if score > bar {
        if rowBest.count == perRow { rowBest.removeLast() }
        var at = rowBest.count
        while at > 0, rowBest[at - 1].score < score { at -= 1 }
        rowBest.insert((score, Int32(column)), at: at)
        if rowBest.count == perRow { bar = rowBest[perRow - 1].score }
      }
      if score > least[column] { insert(row: row, column: column, score) }
    }
    for one in rowBest { chosen.append((Int32(row), one.column, one.score)) }
  }

  private mutating func insert(row: Int, column: Int, _ score: Int32) {
    let start = column * perColumn
    var at = start + perColumn - 1
    while at > start, best[at - 1] < score {
      best[at] = best[at - 1]
      bestRow[at] = bestRow[at - 1]
      at -= 1
    }
    best[at] = score
    bestRow[at] = Int32(row)
    least[column] = best[start + perColumn - 1]
  }

  /// All of them, ascending, each once.
  func pairs() -> [(row: Int32, column: Int32, score: Int32)] {
    var all = chosen
    for column in 0..<columns {
      for at in column * perColumn..<(column + 1) * perColumn where bestRow[at] >= 0 {
        all.append((bestRow[at], Int32(column), best[at]))
      }
    }
    all.sort { ($0.row, $0.column) < ($1.row, $1.column) }
    var result: [(row: Int32, column: Int32, score: Int32)] = []
    result.reserveCapacity(all.count)
    for one in all {
      if let last = result.last, last.row == one.row, last.column == one.column { continue }
      result.append(one)
    }
    return result
  }
}
