/// How many cities the projection gives a world region, and of which kinds.
///
/// A share of the cities that is no whole number is rounded to the nearest,
/// halves up.
public struct Quota: Codable, Hashable, Sendable {
  /// The id of the world region; never the European one.
  public var region: String
  /// All cities of the region's pairings, their European partners included.
  public var cities: Int
  /// The part of them that is European, in 0...1.
  public var euShare: Double
  /// The part of them that took part in the earlier programme, in 0...1; nil
  /// when it is left open.
  public var alumniShare: Double?
  /// How many took part before; with `newcomers` they are all cities.
  public var alumni: Int?
  /// How many are new.
  public var newcomers: Int?

  public init(
    region: String, cities: Int, euShare: Double, alumniShare: Double? = nil, alumni: Int? = nil,
    newcomers: Int? = nil
  ) {
    self.region = region
    self.cities = cities
    self.euShare = euShare
    self.alumniShare = alumniShare
    self.alumni = alumni
    self.newcomers = newcomers
  }

  /// How many of the cities are European.
  public var europeanCities: Int { Self.part(euShare, of: cities) }
  /// How many are of the region itself.
  public var regionalCities: Int { cities - europeanCities }
  /// How many took part before: as counted, or else by the share; nil when it
  /// is left open.
  public var alumniCities: Int? { alumni ?? alumniShare.map { Self.part($0, of: cities) } }

  static func part(_ share: Double, of cities: Int) -> Int {
    Int((share * Double(cities)).rounded())
  }
}
