import Classification
import Foundation
import Matching
import Programme
package import Results

extension MatchingEngine {
  /// A membership from which somebody belongs to a network.
  static let belongs = 0.3

  /// The best partners of a participant, each with its reasons.
  ///
  /// - Throws: `InputError` for a name that nobody or several have, a network or a
  ///   country that the programme does not know.
  package func suggest(_ request: SuggestionRequest) throws -> SuggestionsView {
    let row = try row(named: request.name)
    var filter = PartnerFilter()
    if let network = request.network {
      guard programme.network(network) != nil else {
        throw InputError(
          description: "the programme has no network \(network); it has "
            + programme.networks.map(\.id.label).joined(separator: ", "))
      }
      filter.network = .init(network: network.index, atLeast: Self.belongs)
    }
    if let country = request.country {
      guard programme.country(code: country) != nil else {
        throw InputError(
          description: "'\(country)' is no country of the programme; write two capital letters, "
            + "such as BR")
      }
      filter.countries = [country]
    }
    for name in request.excluded {
      filter.excludedIDs.insert(participants[try self.row(named: name)].id)
    }
    filter.excludedIDs.formUnion(accepted(row))
    // All of them, because the answer also says how many there are.
    let found = index.topPartners(of: row, count: index.count, filter: filter)
    let suggestions = try workspaces.borrow { workspace in
      try found.prefix(request.top).enumerated().map { place, suggestion in
        try explain(
          row, suggestion.row, rank: place + 1,
          next: place + 1 < found.count ? found[place + 1].row : nil, workspace: workspace)
      }
    }
    return SuggestionsView(
      participant: person(row), candidates: found.count,
      suggestions: suggestions, decided: decisions[participants[row].id] ?? [])
  }

  /// A pair that somebody asks about, wherever it ranks.
  ///
  /// - Throws: `InputError` for names that nobody or several have.
  package func explain(_ name: String, _ partner: String) throws -> ExplanationView {
    let (row, other) = (try row(named: name), try row(named: partner))
    let (own, theirs) = (participants[row].id, participants[other].id)
    let decided = (decisions[own] ?? []).filter { [$0.participant, $0.partner].contains(theirs) }
    let found = index.topPartners(of: row, count: index.count)
    guard let place = found.firstIndex(where: { $0.row == other }) else {
      return ExplanationView(
        participant: person(row), suggestion: nil, candidates: found.count,
        ineligible: words(eligibility.obstacle(profiles[row], profiles[other]), decided),
        decided: decided)
    }
    let suggestion = try workspaces.borrow {
      try explain(
        row, other, rank: place + 1, next: place + 1 < found.count ? found[place + 1].row : nil,
        workspace: $0)
    }
    return ExplanationView(
      participant: person(row), suggestion: suggestion, candidates: found.count, ineligible: nil,
      decided: decided)
  }

  private func words(_ obstacle: Eligibility.Obstacle?, _ decided: [Decision]) -> String {
    switch obstacle {
    case .itself: "a participant is no partner of its own"
    case .sameRegion: "both are of the same world region; partners come from two"
    case .noEuropeanSide: "one of two partners is European, the other is not"
    case .previousPartners: "they were partners in the earlier programme"
    case .excluded:
      decided.first.map { "\($0.verdict.rawValue) by \($0.actor): \($0.reason)" }
        ?? "the pair is excluded"
    case nil: "the pair cannot be formed"
    }
  }

  /// A pair's score with its reasons, as one side sees it.
  func explain(
    _ row: Int, _ other: Int, rank: Int, next: Int?, workspace: Classifier.Workspace
  ) throws -> SuggestionView {
    let score = self.score(row, other)
    let shared = sharedNetworks(row, other)
    // Without a network in common, what carries each plan most. Those of all networks that
    // somebody belongs to have been read, so that nobody waits here.
    let labels = shared.map(\.network)
    let own = try terms(
      of: row, networks: labels.isEmpty ? strongest(row) : labels, workspace: workspace)
    let partner = try terms(
      of: other, networks: labels.isEmpty ? strongest(other) : labels, workspace: workspace)
    return SuggestionView(
      rank: rank, partner: person(other), score: score.value,
      margin: next.map { score.value - self.score(row, $0).value }, next: next.map(person),
      factors: score.contributions.map(SuggestionView.FactorView.init), unknown: score.unknown,
      sharedNetworks: shared,
      terms: own.aligned(with: partner, limit: 5))
  }

  /// The ids of those that a committee has made the participant's partners.
  private func accepted(_ row: Int) -> [String] {
    let own = participants[row].id
    return (decisions[own] ?? []).filter { $0.verdict == .accepted }.map {
      $0.participant == own ? $0.partner : $0.participant
    }
  }

  func score(_ row: Int, _ other: Int) -> PairScore {
    PairScore(PairFactors(profiles[row], profiles[other]), weights: programme.weights)
  }

  /// The networks that both belong to, by the geometric mean of the memberships.
  func sharedNetworks(_ row: Int, _ other: Int) -> [SuggestionView.SharedNetworkView] {
    guard let own = profiles[row].memberships, let theirs = profiles[other].memberships else {
      return []
    }
    return programme.networks.map(\.id).filter {
      min(own[$0.index], theirs[$0.index]) >= Self.belongs
    }.sorted {
      (own[$1.index] * theirs[$1.index], $0) < (own[$0.index] * theirs[$0.index], $1)
    }.map { .init(network: $0.label, own: own[$0.index], partner: theirs[$0.index]) }
  }

  private func strongest(_ row: Int) -> [String] {
    profiles[row].primaryNetwork.map { [programme.networks[$0].id.label] } ?? []
  }

  /// Finds the terms that suggestions are explained with, which are otherwise found
  /// when they are first asked for: on all cores.
  ///
  /// - Parameter progress: called with the number of participants done, from any thread.
  /// - Throws: `CancellationError`.
  func readTerms(progress: @Sendable (Int) -> Void) throws {
    _ = try Parallel.map(count: profiles.count, progress: progress) {
      Classifier.Workspace()
    } element: { row, workspace in
      readTerms(of: row, workspace)
    }
  }

  /// The same on this thread alone.
  ///
  /// - Parameter goesOn: asked before each participant.
  func readTerms(while goesOn: () -> Bool) {
    let workspace = Classifier.Workspace()
    for row in profiles.indices {
      guard goesOn() else { return }
      readTerms(of: row, workspace)
    }
  }

  private func readTerms(of row: Int, _ workspace: Classifier.Workspace) {
    var networks = Set([profiles[row].primaryNetwork].compactMap(\.self))
    for (network, membership) in (profiles[row].memberships ?? []).enumerated()
    where membership >= Self.belongs { networks.insert(network) }
    for network in networks.sorted() {
      // What fails here fails again, and is reported, when it is asked for.
      _ = try? plans[row].terms(of: network, classifier: classifier, workspace: workspace)
    }
  }

  private func terms(
    of row: Int, networks: [String], workspace: Classifier.Workspace
  ) throws -> PlanTerms {
    PlanTerms(
      try networks.compactMap { programme.network(label: $0)?.id.index }.map {
        try plans[row].terms(of: $0, classifier: classifier, workspace: workspace)
      })
  }
}

extension SuggestionView.FactorView {
  init(_ part: PairScore.Contribution) {
    self.init(
      factor: part.factor, value: part.value, share: part.share, contribution: part.contribution)
  }
}
