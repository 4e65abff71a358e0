import TestSupport
import Testing

@testable import Matching

@Suite("Network assignment")
struct NetworkAssignmentTests {
  /// The largest total over all assignments within the bounds; nil when none is.
  private func bruteForce(_ problem: NetworkAssignment) -> Int64? {
    var best: Int64?
    var sizes = [Int](repeating: 0, count: problem.bounds.count)
    func place(_ participant: Int, _ total: Int64) {
      guard participant < problem.values.count else {
        if zip(sizes, problem.bounds).allSatisfy({ $1.contains($0) }) {
          best = max(best ?? .min, total)
        }
        return
      }
      for network in sizes.indices where sizes[network] < problem.bounds[network].upperBound {
        sizes[network] += 1
        place(participant + 1, total + problem.values[participant][network])
        sizes[network] -= 1
      }
    }
    place(0, 0)
    return best
  }

  @Test("agrees with brute force and proves it", arguments: TestGenerator.seeds(40))
  func agrees(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    for _ in 0..<50 {
      let networks = generator.int(1...4)
      let participants = generator.int(0...6)
      let spread = generator.pick([1, 3, 1000])
      let problem = NetworkAssignment(
        values: (0..<participants).map { _ in
          (0..<networks).map { _ in Int64(generator.int(-spread...spread)) }
        },
        bounds: (0..<networks).map { _ in
          let least = generator.pick([0, 0, 1, 2])
          return least...(least + generator.int(0...3))
        })
      let best = bruteForce(problem)
      do {
        let solution = try problem.solve()
        #expect(solution.total == best)
        #expect(problem.fault(in: solution) == nil)
      } catch {
        #expect(best == nil, "\(error) although \(best ?? 0) can be reached")
      }
    }
  }

  @Test("a wrong solution is found out", arguments: TestGenerator.seeds(20))
  func faults(seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let problem = NetworkAssignment(
      values: (0..<12).map { _ in (0..<3).map { _ in Int64(generator.int(0...1000)) } },
      bounds: [2...5, 0...6, 1...4])
    let right = try problem.solve()
    #expect(problem.fault(in: right) == nil)
    var wrong = right
    wrong.total += 1
    #expect(problem.fault(in: wrong) != nil)
    wrong = right
    wrong.prices[generator.int(0...2)] += 2000
    #expect(problem.fault(in: wrong) != nil)
    wrong = right
    let moved = generator.int(0...11)
    wrong.networks[moved] = (wrong.networks[moved] + 1) % 3
    #expect(problem.fault(in: wrong) != nil)
    wrong = right
    wrong.networks[0] = 7
    #expect(problem.fault(in: wrong) != nil)
  }

  @Test("says what cannot hold")
  func infeasible() {
    let values: [[Int64]] = [[1, 2], [3, 4], [5, 6]]
    #expect(throws: NetworkAssignment.Infeasibility.tooFewPlaces(places: 2, participants: 3)) {
      try NetworkAssignment(values: values, bounds: [0...1, 0...1]).solve()
    }
    #expect(throws: NetworkAssignment.Infeasibility.tooManyRequired(required: 4, participants: 3)) {
      try NetworkAssignment(values: values, bounds: [2...3, 2...3]).solve()
    }
  }

  @Test("ten thousand participants with identical values fill networks in order")
  func identical() throws {
    let problem = NetworkAssignment(
      values: Array(repeating: [9, 8, 7], count: 10_000),
      bounds: [0...3_000, 0...5_000, 2_500...10_000])
    let solution = try problem.solve()
    #expect(problem.fault(in: solution) == nil)
    let sizes = (0..<3).map { network in solution.networks.count { $0 == network } }
    #expect(sizes == [3_000, 4_500, 2_500])
  }
}
