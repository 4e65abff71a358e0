import TestSupport
import Testing

@testable import Matching

@Suite("Certificate check")
struct CohortCheckTests {
  private typealias Change = (inout CohortResult) -> Void

  private func instance() -> CohortInstance {
    var generator = TestGenerator(seed: 8)
    var instance = CohortInstance(
      rows: (0..<6).map { _ in (0..<6).map { _ in Int32(generator.int(1...900_000)) } })
    instance.rows[5][5] = -1
    instance.problem.left[5].capacity = 2
    instance.problem.rules = [
      CohortRule(name: "a", members: ["l0", "l1", "l2"], maximum: 2),
      CohortRule(name: "b", members: ["l2", "l3", "r0"], minimum: 1, maximum: 2),
    ]
    instance.problem.pinned = [CohortPair(left: "l4", right: "r4")]
    instance.problem.forbidden = [CohortPair(left: "l5", right: "r0")]
    return instance
  }

  @Test("every change of a result is noticed", arguments: CohortObjective.allCases)
  func changes(objective: CohortObjective) throws {
    let instance = instance()
    let check = CertificateCheck(instance.problem, scores: instance.scores)
    let result = try CohortSolver(
      instance.problem, scores: instance.scores, objective: objective
    ).solve()
    #expect(check.faults(in: result) == [])
    let common: [(String, Change)] = [
      ("a pair less", { $0.pairs.removeLast() }),
      ("a pair twice", { $0.pairs.append($0.pairs[0]) }),
      ("another partner", { $0.pairs[0].right = $0.pairs[1].right }),
      ("an unknown partner", { $0.pairs[0].right = "nobody" }),
      ("a wrong score", { $0.pairs[0].score += 1 }),
      ("a pair not pinned", { $0.pairs[0].isPinned.toggle() }),
      (
        "partners exchanged",
        {
          let first = $0.pairs[0].right
          $0.pairs[0].right = $0.pairs[1].right
          $0.pairs[1].right = first
        }
      ),
      (
        "a forbidden pair",
        { $0.pairs.append(.init(left: "l5", right: "r0", score: 1, isPinned: false)) }
      ),
      (
        "an ineligible pair",
        { $0.pairs.append(.init(left: "l5", right: "r5", score: -1, isPinned: false)) }
      ),
      ("a larger total", { $0.figures.total += 1 }),
      ("another worst", { $0.figures.worst = 0 }),
      ("more pairs", { $0.figures.pairs += 1 }),
      ("more blocking pairs", { $0.figures.blockingPairs += 1 }),
      ("another bound", { $0.bound = ($0.bound ?? 0) + 1 }),
      ("another gap", { $0.gap = ($0.gap ?? 0) - 1 }),
    ]
    for (name, change) in common {
      var changed = result
      change(&changed)
      #expect(check.faults(in: changed) != [], "\(name)")
    }
    guard objective != .stable else { return }
    let certificate: [(String, Change)] = [
      ("no claims", { $0.certificate.claims = [] }),
      ("a claim twice", { $0.certificate.claims.append($0.certificate.claims[0]) }),
      ("a lower bound", { $0.certificate.claims[0].bound -= 1 }),
      ("no leaves", { $0.certificate.claims[0].leaves = [] }),
      (
        "prices gone",
        {
          let last = $0.certificate.claims.count - 1
          $0.certificate.claims[last].leaves[0].participants = [:]
        }
      ),
      ("a price of nobody", { $0.certificate.claims[0].leaves[0].participants["nobody"] = 1 }),
      ("a price of no rule", { $0.certificate.claims[0].leaves[0].rules["none"] = 1 }),
      (
        "another unit",
        {
          let last = $0.certificate.claims.count - 1
          $0.certificate.claims[last].pairUnit = 1
        }
      ),
      (
        "another scale",
        {
          let last = $0.certificate.claims.count - 1
          $0.certificate.claims[last].scale *= 2
        }
      ),
      ("a scale of nothing", { $0.certificate.claims[0].scale = 0 }),
      (
        "a higher floor",
        {
          let last = $0.certificate.claims.count - 1
          $0.certificate.claims[last].floor = 1_000_000
        }
      ),
      (
        "more pairs demanded",
        {
          let last = $0.certificate.claims.count - 1
          $0.certificate.claims[last].minimumPairs += 7
        }
      ),
      (
        "half of a tree",
        {
          let decision = CohortCertificate.Decision(group: 0, atMost: 0, atLeast: nil)
          for at in $0.certificate.claims[0].leaves.indices {
            $0.certificate.claims[0].leaves[at].decisions.insert(decision, at: 0)
          }
        }
      ),
      ("not optimal", { $0.isOptimal = false }),
    ]
    for (name, change) in certificate {
      var changed = result
      change(&changed)
      #expect(check.faults(in: changed) != [], "\(name)")
    }
  }

  @Test("every price of a proof without spare counts")
  func prices() throws {
    var generator = TestGenerator(seed: 2)
    let instance = CohortInstance(
      rows: (0..<6).map { _ in (0..<5).map { _ in Int32(generator.int(1...900_000)) } })
    let check = CertificateCheck(instance.problem, scores: instance.scores)
    let result = try CohortSolver(instance.problem, scores: instance.scores).solve()
    for (id, price) in result.certificate.claims[0].leaves[0].participants {
      for change: Int64 in [-1_000_000, 10] {
        var changed = result
        changed.certificate.claims[0].leaves[0].participants[id] = price + change
        #expect(check.faults(in: changed) == [.unproven(claim: 0)], "\(id) \(change)")
      }
    }
  }

  @Test(
    "a worse pairing that calls itself the best is found out", arguments: TestGenerator.seeds(30))
  func worse(seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let rows = (0..<5).map { _ in (0..<5).map { _ in Int32(generator.int(0...1_000)) } }
    let instance = CohortInstance(rows: rows)
    let check = CertificateCheck(instance.problem, scores: instance.scores)
    let best = try CohortSolver(instance.problem, scores: instance.scores).solve()
    let stable = try CohortSolver(
      instance.problem, scores: instance.scores, objective: .stable
    ).solve()
    var claimed = best
    claimed.pairs = stable.pairs
    claimed.figures = stable.figures
    claimed.bound = stable.figures.total
    #expect(check.faults(in: claimed).isEmpty == (stable.figures.total == best.figures.total))
    var unstable = stable
    unstable.pairs = best.pairs
    unstable.figures = best.figures
    #expect(check.faults(in: unstable).isEmpty == (best.figures.blockingPairs == 0))
  }
}
