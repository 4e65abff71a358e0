import TestSupport
import Testing

@testable import Matching

@Suite("Reassignment")
struct ReassignmentTests {
  private typealias Networks = Reassignment.Networks

  @Test("the best network is primary, further ones are above the threshold")
  func first() throws {
    let result = try Reassignment(networks: 4).assign(
      [[0.9, 0.6, 0.2, 0.7], [0.1, 0.2, 0.15, 0.05], nil], previous: [nil, nil, nil])
    #expect(
      result.outcomes[0] == .init(networks: Networks(primary: 0, further: [3, 1]), change: .new))
    #expect(result.outcomes[1] == .init(networks: Networks(primary: 1), change: .new))
    #expect(result.outcomes[2] == .init(networks: nil, change: .unassigned))
    #expect(result.sizes == [1, 1, 0, 0])
  }

  @Test("nobody moves for less than moving costs")
  func moves() throws {
    // Log-odds 0.405 and 0.847: a difference of 0.442.
    let memberships: [[Double]?] = [[0.6, 0.7]]
    var options = Reassignment.Options()
    options.moveCost = 0.5
    let stays = try Reassignment(networks: 2, options: options).assign(
      memberships, previous: [Networks(primary: 0)])
    #expect(stays.outcomes[0].change == .kept && stays.outcomes[0].networks?.primary == 0)
    options.moveCost = 0.4
    let moves = try Reassignment(networks: 2, options: options).assign(
      memberships, previous: [Networks(primary: 0)])
    #expect(moves.outcomes[0].change == .moved && moves.outcomes[0].networks?.primary == 1)
    #expect(moves.outcomes[0].networks?.further == [0])
  }

  @Test("a further network is kept a little below the threshold")
  func hysteresis() throws {
    let memberships: [[Double]?] = [[0.9, 0.45, 0.45], [0.9, 0.45, 0.45]]
    let result = try Reassignment(networks: 3).assign(
      memberships, previous: [Networks(primary: 0, further: [2]), Networks(primary: 0)])
    #expect(result.outcomes[0].networks?.further == [2])
    #expect(result.outcomes[1].networks?.further == [])
  }

  @Test(
    "sizes hold, the result is proven and the same every time", arguments: TestGenerator.seeds(10))
  func bounded(seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let count = 60
    let memberships = (0..<count).map { _ in
      generator.int(0...9) == 0 ? nil : (0..<5).map { _ in Double(abs(generator.float())) }
    }
    let previous = (0..<count).map { _ in
      generator.int(0...2) == 0 ? nil : Networks(primary: generator.int(0...4))
    }
    var options = Reassignment.Options()
    options.sizes = [0: 3...9, 1: 0...12, 4: 5...60]
    let reassignment = Reassignment(networks: 5, options: options)
    let result = try reassignment.assign(memberships, previous: previous)
    #expect(result.problem.fault(in: result.solution) == nil)
    for (network, range) in options.sizes { #expect(range.contains(result.sizes[network])) }
    #expect(try reassignment.assign(memberships, previous: previous) == result)
    for (outcome, own) in zip(result.outcomes, memberships) {
      #expect((own == nil) == (outcome.change == .unassigned))
      #expect(outcome.networks?.further.count ?? 0 <= 2)
    }
  }

  @Test("bounds that cannot hold are an error")
  func infeasible() {
    var options = Reassignment.Options()
    options.sizes = [0: 5...9]
    #expect(throws: NetworkAssignment.Infeasibility.self) {
      try Reassignment(networks: 2, options: options).assign([[0.5, 0.5]], previous: [nil])
    }
  }
}
