/// The stable pairing: highest scores first, whatever fits.
///
/// Scores are the same for both of a pair, so nobody waits for somebody better: a pair
/// that did not fit when its turn came was kept out by pairs that score as much, and
/// what kept it out stays (D. Gale, L. Shapley, 1962, for preferences that agree). That
/// also holds for the rules' maxima, which only fill up. Minima may be missed: then no
/// pairing is both, up to the order of equal scores.
struct StablePairing {
  private let cohort: IndexedCohort
  private let rows: ScoreRows
  private let run: CohortRun
  /// Each participant's rank among equals, by the seed.
  private let leftRank: [Int]
  private let rightRank: [Int]
  private var ledger: PairLedger
  private var line: [Int32]

  /// How many of a row's pairs are looked up at once.
  private static let perRow = 16

  private struct Next: Comparable {
    var score: Int32
    var rank: Int
    var row: Int

    static func < (a: Self, b: Self) -> Bool { (b.score, a.rank) < (a.score, b.rank) }
  }

  private struct Choice {
    var score: Int32
    var column: Int
  }

  init(
    _ cohort: IndexedCohort, _ rows: ScoreRows, _ run: CohortRun, leftRank: [Int],
    rightRank: [Int]
  ) {
    self.cohort = cohort
    self.rows = rows
    self.run = run
    self.leftRank = leftRank
    self.rightRank = rightRank
    ledger = PairLedger(cohort)
    line = rows.makeRow()
  }

  /// - Returns: the pairs, ascending; fewer when the run was stopped.
  mutating func solve() -> [IndexedCohort.Pair] {
    run.report(.pairing)
    for pair in cohort.pinned { ledger.insert(pair) }
    var queues = [[Choice]](repeating: [], count: cohort.left.count)
    var heap = MinHeap<Next>()
    func push(_ row: Int) {
      if let choice = queues[row].last {
        heap.insert(Next(score: choice.score, rank: leftRank[row], row: row))
      }
    }
    for row in cohort.left.indices {
      if run.shouldStop() { break }
      queues[row] = refill(row, after: nil)
      push(row)
    }
    while let next = heap.popFirst() {
      if run.shouldStop() { break }
      guard ledger.hasRoom(left: next.row), let choice = queues[next.row].popLast() else {
        continue
      }
      _ = ledger.add(.init(left: next.row, right: choice.column))
      if queues[next.row].isEmpty, ledger.hasRoom(left: next.row) {
        queues[next.row] = refill(next.row, after: choice)
      }
      push(next.row)
    }
    return ledger.pairs.sorted()
  }

  /// The row's best pairs after one, with those that still have room; best last.
  private mutating func refill(_ row: Int, after last: Choice?) -> [Choice] {
    guard ledger.hasRoom(left: row) else { return [] }
    rows.fill(row, into: &line)
    var found: [Choice] = []
    for column in line.indices where line[column] >= 0 {
      let one = Choice(score: line[column], column: column)
      if let worst = found.last, found.count == Self.perRow, !isBetter(one, worst) { continue }
      if let last, !isBetter(last, one) { continue }
      guard ledger.hasRoom(right: column) else { continue }
      if found.count == Self.perRow { found.removeLast() }
      let at = found.firstIndex { isBetter(one, $0) } ?? found.count
      found.insert(one, at: at)
    }
    return found.reversed()
  }

  private func isBetter(_ a: Choice, _ b: Choice) -> Bool {
    (b.score, rightRank[a.column]) < (a.score, rightRank[b.column])
  }
}

/// A binary heap, least first.
struct MinHeap<Element: Comparable> {
  private var elements: [Element] = []

  mutating func insert(_ element: Element) {
    elements.append(element)
    var at = elements.count - 1
    while at > 0, elements[at] < elements[(at - 1) / 2] {
      elements.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  mutating func popFirst() -> Element? {
    guard let last = elements.popLast() else { return nil }
    guard let first = elements.first else { return last }
    elements[0] = last
    var at = 0
    while true {
      let below = [2 * at + 1, 2 * at + 2].filter { $0 < elements.count }
      guard let least = below.min(by: { elements[$0] < elements[$1] }),
        elements[least] < elements[at]
      else { return first }
      elements.swapAt(at, least)
      at = least
    }
  }
}
