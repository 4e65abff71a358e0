import Matching
package import Programme

/// A bound on how many pairs some participants take part in.
package struct CohortBound: Sendable, Equatable {
  package enum Group: Sendable, Equatable {
    /// Participants of a country, of a world region, or with a primary network.
    case country(String)
    case region(String)
    case network(Network.ID)
    /// All pairs.
    case pairs
  }

  package var group: Group
  package var minimum: Int?
  package var maximum: Int?

  package init(group: Group, minimum: Int? = nil, maximum: Int? = nil) {
    self.group = group
    self.minimum = minimum
    self.maximum = maximum
  }

  /// "country:PE", "region:japan", "network:N3" or "pairs".
  package init(group text: String, programme: ProgrammeDefinition) throws {
    guard let group = Self.group(text, programme) else {
      throw InputError(
        description: "'\(text)' is no group of the programme; write country:PE, "
          + "region:\(programme.regions.first?.id ?? "japan"), network:N3 or pairs")
    }
    self.group = group
  }

  private static func group(_ text: String, _ programme: ProgrammeDefinition) -> Group? {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts.dropFirst().first.map(String.init) else {
      return text == "pairs" ? .pairs : nil
    }
    switch parts[0] {
    case "country": return programme.country(code: name.uppercased()).map { .country($0.code) }
    case "region": return programme.region(id: name).map { .region($0.id) }
    case "network": return programme.network(label: name.uppercased()).map { .network($0.id) }
    default: return nil
    }
  }

  /// How the rule is called in results.
  func name(in programme: ProgrammeDefinition) -> String {
    let who =
      switch group {
      case .country(let code): programme.country(code: code)?.name ?? code
      case .region(let id): programme.region(id: id)?.name ?? id
      case .network(let id): "network \(id) (\(programme.network(id)?.shortName ?? ""))"
      case .pairs: "all pairs"
      }
    let bounds = [minimum.map { "at least \($0)" }, maximum.map { "at most \($0)" }]
      .compactMap(\.self)
    return "\(who): \(bounds.joined(separator: ", "))"
  }
}

/// What a secretariat asks for when it pairs a cohort.
package struct CohortRequest: Sendable {
  package var objective = CohortObjectiveName.total
  /// Names of pairs that must be formed, and that must not.
  package var pinned: [(String, String)] = []
  package var forbidden: [(String, String)] = []
  package var bounds: [CohortBound] = []
  /// Whether the programme's quotas for regions hold.
  package var appliesQuotas = true
  package var deadline: Duration?
  package var seed: UInt64 = 0

  package init() {}
}

/// The objectives by their names on the command line.
package enum CohortObjectiveName: String, Codable, Sendable, CaseIterable {
  case total, fairest, stable

  var objective: CohortObjective {
    switch self {
    case .total: .total
    case .fairest: .fairest
    case .stable: .stable
    }
  }
}

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
    problem.pinned = try request.pinned.map(pair)
    problem.forbidden = try request.forbidden.map(pair)
    let quotas = request.appliesQuotas ? programme.quotas.flatMap(rules) : []
    problem.rules = quotas + (try request.bounds.map(rule))
    var names: Set<String> = []
    for rule in problem.rules where !names.insert(rule.name).inserted {
      throw InputError(description: "the rule '\(rule.name)' is given twice")
    }
    return problem
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
