import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Matching

@Suite("Cohort search")
struct CohortSearchTests {
  private func instance(_ n: Int, _ m: Int, seed: UInt64) -> CohortInstance {
    var generator = TestGenerator(seed: seed)
    let quality = (0..<m).map { _ in Int32(generator.int(0...400_000)) }
    return CohortInstance(
      rows: (0..<n).map { _ in (0..<m).map { quality[$0] + Int32(generator.int(0...500_000)) } })
  }

  @Test(
    "few candidates and pricing give what all candidates give", arguments: TestGenerator.seeds(60))
  func pricing(seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    for number in 0..<10 {
      let instance = CohortInstance(&generator, size: 7)
      let objective: CohortObjective = number % 2 == 0 ? .total : .fairest
      var options = CohortOptions()
      let all = try? CohortSolver(
        instance.problem, scores: instance.scores, objective: objective, options: options
      ).solve()
      options.candidates = CandidatePolicy(fewPairs: 0, perRow: 1, perColumn: 1, nearest: 2)
      let few = try? CohortSolver(
        instance.problem, scores: instance.scores, objective: objective, options: options
      ).solve()
      #expect(all?.worth == few?.worth)
      if let few {
        #expect(few.isOptimal)
        #expect(CertificateCheck(instance.problem, scores: instance.scores).faults(in: few) == [])
      }
    }
  }

  @Test("a larger cohort, unequal sides, some with several pairs")
  func larger() throws {
    var instance = instance(150, 110, seed: 1)
    for at in stride(from: 0, to: 110, by: 3) { instance.problem.right[at].capacity = 2 }
    var options = CohortOptions()
    options.candidates.fewPairs = 0
    options.candidates.perRow = 4
    let result = try CohortSolver(
      instance.problem, scores: instance.scores, options: options
    ).solve()
    #expect(result.isOptimal && result.pairs.count == 147)
    #expect(CertificateCheck(instance.problem, scores: instance.scores).faults(in: result) == [])
  }

  @Test("stopped at any moment, the best so far is right and its gap honest")
  func stopped() throws {
    var instance = instance(24, 24, seed: 2)
    instance.problem.rules = [
      CohortRule(name: "a", members: (0..<12).map { "l\($0)" }, maximum: 7),
      CohortRule(name: "b", members: (6..<18).map { "l\($0)" }, maximum: 6),
      CohortRule(
        name: "c", members: (0..<24).filter { $0 % 5 < 2 }.map { "r\($0)" } + ["l0", "l9"],
        maximum: 5),
    ]
    let check = CertificateCheck(instance.problem, scores: instance.scores)
    for objective in CohortObjective.allCases {
      var gaps: [Int64] = []
      for policy in [
        CandidatePolicy(), CandidatePolicy(fewPairs: 0, perRow: 2, perColumn: 1, nearest: 2),
      ] {
        let whole = try CohortSolver(
          instance.problem, scores: instance.scores, objective: objective
        ).solve()
        for calls in [0, 1, 5, 20, 30, 40, 60, 100, 200, 400, 1_000, 3_000] {
          let left = Mutex(calls)
          var options = CohortOptions(
            isCancelled: {
              left.withLock {
                $0 -= 1
                return $0 < 0
              }
            })
          options.candidates = policy
          let solver = try CohortSolver(
            instance.problem, scores: instance.scores, objective: objective, options: options)
          do {
            let result = try solver.solve()
            #expect(check.faults(in: result) == [], "\(objective) \(calls)")
            if objective == .total {
              let (bound, gap) = (try #require(result.bound), try #require(result.gap))
              #expect(bound >= whole.figures.total && gap >= 0)
              gaps.append(gap)
            }
            if result.isOptimal, objective != .stable { #expect(result.worth == whole.worth) }
          } catch {
            #expect(error as? CohortError == .stopped)
          }
        }
      }
      if objective == .total { #expect(gaps.contains(0) && gaps.contains { $0 > 0 }) }
    }
  }

  @Test("a deadline of nothing stops; a cancelled task stops")
  func deadline() async throws {
    let instance = instance(40, 40, seed: 4)
    let result = try CohortSolver(
      instance.problem, scores: instance.scores, options: CohortOptions(deadline: .zero)
    ).solve()
    #expect(!result.isOptimal && (result.gap ?? 0) > 0)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try CohortSolver(instance.problem, scores: instance.scores).solve()
    }
    task.cancel()
    #expect(try await task.value.isOptimal == false)
  }

  @Test("progress: values rise, bounds fall, and they meet")
  func progress() throws {
    var instance = instance(20, 20, seed: 6)
    instance.problem.rules = [
      CohortRule(name: "a", members: (0..<12).map { "l\($0)" }, maximum: 7),
      CohortRule(name: "b", members: (6..<18).map { "l\($0)" }, maximum: 6),
    ]
    var seen: [CohortProgress] = []
    let result = try CohortSolver(instance.problem, scores: instance.scores)
      .solve { seen.append($0) }
    let values = seen.compactMap(\.value)
    let bounds = seen.compactMap(\.bound)
    #expect(values == values.sorted() && bounds == bounds.sorted(by: >))
    #expect(values.last == result.figures.total && seen.contains { $0.gap != nil })
    #expect(Set(seen.map(\.phase)).isSuperset(of: [.candidates, .pairing]))
  }

  @Test("a cohort of 200 under rules of country, network, region and alumni")
  func crossing() throws {
    var instance = instance(100, 100, seed: 12)
    let left = instance.problem.left.map(\.id)
    let right = instance.problem.right.map(\.id)
    func every(_ step: Int, _ at: Int, _ ids: [String]) -> [String] {
      ids.indices.filter { $0 % step == at }.map { ids[$0] }
    }
    for at in 0..<5 {
      instance.problem.rules.append(
        CohortRule(name: "country \(at)", members: every(5, at, left), minimum: 8, maximum: 14))
    }
    for at in 0..<7 {
      instance.problem.rules.append(
        CohortRule(name: "network \(at)", members: every(7, at, left + right), maximum: 20))
    }
    for at in 0..<4 {
      instance.problem.rules.append(
        CohortRule(name: "region \(at)", members: every(4, at, right), maximum: 16))
    }
    instance.problem.rules.append(
      CohortRule(name: "alumni", members: every(3, 0, left + right), minimum: 40, maximum: 44))
    let result = try CohortSolver(instance.problem, scores: instance.scores).solve()
    #expect(result.isOptimal)
    #expect(CertificateCheck(instance.problem, scores: instance.scores).faults(in: result) == [])
  }
}
