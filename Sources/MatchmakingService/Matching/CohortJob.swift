import Classification
import Foundation
import Matching
import Programme
package import Results

extension MatchingEngine {
  /// Cohorts up to this size are paired by the other objectives too, to compare.
  private static let compared = 1000

  /// Pairs the whole cohort.
  ///
  /// - Parameters:
  ///   - isCancelled: asked every few milliseconds; then the best so far is given.
  ///   - progress: called often; must be quick.
  /// - Throws: `InputError` for rules that cannot hold together, in words, and for
  ///   wrong names.
  package func pair(
    _ request: CohortRequest, isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: ((JobProgress) -> Void)? = nil
  ) throws -> CohortView {
    let problem = try problem(request)
    let scores = IndexedScores(problem, index: index)
    func solve(
      _ name: CohortObjectiveName, deadline: Duration?, reports: Bool
    ) throws(CohortError) -> CohortResult {
      try CohortSolver(
        problem, scores: scores, objective: name.objective,
        options: CohortOptions(
          deadline: deadline, seed: request.seed, isCancelled: isCancelled)
      ).solve(progress: reports ? { progress?(JobProgress($0)) } : nil)
    }
    let result: CohortResult
    do {
      result = try solve(request.objective, deadline: request.deadline, reports: true)
    } catch {
      throw InputError(description: words(error))
    }
    var figures = [figures(result, request.objective)]
    if profiles.count <= Self.compared {
      for other in CohortObjectiveName.allCases where other != request.objective {
        // A comparison is worth a few seconds, and is left out where it has no answer.
        if let compared = try? solve(other, deadline: .seconds(5), reports: false) {
          figures.append(self.figures(compared, other))
        }
      }
    }
    let faults = CertificateCheck(problem, scores: scores).faults(in: result)
    return view(request, problem, result, figures, faults)
  }

  func figures(
    _ result: CohortResult, _ name: CohortObjectiveName
  ) -> CohortView.FiguresView {
    CohortView.FiguresView(
      objective: name, pairs: result.figures.pairs, total: Double(result.figures.total) / 1e6,
      worst: result.figures.worst.map { Double($0) / 1e6 },
      blockingPairs: result.figures.blockingPairs)
  }

  func view(
    _ request: CohortRequest, _ problem: CohortProblem, _ result: CohortResult,
    _ figures: [CohortView.FiguresView], _ faults: [CohortFault]
  ) -> CohortView {
    let rows = Dictionary(
      profiles.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    func person(_ id: String) -> ParticipantRef {
      rows[id].map(self.person) ?? ParticipantRef(id: id, name: id, country: "", region: "")
    }
    return CohortView(
      objective: request.objective, seed: request.seed, appliesQuotas: request.appliesQuotas,
      pairs: result.pairs.map { pair in
        let (left, right) = (rows[pair.left] ?? 0, rows[pair.right] ?? 0)
        return CohortView.PairView(
          left: person(pair.left), right: person(pair.right), score: Double(pair.score) / 1e6,
          isPinned: pair.isPinned,
          factors: score(left, right).contributions.map(SuggestionView.FactorView.init),
          sharedNetworks: sharedNetworks(left, right))
      },
      unpaired: result.unpaired.map { unpaired in
        CohortView.UnpairedView(
          participant: person(unpaired.id), pairs: unpaired.pairs, capacity: unpaired.capacity,
          reason: words(unpaired.reason) { person($0).name },
          alternates: unpaired.alternates.map { person($0.id) })
      },
      rules: problem.rules.map { rule in
        let members = rule.members.map(Set.init)
        let reached = result.pairs.reduce(0) { sum, pair in
          guard let members else { return sum + 1 }
          return sum + (members.contains(pair.left) ? 1 : 0)
            + (members.contains(pair.right) ? 1 : 0)
        }
        return CohortView.RuleView(
          name: rule.name, minimum: rule.minimum, maximum: rule.maximum, reached: reached)
      }, figures: figures, isOptimal: result.isOptimal,
      bound: result.bound.map { Double($0) / 1e6 }, gap: result.gap.map { Double($0) / 1e6 },
      isVerified: faults.isEmpty, faults: faults.map(words).sorted(),
      proof: CohortProof(problem: problem, result: result))
  }

  private func words(_ reason: CohortResult.Reason, name: (String) -> String) -> String {
    switch reason {
    case .noCapacity: "it takes no partner (capacity 0)"
    case .noCandidate: "no other candidate is eligible"
    case .ruleMaximum(let rules): "reached: " + rules.joined(separator: "; ")
    case .candidatesFull(let best, let loss):
      switch loss {
      case let loss? where loss >= 500:
        "with \(name(best)), its best candidate, the sum of scores would lose at least "
          + Self.figure(Double(loss) / 1e6)
      case .some: "with \(name(best)), its best candidate, the sum of scores would not grow"
      case nil: "\(name(best)), its best candidate, is better served by another partner"
      }
    case .notChosen(let best):
      "\(name(best)) has room, but the objective is not served by it"
    }
  }

  private func words(_ error: CohortError) -> String {
    func name(_ id: String) -> String { participants.first { $0.id == id }?.name ?? id }
    return switch error {
    case .infeasible(let conflict): conflict.words
    case .pinnedAndForbidden(let pair):
      "\(name(pair.left)) with \(name(pair.right)) is both pinned and forbidden; drop one"
    case .pinnedIneligible(let pair):
      "\(name(pair.left)) with \(name(pair.right)) is pinned and not eligible by the rules of the "
        + "programme; see 'encuentro programme show'"
    case .minimumAboveMaximum(let rule, let minimum, let maximum):
      "'\(rule)' asks for at least \(minimum) and allows at most \(maximum)"
    case .stableBreaksMinima(let shortfalls):
      "no stable pairing keeps every minimum: "
        + shortfalls.map { "'\($0.name)' reaches \($0.reached) of \($0.minimum)" }
        .joined(separator: ", ") + "; use another objective or lower the minimum"
    case .stopped: "stopped before any pairing was found that keeps every rule; allow more time"
    case .tooLarge(let pairs):
      "\(pairs) pairs could be formed, and at most \(CohortSolver.mostPairs) can be solved for"
    case .duplicateParticipant(let id): "the id '\(id)' belongs to two participants"
    case .duplicateRule(let rule): "the rule '\(rule)' is given twice"
    case .unknownParticipant(let id): "'\(id)' is not in the cohort"
    case .negativeBound(let rule): "'\(rule)' has a bound below 0"
    case .scoresDoNotFit(let left, let right): "the scores are of \(left) by \(right) participants"
    case .scoreOutOfRange(let pair, let score):
      "\(name(pair.left)) with \(name(pair.right)) has the score \(score), out of range"
    }
  }

  private static func figure(_ value: Double) -> String { String(format: "%.3f", value) }
}

extension JobProgress {
  init(_ progress: CohortProgress) {
    let phase =
      switch progress.phase {
      case .candidates: "reading scores"
      case .pairing: "pairing"
      case .pricing: "pricing the pairs left out"
      case .branching: "trying pairs where rules cross"
      case .raisingFloor: "raising the worst score"
      case .conflict: "looking for the rules in conflict"
      }
    self.init(
      phase: phase, value: progress.value.map { Double($0) / 1e6 },
      bound: progress.bound.map { Double($0) / 1e6 }, gap: progress.gap.map { Double($0) / 1e6 })
  }
}
