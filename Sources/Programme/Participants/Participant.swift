/// What a participant is.
public enum ParticipantKind: String, CaseIterable, Codable, Hashable, Sendable {
  case city, region
  /// Several that are matched as one.
  case consortium
}

/// A point on the Earth, in degrees.
public struct Coordinates: Hashable, Sendable {
  /// North of the equator, in -90...90.
  public var latitude: Double
  /// East of Greenwich, in -180...180.
  public var longitude: Double

  public init(latitude: Double, longitude: Double) {
    self.latitude = latitude
    self.longitude = longitude
  }
}

/// A city, a region or a consortium that takes part, with what is known of it.
///
/// Read files through ``check(jsonl:source:definition:)``, which verifies what
/// they say. `Codable` gives and takes the same form, one object, and verifies
/// types only.
public struct Participant: Hashable, Sendable, Identifiable {
  /// Of a-z, 0-9 and hyphens: "buenos-aires".
  public var id: String
  public var name: String
  /// Other names that it is known by.
  public var aliases: [String]
  public var kind: ParticipantKind
  /// The names of those that form a consortium; empty otherwise.
  public var members: [String]
  /// The two letters of ISO 3166.
  public var country: String
  public var coordinates: Coordinates?
  /// The number of inhabitants, above 0.
  public var population: Int
  /// The year that the population is of.
  public var populationYear: Int?
  /// Working languages (ISO 639), the preferred one first; never empty.
  public var languages: [String]
  /// Whether it took part in the earlier programme.
  public var alumni: Bool
  /// How many pairings it can take part in at once, from 1.
  public var capacity: Int
  /// The ids of its partners in the earlier programme.
  public var previousPartners: [String]
  /// The themes of its smart specialisation strategy (RIS3), of regions mostly.
  public var ris3Themes: [RIS3Theme]
  /// What it has reached in the Global Covenant of Mayors; nil when unknown.
  public var gcom: GCoMStanding?
  public var signals: Signals

  public init(
    id: String, name: String, aliases: [String] = [], kind: ParticipantKind,
    members: [String] = [], country: String, coordinates: Coordinates? = nil, population: Int,
    populationYear: Int? = nil, languages: [String], alumni: Bool = false, capacity: Int = 1,
    previousPartners: [String] = [], ris3Themes: [RIS3Theme] = [], gcom: GCoMStanding? = nil,
    signals: Signals = Signals()
  ) {
    self.id = id
    self.name = name
    self.aliases = aliases
    self.kind = kind
    self.members = members
    self.country = country
    self.coordinates = coordinates
    self.population = population
    self.populationYear = populationYear
    self.languages = languages
    self.alumni = alumni
    self.capacity = capacity
    self.previousPartners = previousPartners
    self.ris3Themes = ris3Themes
    self.gcom = gcom
    self.signals = signals
  }

  /// The part of the world that its country belongs to; nil if the country does
  /// not take part.
  ///
  /// - Complexity: O(countries).
  public func worldRegion(in definition: ProgrammeDefinition) -> WorldRegion? {
    definition.region(ofCountry: country)
  }
}

// MARK: - One flat object, as in the files

extension Participant: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, name, aliases, kind, members, country, latitude, longitude, population
    case populationYear, languages, alumni, capacity, gcom
    case previousPartners = "partners"
    case ris3Themes = "ris3"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(String.self, forKey: .id)
    name = try container.decode(String.self, forKey: .name)
    aliases = try container.decodeIfPresent([String].self, forKey: .aliases) ?? []
    kind = try container.decode(ParticipantKind.self, forKey: .kind)
    members = try container.decodeIfPresent([String].self, forKey: .members) ?? []
    country = try container.decode(String.self, forKey: .country)
    let latitude = try container.decodeIfPresent(Double.self, forKey: .latitude)
    let longitude = try container.decodeIfPresent(Double.self, forKey: .longitude)
    if let latitude, let longitude {
      coordinates = Coordinates(latitude: latitude, longitude: longitude)
    }
    population = try container.decode(Int.self, forKey: .population)
    populationYear = try container.decodeIfPresent(Int.self, forKey: .populationYear)
    languages = try container.decode([String].self, forKey: .languages)
    alumni = try container.decodeIfPresent(Bool.self, forKey: .alumni) ?? false
    capacity = try container.decodeIfPresent(Int.self, forKey: .capacity) ?? 1
    previousPartners = try container.decodeIfPresent([String].self, forKey: .previousPartners) ?? []
    ris3Themes = try container.decodeIfPresent([RIS3Theme].self, forKey: .ris3Themes) ?? []
    gcom = try container.decodeIfPresent(GCoMStanding.self, forKey: .gcom)
    signals = try Signals(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(name, forKey: .name)
    try container.encode(aliases, forKey: .aliases)
    try container.encode(kind, forKey: .kind)
    try container.encode(members, forKey: .members)
    try container.encode(country, forKey: .country)
    try container.encodeIfPresent(coordinates?.latitude, forKey: .latitude)
    try container.encodeIfPresent(coordinates?.longitude, forKey: .longitude)
    try container.encode(population, forKey: .population)
    try container.encodeIfPresent(populationYear, forKey: .populationYear)
    try container.encode(languages, forKey: .languages)
    try container.encode(alumni, forKey: .alumni)
    try container.encode(capacity, forKey: .capacity)
    try container.encode(previousPartners, forKey: .previousPartners)
    try container.encode(ris3Themes, forKey: .ris3Themes)
    try container.encodeIfPresent(gcom, forKey: .gcom)
    try signals.encode(to: encoder)
  }
}
