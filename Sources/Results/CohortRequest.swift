package import Matching
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
    guard let group = Group(label: text) else { throw Self.unknown(text, programme) }
    self.init(group: group)
    try check(in: programme)
  }

  /// That the programme has the group.
  ///
  /// - Throws: `InputError` if not.
  package func check(in programme: ProgrammeDefinition) throws {
    let isKnown =
      switch group {
      case .country(let code): programme.country(code: code) != nil
      case .region(let id): programme.region(id: id) != nil
      case .network(let id): programme.network(id) != nil
      case .pairs: true
      }
    guard isKnown else { throw Self.unknown(group.label, programme) }
  }

  private static func unknown(_ text: String, _ programme: ProgrammeDefinition) -> InputError {
    InputError(
      description: "'\(text)' is no group of the programme; write country:PE, "
        + "region:\(programme.regions.first?.id ?? "japan"), network:N3 or pairs")
  }

  /// How the rule is called in results.
  package func name(in programme: ProgrammeDefinition) -> String {
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

extension CohortBound.Group {
  /// "country:PE", "region:japan", "network:N3" or "pairs"; nil for anything else.
  /// Whether a programme has the group is not checked.
  package init?(label: String) {
    let parts = label.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts.dropFirst().first.map(String.init) else {
      guard label == "pairs" else { return nil }
      self = .pairs
      return
    }
    switch parts[0] {
    case "country": self = .country(name.uppercased())
    case "region": self = .region(name)
    case "network":
      guard let id = Network.ID(label: name.uppercased()) else { return nil }
      self = .network(id)
    default: return nil
    }
  }

  /// What `init(label:)` reads.
  package var label: String {
    switch self {
    case .country(let code): "country:\(code)"
    case .region(let id): "region:\(id)"
    case .network(let id): "network:\(id)"
    case .pairs: "pairs"
    }
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
  /// Who puts the pairing into effect; nil for a dry run.
  package var commit: Authorship?

  package init() {}
}

/// The objectives by their names on the command line.
package enum CohortObjectiveName: String, Codable, Sendable, CaseIterable {
  case total, fairest, stable

  package var objective: CohortObjective {
    switch self {
    case .total: .total
    case .fairest: .fairest
    case .stable: .stable
    }
  }
}
