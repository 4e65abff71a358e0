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

  package var objective: CohortObjective {
    switch self {
    case .total: .total
    case .fairest: .fairest
    case .stable: .stable
    }
  }
}
