extension CohortSolver {
  /// The candidates that a participant is not paired with, those first that would cost
  /// the total least, then those that score most.
  /// - Parameter result: what this solver's `solve` gave.
  /// - Returns: at most `count`; none when the id is unknown.
  /// - Complexity: reads one row for a left participant, all rows for a right one.
  public func alternates(
    of id: String, in result: CohortResult, count: Int
  ) -> [CohortResult.Alternate] {
    let prices =
      result.objective == .total && result.isOptimal
      ? result.certificate.claims.first.flatMap { LossPrices($0, cohort) } : nil
    let partners = Set(
      result.pairs.compactMap { $0.left == id ? $0.right : $0.right == id ? $0.left : nil })
    let rows = ScoreRows(scores, cohort)
    var line = rows.makeRow()
    var found: [CohortResult.Alternate] = []
    func add(_ other: String, _ row: Int, _ column: Int) {
      guard line[column] >= 0, !partners.contains(other) else { return }
      found.append(
        .init(
          id: other, score: line[column],
          loss: prices?.loss(row, column, score: line[column])))
    }
    if let row = cohort.leftIDs.firstIndex(of: id) {
      rows.fill(row, into: &line)
      for column in line.indices { add(cohort.rightIDs[column], row, column) }
    } else if let column = cohort.rightIDs.firstIndex(of: id) {
      for row in cohort.left.indices {
        rows.fill(row, into: &line)
        add(cohort.leftIDs[row], row, column)
      }
    }
    found.sort { ($0.loss ?? 0, -$0.score, $0.id) < ($1.loss ?? 0, -$1.score, $1.id) }
    return Array(found.prefix(count))
  }
}
