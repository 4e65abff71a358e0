public import Programme

/// The hard rules: which pairs may be formed at all, never traded for score.
public struct Eligibility: Hashable, Sendable {
  public var rules: Rules
  /// Ids that may not be paired with one another, whatever the rules.
  public var exclusions: Set<Exclusion>

  /// Two participants that must not be paired; the order does not matter.
  public struct Exclusion: Hashable, Sendable {
    let first: String
    let second: String

    public init(_ one: String, _ other: String) {
      (first, second) = one < other ? (one, other) : (other, one)
    }
  }

  public init(rules: Rules, exclusions: Set<Exclusion> = []) {
    self.rules = rules
    self.exclusions = exclusions
  }

  /// Why a pair may not be formed.
  public enum Obstacle: String, Codable, Hashable, Sendable, CaseIterable {
    case itself, sameRegion, noEuropeanSide, previousPartners, excluded
  }

  /// The first rule that forbids the pair; nil when it may be formed.
  public func obstacle(_ a: Profile, _ b: Profile) -> Obstacle? {
    if a.id == b.id { return .itself }
    if rules.crossRegional, a.facts.region == b.facts.region { return .sameRegion }
    if rules.oneSideEuropean, a.facts.isEuropean == b.facts.isEuropean { return .noEuropeanSide }
    if !rules.allowPreviousPartners,
      a.facts.previousPartners.contains(b.id) || b.facts.previousPartners.contains(a.id)
    {
      return .previousPartners
    }
    return exclusions.contains(Exclusion(a.id, b.id)) ? .excluded : nil
  }

  public func allows(_ a: Profile, _ b: Profile) -> Bool { obstacle(a, b) == nil }
}
