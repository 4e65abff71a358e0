import TestSupport
import Testing

@testable import Matching

@Suite("Cohort conflicts")
struct CohortConflictTests {
  /// The problem with only these constraints.
  private func keeping(_ kept: [CohortConstraint], of problem: CohortProblem) -> CohortProblem {
    var result = problem
    result.pinned = problem.pinned.filter { kept.contains(.pinned($0)) }
    result.forbidden = problem.forbidden.filter { kept.contains(.forbidden($0)) }
    func loosened(_ one: CohortParticipant, _ others: Int) -> CohortParticipant {
      let minimum = kept.contains(.participantMinimum(one.id, one.minimum)) ? one.minimum : 0
      let isKept = kept.contains(.capacity(one.id, one.capacity))
      return CohortParticipant(
        id: one.id, capacity: isKept ? one.capacity : max(others, minimum), minimum: minimum)
    }
    result.left = problem.left.map { loosened($0, problem.right.count) }
    result.right = problem.right.map { loosened($0, problem.left.count) }
    result.rules = problem.rules.map { rule in
      CohortRule(
        name: rule.name, members: rule.members,
        minimum: kept.contains(.ruleMinimum(rule.name, rule.minimum)) ? rule.minimum : 0,
        maximum: rule.maximum.flatMap { kept.contains(.ruleMaximum(rule.name, $0)) ? $0 : nil })
    }
    return result
  }

  @Test("none of a conflict can be left out", arguments: TestGenerator.seeds(20))
  func smallest(seed: UInt64) throws {
    var generator = TestGenerator(seed: 1_000 + seed)
    var found = 0
    while found < 12 {
      let instance = CohortInstance(&generator, size: 4)
      guard let conflict = try conflict(of: instance) else { continue }
      found += 1
      let all = conflict.constraints
      #expect(!all.isEmpty && conflict.isSmallest && !conflict.words.isEmpty)
      func canHold(_ kept: [CohortConstraint]) -> Bool {
        CohortBruteForce.solve(keeping(kept, of: instance.problem), instance.rows, .total) != nil
      }
      #expect(!canHold(all), "\(conflict.words) \(instance)")
      for at in all.indices {
        #expect(canHold(Array(all[..<at] + all[(at + 1)...])), "\(conflict.words) \(instance)")
      }
    }
  }

  /// nil when the rules can hold.
  private func conflict(of instance: CohortInstance) throws -> CohortConflict? {
    do {
      _ = try CohortSolver(instance.problem, scores: instance.scores).solve()
      return nil
    } catch {
      guard case .infeasible(let conflict) = error else { throw error }
      return conflict
    }
  }

  @Test("a quota larger than its group, in words")
  func words() throws {
    let rows = [[Int32]](repeating: Array(repeating: 10, count: 4), count: 4)
    var problem = CohortInstance(rows: rows).problem
    problem.rules = [
      CohortRule(name: "Peru", members: ["r0", "r1"], minimum: 3),
      CohortRule(name: "pairs", members: nil, maximum: 3),
    ]
    let solver = try CohortSolver(problem, scores: DenseScores(rows: rows))
    #expect(throws: CohortError.self) { try solver.check() }
    var instance = CohortInstance(rows: rows)
    instance.problem = problem
    let conflict = try #require(try conflict(of: instance))
    #expect(
      Set(conflict.constraints)
        == [.ruleMinimum("Peru", 3), .capacity("r0", 1), .capacity("r1", 1)])
    #expect(
      conflict.words == "These cannot all hold with the eligible pairs there are: “Peru” needs "
        + "at least 3 pairs; each of 2 participants (r0, r1) can have at most 1 pair. "
        + "Loosening any one of them resolves this conflict.")
    problem.rules[0].minimum = 2
    try CohortSolver(problem, scores: DenseScores(rows: rows)).check()
  }

  @Test("a cohort of 200 with crossing rules that conflict is told quickly")
  func large() throws {
    var generator = TestGenerator(seed: 9)
    let rows = (0..<200).map { _ in (0..<200).map { _ in Int32(generator.int(0...1_000_000)) } }
    var problem = CohortInstance(rows: rows).problem
    let ids = problem.left.map(\.id)
    problem.rules = [
      CohortRule(name: "north", members: Array(ids[..<100]), maximum: 40),
      CohortRule(name: "south", members: Array(ids[100...]), maximum: 50),
      CohortRule(name: "transport", members: ids.filter { $0.hasSuffix("3") }, minimum: 5),
      CohortRule(name: "all", members: nil, minimum: 95),
    ]
    var instance = CohortInstance(rows: rows)
    instance.problem = problem
    let conflict = try #require(try conflict(of: instance))
    #expect(
      Set(conflict.constraints)
        == [.ruleMaximum("north", 40), .ruleMaximum("south", 50), .ruleMinimum("all", 95)])
  }
}
