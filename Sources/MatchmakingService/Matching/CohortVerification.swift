package import Foundation
import Matching
package import Results

extension MatchingEngine {
  /// Verifies a result that `pair` printed, against these participants and this
  /// programme: every score, every rule, the certificate, and that what is shown is
  /// what was proven.
  ///
  /// - Throws: `InputError` for what is no such result, or of another format.
  package func verify(_ data: Data, named name: String) throws -> VerificationView {
    let view = try SavedResult.cohort(data, named: name)
    let (claimed, result) = (view.proof.problem, view.proof.result)
    var request = CohortRequest()
    request.appliesQuotas = view.appliesQuotas
    let own = try problem(request)
    var faults: [String] = []
    // What was solved must be about these participants, under this programme.
    if own.left != claimed.left || own.right != claimed.right {
      faults.append("the result is of other participants, sides or capacities")
    }
    for rule in own.rules where !claimed.rules.contains(rule) {
      faults.append("the result does not keep the programme's rule '\(rule.name)'")
    }
    if faults.isEmpty {
      let scores = IndexedScores(claimed, index: index)
      faults = CertificateCheck(claimed, scores: scores).faults(in: result).map(words).sorted()
    }
    // Only of a sound proof is it known that its ids are those of participants.
    if faults.isEmpty { faults = differences(view) }
    return VerificationView(
      isVerified: faults.isEmpty, isOptimal: result.isOptimal, appliesQuotas: view.appliesQuotas,
      pairs: result.pairs.count, faults: faults)
  }

  /// What a result shows and its proof does not say. The other objectives' figures
  /// are for comparison, and are not proven.
  private func differences(_ view: CohortView) -> [String] {
    let result = view.proof.result
    var request = CohortRequest()
    request.objective = view.objective
    request.seed = view.seed
    request.appliesQuotas = view.appliesQuotas
    let proven = self.view(
      request, view.proof.problem, result, [figures(result, view.objective)], [])
    let tests = [
      ("objective", view.objective.objective == result.objective),
      ("seed", view.seed == result.seed),
      ("pairs", Self.areAlike(view.pairs, proven.pairs)),
      (
        "participants with room",
        view.unpaired == proven.unpaired && Self.namesAllWithRoom(view.proof)
      ),
      ("rules", view.rules == proven.rules),
      ("figures", view.figures.first == proven.figures.first),
      (
        "bounds",
        view.isOptimal == proven.isOptimal && view.bound == proven.bound && view.gap == proven.gap
      ),
      ("faults", view.isVerified && view.faults.isEmpty),
    ]
    return tests.filter { !$0.1 }.map { "the \($0.0) shown are not those of the proof" }
  }

  /// Whether just those are unpaired that have fewer pairs than they could have.
  private static func namesAllWithRoom(_ proof: CohortProof) -> Bool {
    var pairs: [String: Int] = [:]
    for pair in proof.result.pairs {
      pairs[pair.left, default: 0] += 1
      pairs[pair.right, default: 0] += 1
    }
    let expected = (proof.problem.left + proof.problem.right).filter {
      $0.capacity == 0 || pairs[$0.id] ?? 0 < $0.capacity
    }
    let unpaired = proof.result.unpaired
    return unpaired.map(\.id) == expected.map(\.id)
      && unpaired.map(\.capacity) == expected.map(\.capacity)
      && unpaired.map(\.pairs) == expected.map { pairs[$0.id] ?? 0 }
  }

  /// Scores are the same on every machine; what they are made of may differ in the
  /// last digits.
  private static func areAlike(
    _ shown: [CohortView.PairView], _ proven: [CohortView.PairView]
  ) -> Bool {
    func near(_ one: Double, _ other: Double) -> Bool { abs(one - other) <= 1e-5 }
    guard shown.count == proven.count else { return false }
    return zip(shown, proven).allSatisfy { one, other in
      one.left == other.left && one.right == other.right && one.score == other.score
        && one.isPinned == other.isPinned
        && one.factors.map(\.factor) == other.factors.map(\.factor)
        && zip(one.factors, other.factors).allSatisfy {
          near($0.value, $1.value) && near($0.share, $1.share)
            && near($0.contribution, $1.contribution)
        } && one.sharedNetworks.map(\.network) == other.sharedNetworks.map(\.network)
        && zip(one.sharedNetworks, other.sharedNetworks).allSatisfy {
          near($0.own, $1.own) && near($0.partner, $1.partner)
        }
    }
  }

  func words(_ fault: CohortFault) -> String {
    func names(_ pair: CohortPair) -> String { "\(pair.left) with \(pair.right)" }
    return switch fault {
    case .notAllowed(let pair): "\(names(pair)) may not be paired"
    case .pairedTwice(let pair): "\(names(pair)) is paired twice"
    case .wrongScore(let pair): "\(names(pair)) has another score"
    case .pinnedMissing(let pair): "\(names(pair)) is pinned and not paired"
    case .participantBounds(let id): "\(id) has more or fewer pairs than it can have"
    case .ruleBounds(let rule): "the rule '\(rule)' is not kept"
    case .wrongFigures: "the figures are not those of the pairs"
    case .blockingPairs(1): "one pair would both rather have each other"
    case .blockingPairs(let count): "\(count) pairs would both rather have each other"
    case .wrongClaims: "the certificate does not claim what the objective needs"
    case .unproven(let claim): "the certificate does not prove its claim \(claim + 1)"
    case .wrongBound: "the bound, the gap or the optimality is not what the certificate says"
    }
  }
}
