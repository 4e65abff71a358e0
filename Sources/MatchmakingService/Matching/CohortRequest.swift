import Matching
import Programme
import Results

extension MatchingEngine {
  /// The cohort's problem: European participants on the left, all others on the right.
  ///
  /// - Throws: `InputError` for names that nobody or several have, pairs of one side,
  ///   and rules under which sides cannot be told apart.
  func problem(_ request: CohortRequest) throws -> CohortProblem {
    guard programme.rules.oneSideEuropean else {
      throw InputError(
        description: "a cohort is paired between Europe and the others; the programme's rule "
          + "\"oneSideEuropean\" must be true")
    }
    func side(european: Bool) -> [CohortParticipant] {
      profiles.filter { $0.facts.isEuropean == european }.map {
        CohortParticipant(id: $0.id, capacity: $0.facts.capacity)
      }
    }
    var problem = CohortProblem(left: side(european: true), right: side(european: false))
    problem.pinned = Array(Set(try request.pinned.map(pair) + accepted())).sorted()
    problem.forbidden = try request.forbidden.map(pair)
    let quotas = request.appliesQuotas ? programme.quotas.flatMap(rules) : []
    problem.rules = quotas + (try request.bounds.map(rule))
    var names: Set<String> = []
    for rule in problem.rules where !names.insert(rule.name).inserted {
      throw InputError(description: "the rule '\(rule.name)' is given twice")
    }
    return problem
  }

  /// The pairs that a committee has accepted and that can be formed.
  private func accepted() -> [CohortPair] {
    decisions.values.joined().compactMap { decision -> CohortPair? in
      guard decision.verdict == .accepted, let one = index.row(of: decision.participant),
        let other = index.row(of: decision.partner),
        eligibility.allows(profiles[one], profiles[other])
      else { return nil }
      return profiles[one].facts.isEuropean
        ? CohortPair(left: decision.participant, right: decision.partner)
        : CohortPair(left: decision.partner, right: decision.participant)
    }
  }

  private func pair(_ names: (String, String)) throws -> CohortPair {
    let (one, other) = (try row(named: names.0), try row(named: names.1))
    switch (profiles[one].facts.isEuropean, profiles[other].facts.isEuropean) {
    case (true, false): return CohortPair(left: profiles[one].id, right: profiles[other].id)
    case (false, true): return CohortPair(left: profiles[other].id, right: profiles[one].id)
    default:
      throw InputError(
        description: "\(profiles[one].name) and \(profiles[other].name) are on the same side; a "
          + "pair has one European participant")
    }
  }

  private func ids(_ test: (Profile) -> Bool) -> [String] { profiles.filter(test).map(\.id) }

  private func rule(_ bound: CohortBound) throws -> CohortRule {
    let members: [String]? =
      switch bound.group {
      case .country(let code): ids { $0.facts.country == code }
      case .region(let id): ids { $0.facts.region == id }
      case .network(let id):
        ids { $0.primaryNetwork == id.index }
      case .pairs: nil
      }
    return CohortRule(
      name: bound.name(in: programme), members: members, minimum: bound.minimum ?? 0,
      maximum: bound.maximum)
  }

  /// A region's quota: at most as many pairs as it has cities in it, and of alumni and
  /// newcomers at most their parts of these.
  private func rules(_ quota: Quota) -> [CohortRule] {
    let members = profiles.filter { $0.facts.region == quota.region }
    guard !members.isEmpty else { return [] }
    let name = programme.region(id: quota.region)?.name ?? quota.region
    let pairs = quota.regionalCities
    var rules = [
      CohortRule(
        name: "quota of \(name): at most \(pairs) pairs", members: members.map(\.id),
        maximum: pairs)
    ]
    guard let alumni = quota.alumniCities, quota.cities > 0 else { return rules }
    let most = Int((Double(pairs) * Double(alumni) / Double(quota.cities)).rounded())
    for (isAlumni, what, most) in [
      (true, "of the earlier programme", most), (false, "new", pairs - most),
    ] {
      let group = members.filter { $0.facts.isAlumni == isAlumni }.map(\.id)
      rules.append(
        CohortRule(
          name: "quota of \(name): at most \(most) \(what)", members: group, maximum: most))
    }
    return rules
  }
}

/// The scores of a cohort's pairs, from the index.
struct IndexedScores: ScoreSource {
  private let index: PartnerIndex
  /// The index's rows of the left and the right participants.
  private let left: [Int]
  private let right: [Int]

  init(_ problem: CohortProblem, index: PartnerIndex) {
    self.index = index
    left = problem.left.compactMap { index.row(of: $0.id) }
    right = problem.right.compactMap { index.row(of: $0.id) }
  }

  var leftCount: Int { left.count }
  var rightCount: Int { right.count }

  func fill(row: Int, into scores: inout [Int32]) {
    var all = [Int32](repeating: Self.ineligible, count: index.count)
    index.scores(of: left[row], into: &all)
    for (column, other) in right.enumerated() { scores[column] = all[other] }
  }
}
