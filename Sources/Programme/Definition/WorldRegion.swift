/// A part of the world that takes part as one side of pairings, with a quota.
public struct WorldRegion: Codable, Hashable, Sendable, Identifiable {
  /// Of a-z, 0-9 and hyphens: "latin-america".
  public var id: String
  public var name: String
  /// Whether this is the European side, which has no quota of its own: the EU
  /// share of the others' is its.
  public var european: Bool
  /// Each country belongs to one region only.
  public var countries: [Country]

  public init(id: String, name: String, european: Bool = false, countries: [Country]) {
    self.id = id
    self.name = name
    self.european = european
    self.countries = countries
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(String.self, forKey: .id)
    name = try container.decode(String.self, forKey: .name)
    european = try container.decodeIfPresent(Bool.self, forKey: .european) ?? false
    countries = try container.decode([Country].self, forKey: .countries)
  }
}

/// A country that takes part.
public struct Country: Codable, Hashable, Sendable, Identifiable {
  /// The two capital letters of ISO 3166.
  public var code: String
  public var name: String

  public var id: String { code }

  public init(code: String, name: String) {
    self.code = code
    self.name = name
  }
}
