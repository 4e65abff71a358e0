import Foundation
import TestSupport
import Testing

@testable import Matching

@Suite("Cohort rules and answers")
struct CohortRuleTests {
  private func solve(
    _ problem: CohortProblem, _ rows: [[Int32]], _ objective: CohortObjective = .total
  ) throws -> CohortResult {
    let scores = DenseScores(
      leftCount: problem.left.count, rightCount: problem.right.count, scores: Array(rows.joined()))
    let result = try CohortSolver(problem, scores: scores, objective: objective).solve()
    #expect(CertificateCheck(problem, scores: scores).faults(in: result) == [])
    return result
  }

  private func error(_ problem: CohortProblem, _ rows: [[Int32]]) -> CohortError? {
    do {
      _ = try solve(problem, rows)
      return nil
    } catch {
      return error as? CohortError
    }
  }

  private let square = CohortInstance(rows: [[5, 4], [4, 1]])

  @Test("objectives differ where they should")
  func objectives() throws {
    let rows: [[Int32]] = [[100, 80, -1], [90, 10, -1], [-1, -1, 0]]
    let problem = CohortInstance(rows: rows).problem
    let total = try solve(problem, rows)
    #expect(total.figures == .init(pairs: 3, total: 170, worst: 0, blockingPairs: 1))
    let stable = try solve(problem, rows, .stable)
    #expect(stable.figures == .init(pairs: 3, total: 110, worst: 0, blockingPairs: 0))
    #expect(stable.bound == nil && stable.isOptimal && stable.certificate.claims.isEmpty)
    var fair = rows
    fair[2][2] = 60
    fair[0][0] = 1_000
    let fairest = try solve(problem, fair, .fairest)
    #expect(fairest.figures.worst == 60 && fairest.figures.total == 230)
    #expect(try solve(problem, fair).figures.worst == 10)
  }

  @Test("a score of 0 is a pair, ineligible is none")
  func zero() throws {
    let result = try solve(CohortInstance(rows: [[0, -1]]).problem, [[0, -1]])
    #expect(result.pairs.map(\.right) == ["r0"] && result.figures.total == 0)
    #expect(result.unpaired.map(\.reason) == [.noCandidate])
  }

