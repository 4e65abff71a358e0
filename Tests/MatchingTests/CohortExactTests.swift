import TestSupport
import Testing

@testable import Matching

@Suite("Cohort pairing, against all pairings")
struct CohortExactTests {
  /// Solves, compares with every pairing, and checks the result.
  static func compare(_ instance: CohortInstance, _ objective: CohortObjective) throws {
    let solver = try CohortSolver(instance.problem, scores: instance.scores, objective: objective)
    do {
      let result = try solver.solve()
      #expect(result.isOptimal)
      if objective != .stable {
        let best = CohortBruteForce.solve(instance.problem, instance.rows, objective)
        #expect(result.worth == best, "\(instance)")
      }
      let faults = CertificateCheck(instance.problem, scores: instance.scores).faults(in: result)
      #expect(faults == [], "\(instance)")
    } catch .infeasible(let conflict) {
      #expect(
        CohortBruteForce.solve(instance.problem, instance.rows, .total) == nil,
        "\(conflict.words) \(instance)")
    } catch .stableBreaksMinima(let missed) {
      #expect(!missed.isEmpty && objective == .stable)
      #expect(CohortBruteForce.solve(instance.problem, instance.rows, .total) != nil)
    }
  }

  /// Every choice of `count` rows out of these, in one order only: the order of rows
  /// changes nothing.
  static func multisets(_ rows: [[Int32]], count: Int) -> [[[Int32]]] {
    guard count > 0 else { return [[]] }
    return rows.indices.flatMap { at in
      multisets(Array(rows[at...]), count: count - 1).map { [rows[at]] + $0 }
    }
  }

  static func rows(_ values: [Int32], count: Int) -> [[Int32]] {
    (0..<count).reduce([[]]) { rows, _ in rows.flatMap { row in values.map { row + [$0] } } }
  }

  @Test("all cohorts up to 3 by 3", arguments: CohortObjective.allCases)
  func all(objective: CohortObjective) throws {
    for n in 1...3 {
      for m in 1...3 {
        for rows in Self.multisets(Self.rows([-1, 0, 2], count: m), count: n) {
          try Self.compare(CohortInstance(rows: rows), objective)
        }
      }
    }
  }

  @Test("all cohorts of 4 by 4 with two kinds of pairs", arguments: CohortObjective.allCases)
  func allOfFour(objective: CohortObjective) throws {
    for values: [Int32] in [[-1, 1], [0, 1]] {
      for rows in Self.multisets(Self.rows(values, count: 4), count: 4) {
        try Self.compare(CohortInstance(rows: rows), objective)
      }
    }
  }

  @Test("ten thousand random cohorts with every kind of rule", arguments: TestGenerator.seeds(100))
  func random(seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    for number in 0..<100 {
      let instance = CohortInstance(&generator, size: 7)
      try Self.compare(instance, CohortObjective.allCases[number % 3])
    }
  }
}
