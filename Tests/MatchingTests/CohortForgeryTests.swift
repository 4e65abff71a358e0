import Testing

@testable import Matching

@Suite("Forged certificates")
struct CohortForgeryTests {
  private static let problem = CohortProblem(
    left: ["a", "b", "c"].map { CohortParticipant(id: $0) },
    right: ["x", "y"].map { CohortParticipant(id: $0) },
    rules: [CohortRule(name: "r", members: ["a", "b"], maximum: 1)])
  private static let scores = DenseScores(rows: [[900_000, 100], [800_000, 700_000], [5, 0]])

  @Test("no number in a claim makes the check trap", arguments: [CohortObjective.total, .fairest])
  func extremes(objective: CohortObjective) throws {
    let result = try CohortSolver(Self.problem, scores: Self.scores, objective: objective).solve()
    let check = CertificateCheck(Self.problem, scores: Self.scores)
    #expect(check.faults(in: result).isEmpty)
    for extreme: Int64 in [.min, .min + 1, -1, .max - 1, .max, 1 << 41, 1 << 61] {
      for at in result.certificate.claims.indices {
        func forged(_ change: (inout CohortCertificate.Claim) -> Void) -> CohortResult {
          var copy = result
          change(&copy.certificate.claims[at])
          return copy
        }
        let small = Int32(truncatingIfNeeded: extreme)
        let forgeries = [
          forged { $0.scale = extreme }, forged { $0.pairUnit = extreme },
          forged {
            $0.pairUnit = 0
            $0.scale = extreme
          }, forged { $0.minimumPairs = Int(extreme) },
          forged { $0.leaves[0].pairs = extreme },
          forged { $0.leaves[0].participants = ["a": extreme, "x": extreme] },
          forged { $0.leaves[0].rules = ["r": extreme] },
        ]
        // What is proven may still be proven with other numbers; it must not trap.
        for forgery in forgeries { _ = check.faults(in: forgery) }
        #expect(!check.faults(in: forged { $0.bound = extreme }).isEmpty)
        _ = check.faults(in: forged { $0.floor = small })
      }
      var copy = result
      copy.bound = extreme
      copy.gap = extreme
      #expect(!check.faults(in: copy).isEmpty)
    }
  }
}