  @Test("nobody, one side empty, no candidates, no capacity")
  func nothing() throws {
    for objective in CohortObjective.allCases {
      let empty = try solve(CohortProblem(left: [], right: []), [], objective)
      #expect(empty.pairs.isEmpty && empty.unpaired.isEmpty && empty.isOptimal)
      let oneSided = try solve(
        CohortProblem(left: [CohortParticipant(id: "a")], right: []), [[]], objective)
      #expect(oneSided.unpaired.map(\.reason) == [.noCandidate] && oneSided.isOptimal)
      let ineligible = try solve(CohortInstance(rows: [[-1]]).problem, [[-1]], objective)
      #expect(ineligible.unpaired.map(\.reason) == [.noCandidate, .noCandidate])
      var problem = square.problem
      problem.left[0].capacity = 0
      problem.left[1].capacity = 0
      let full = try solve(problem, square.rows, objective)
      #expect(
        full.pairs.isEmpty && full.unpaired.map(\.reason).prefix(2) == [.noCapacity, .noCapacity])
    }
  }

  @Test("why somebody is without, and the next best")
  func reasons() throws {
    let rows: [[Int32]] = [[500, 400], [450, 300], [200, 100]]
    let problem = CohortInstance(rows: rows).problem
    let result = try solve(problem, rows)
    let third = try #require(result.unpaired.first)
    // 850 with l0–r1 and l1–r0; with l2–r0 at most 600, with l2–r1 600.
    #expect(third.id == "l2" && third.pairs == 0 && third.capacity == 1)
    guard case .candidatesFull(let best, let loss?) = third.reason else {
      Issue.record("\(third.reason)")
      return
    }
    #expect(best == "r0" && (0...250).contains(loss))
    #expect(Set(third.alternates.map(\.id)) == ["r0", "r1"])
    let solver = try CohortSolver(problem, scores: DenseScores(rows: rows))
    let next = solver.alternates(of: "l0", in: result, count: 5)
    #expect(next.map(\.id) == ["r0"] && next.map(\.score) == [500])
    // With l0–r0 in, l1–r1 is all that fits beside it or l2–r1: 800 instead of 850.
    #expect((0...50).contains(try #require(next[0].loss)))
    #expect(solver.alternates(of: "r1", in: result, count: 1).count == 1)
    #expect(solver.alternates(of: "nobody", in: result, count: 1).isEmpty)
    var capped = problem
    capped.rules = [CohortRule(name: "newcomers", members: ["l1", "l2"], maximum: 1)]
    capped.right.append(CohortParticipant(id: "r2"))
    let wide: [[Int32]] = [[500, 400, 1], [450, 300, 1], [200, 100, 1]]
    let held = try solve(capped, wide)
    #expect(held.unpaired.map(\.reason).contains(.ruleMaximum(["newcomers"])))
  }

  @Test("crossing quotas on both sides are met exactly")
  func quotas() throws {
    var generator = TestGenerator(seed: 5)
    let rows = (0..<30).map { _ in (0..<30).map { _ in Int32(generator.int(0...1_000_000)) } }
    var problem = CohortInstance(rows: rows).problem
    func ids(_ side: String, _ test: (Int) -> Bool) -> [String] {
      (0..<30).filter(test).map { "\(side)\($0)" }
    }
    problem.rules = [
      CohortRule(name: "region", members: ids("l") { $0 < 20 }, maximum: 12),
      CohortRule(name: "country", members: ids("l") { $0 < 10 }, minimum: 3, maximum: 5),
      CohortRule(name: "network", members: ids("l") { $0 % 3 == 0 }, minimum: 4, maximum: 6),
      CohortRule(
        name: "alumni", members: ids("l") { $0 % 2 == 0 } + ids("r") { $0 < 9 }, minimum: 16,
        maximum: 16),
      CohortRule(name: "pairs", members: nil, maximum: 20),
    ]
    let result = try solve(problem, rows)
    #expect(result.isOptimal && result.gap == 0)
    let fairest = try solve(problem, rows, .fairest)
    #expect(fairest.isOptimal && fairest.figures.pairs == 20)
    #expect((fairest.figures.worst ?? 0) >= (result.figures.worst ?? 0))
  }

  @Test("what is wrong with a problem is said by type")
  func invalid() {
    func changed(_ change: (inout CohortProblem) -> Void) -> CohortError? {
      var problem = square.problem
      change(&problem)
      return error(problem, square.rows)
    }
    #expect(changed { $0.left[1].id = "l0" } == .duplicateParticipant("l0"))
    #expect(changed { $0.right[1].id = "l0" } == .duplicateParticipant("l0"))
    #expect(
      changed { $0.rules = [.init(name: "a", members: []), .init(name: "a", members: [])] }
        == .duplicateRule("a"))
    #expect(changed { $0.rules = [.init(name: "a", members: ["x"])] } == .unknownParticipant("x"))
    #expect(changed { $0.pinned = [.init(left: "r0", right: "l0")] } == .unknownParticipant("r0"))
    #expect(changed { $0.left[0].capacity = -1 } == .negativeBound("l0"))
    #expect(
      changed { $0.left[0].minimum = 2 } == .minimumAboveMaximum("l0", minimum: 2, maximum: 1))
    #expect(
      changed { $0.rules = [.init(name: "a", members: nil, minimum: 3, maximum: 2)] }
        == .minimumAboveMaximum("a", minimum: 3, maximum: 2))
    let pair = CohortPair(left: "l0", right: "r0")
    #expect(
      changed {
        $0.pinned = [pair]
        $0.forbidden = [pair]
      } == .pinnedAndForbidden(pair))
    var pinned = square.problem
    pinned.pinned = [pair]
    #expect(error(pinned, [[-1, 1], [1, 1]]) == .pinnedIneligible(pair))
    #expect(
      error(square.problem, [[0, 1], [1, 1_000_001]])
        == .scoreOutOfRange(.init(left: "l1", right: "r1"), 1_000_001))
    #expect(error(square.problem, [[-2, 1], [1, 1]]) == .scoreOutOfRange(pair, -2))
    #expect(throws: CohortError.scoresDoNotFit(left: 1, right: 2)) {
      try CohortSolver(square.problem, scores: DenseScores(rows: [[1, 2]]))
    }
    var large = CohortProblem(left: [], right: [])
    large.left = (0..<300).map { CohortParticipant(id: "l\($0)", capacity: 300) }
    large.right = (0..<300).map { CohortParticipant(id: "r\($0)", capacity: 300) }
    #expect(throws: CohortError.tooLarge(pairs: 90_000)) {
      try CohortSolver(large, scores: DenseScores(leftCount: 300, rightCount: 300, scores: []))
    }
  }

  @Test("the stable pairing says which minima it breaks")
  func stableMinima() {
    var problem = square.problem
    problem.rules = [CohortRule(name: "one", members: nil, maximum: 1)]
    problem.left[1].minimum = 1
    let scores = DenseScores(rows: square.rows)
    #expect(
      throws: CohortError.stableBreaksMinima([.init(name: "l1", minimum: 1, reached: 0)])
    ) { try CohortSolver(problem, scores: scores, objective: .stable).solve() }
  }

  @Test("same input and seed, same bytes; the seed decides ties alone")
  func deterministic() throws {
    var generator = TestGenerator(seed: 3)
    let rows = (0..<12).map { _ in (0..<12).map { _ in Int32(generator.int(0...2)) } }
    let problem = CohortInstance(rows: rows).problem
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    for objective in CohortObjective.allCases {
      var pairings: Set<[CohortResult.Pair]> = []
      var worths: Set<CohortResult.Figures> = []
      for seed: UInt64 in 0..<6 {
        let solver = try CohortSolver(
          problem, scores: DenseScores(rows: rows), objective: objective,
          options: CohortOptions(seed: seed))
        let result = try solver.solve()
        #expect(try encoder.encode(result) == encoder.encode(try solver.solve()))
        #expect(result.seed == seed)
        let copy = try JSONDecoder().decode(CohortResult.self, from: encoder.encode(result))
        #expect(copy == result)
        pairings.insert(result.pairs)
        worths.insert(
          .init(
            pairs: result.figures.pairs, total: objective == .stable ? 0 : result.figures.total,
            worst: objective == .fairest ? result.figures.worst : nil, blockingPairs: 0))
      }
      #expect(pairings.count > 1 && worths.count == 1, "\(objective)")
    }
  }
}
