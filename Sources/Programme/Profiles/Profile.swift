/// What matching knows of a participant: vectors made of its text, network
/// memberships fused from its signals, and facts. Anything may be unknown, which
/// is never the same as 0.
public struct Profile: Hashable, Sendable, Identifiable {
  /// The participant's id.
  public var id: String
  public var name: String
  /// For each network, in order, the probability that the participant belongs to
  /// it, in 0…1; nil without any signal.
  public var memberships: [Double]?
  /// What the plan is about.
  public var content: QuantisedVector?
  /// What it offers, and what it seeks; of the same space as `content`.
  public var offers: QuantisedVector?
  public var seeks: QuantisedVector?
  public var facts: Facts

  public init(
    id: String, name: String, memberships: [Double]? = nil, content: QuantisedVector? = nil,
    offers: QuantisedVector? = nil, seeks: QuantisedVector? = nil, facts: Facts
  ) {
    self.id = id
    self.name = name
    self.memberships = memberships
    self.content = content
    self.offers = offers
    self.seeks = seeks
    self.facts = facts
  }

  /// The place of the network with the largest membership, of equal ones the first;
  /// nil without any signal.
  public var primaryNetwork: Int? {
    guard let own = memberships else { return nil }
    return own.indices.max { (own[$0], $1) < (own[$1], $0) }
  }

  /// What is known of a participant besides its text.
  public struct Facts: Hashable, Sendable {
    public var kind: ParticipantKind
    /// The two letters of ISO 3166.
    public var country: String
    /// The id of its world region.
    public var region: String
    /// Whether that region is the European one.
    public var isEuropean: Bool
    /// Inhabitants, above 0.
    public var population: Int?
    /// Working languages (ISO 639); nil when unknown.
    public var languages: Set<String>?
    /// Whether it took part in the earlier programme.
    public var isAlumni: Bool?
    public var gcom: GCoMStanding?
    public var ris3Themes: Set<RIS3Theme>?
    /// The ids of its partners in the earlier programme.
    public var previousPartners: Set<String>
    /// How many pairings it can take part in at once, from 0.
    public var capacity: Int

    public init(
      kind: ParticipantKind = .city, country: String, region: String, isEuropean: Bool,
      population: Int? = nil, languages: Set<String>? = nil, isAlumni: Bool? = nil,
      gcom: GCoMStanding? = nil, ris3Themes: Set<RIS3Theme>? = nil,
      previousPartners: Set<String> = [], capacity: Int = 1
    ) {
      self.kind = kind
      self.country = country
      self.region = region
      self.isEuropean = isEuropean
      self.population = population
      self.languages = languages
      self.isAlumni = isAlumni
      self.gcom = gcom
      self.ris3Themes = ris3Themes
      self.previousPartners = previousPartners
      self.capacity = capacity
    }
  }
}
