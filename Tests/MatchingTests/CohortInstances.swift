import Matching
import TestSupport

/// A small cohort with its scores.
struct CohortInstance {
  var problem: CohortProblem
  var rows: [[Int32]]

  var scores: DenseScores {
    DenseScores(
      leftCount: problem.left.count, rightCount: problem.right.count, scores: Array(rows.joined()))
  }

  /// One pair each, and no rules.
  init(rows: [[Int32]]) {
    self.rows = rows
    problem = CohortProblem(
      left: rows.indices.map { CohortParticipant(id: "l\($0)") },
      right: (rows.first ?? []).indices.map { CohortParticipant(id: "r\($0)") })
  }

  /// Any kind of rule, up to `size` on either side.
  init(_ generator: inout TestGenerator, size: Int) {
    let (n, m) = (generator.int(1...size), generator.int(1...size))
    let grid = generator.pick([2, 5, 1_000_000])
    let holes = generator.pick([0, 2, 5])
    self.init(
      rows: (0..<n).map { _ in
        (0..<m).map { _ in
          generator.int(0...9) < holes ? -1 : Int32(generator.int(0...grid))
        }
      })
    let often = generator.pick([0, 1, 4])
    func chance(_ generator: inout TestGenerator) -> Bool { generator.int(0...9) < often }
    for at in 0..<n where chance(&generator) { problem.left[at].capacity = generator.int(0...3) }
    for at in 0..<m where chance(&generator) { problem.right[at].capacity = generator.int(0...3) }
    if generator.int(0...3) == 0 {
      for at in 0..<n where chance(&generator) {
        problem.left[at].minimum = min(1, problem.left[at].capacity)
      }
      for at in 0..<m where chance(&generator) {
        problem.right[at].minimum = min(1, problem.right[at].capacity)
      }
    }
    let ids = (problem.left + problem.right).map(\.id)
    for number in 0..<generator.pick([0, 0, 1, 2, 3]) {
      let from = generator.pick([problem.left.map(\.id), problem.right.map(\.id), ids])
      let members =
        generator.int(0...5) == 0 ? nil : from.filter { _ in generator.int(0...1) == 0 }
      let minimum = generator.pick([0, 0, 0, 1, 2])
      problem.rules.append(
        CohortRule(
          name: "rule \(number)", members: members, minimum: minimum,
          maximum: generator.int(0...3) == 0 ? nil : minimum + generator.int(0...3)))
    }
    for row in 0..<n {
      for column in 0..<m where generator.int(0...40) == 0 && rows[row][column] >= 0 {
        let pair = CohortPair(left: "l\(row)", right: "r\(column)")
        if generator.int(0...1) == 0 {
          problem.pinned.append(pair)
        } else {
          problem.forbidden.append(pair)
        }
      }
    }
  }
}
