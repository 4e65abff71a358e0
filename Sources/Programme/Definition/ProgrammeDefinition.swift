public import Foundation

/// What the programme consists of: its networks, world regions, quotas, the
/// weights of the pair score, and the rules for pairs.
///
/// All of it is data, because the bulletin says that it may change. Read a file
/// through ``check(_:source:)``, which finds everything that is wrong with it;
/// decoding by `Codable` verifies types only.
///
///     let definition = try ProgrammeDefinition.check(data, source: "my.json").get()
public struct ProgrammeDefinition: Codable, Hashable, Sendable {
  /// A definition with more networks is refused.
  public static let maximumNetworks = 64

  public var name: String
  /// Counts the changes of the definition, from 1.
  public var version: Int
  /// Anything that a reader should know, such as where the figures are from.
  public var note: String?
  /// In the order of their numbers, which go from 1 without gaps.
  public var networks: [Network]
  public var regions: [WorldRegion]
  /// One at most for each region that is not European; a region without one is
  /// not limited.
  public var quotas: [Quota]
  public var weights: FactorWeights
  public var rules: Rules

  public init(
    name: String, version: Int, note: String? = nil, networks: [Network], regions: [WorldRegion],
    quotas: [Quota], weights: FactorWeights, rules: Rules
  ) {
    self.name = name
    self.version = version
    self.note = note
    self.networks = networks
    self.regions = regions
    self.quotas = quotas
    self.weights = weights
    self.rules = rules
  }
}

// MARK: - The shipped definition

extension ProgrammeDefinition {
  /// The definition shipped with the program, which is the bulletin's. It is
  /// read and checked once.
  public static var bulletin: ProgrammeDefinition {
    get throws(ProgrammeError) { try shipped.get() }
  }

  /// The shipped file itself: readable, and what an own definition starts from.
  public static var bulletinFile: Data {
    get throws(ProgrammeError) { try Resource.data("programme.json") }
  }

  private static let shipped = Result { () throws(ProgrammeError) in
    try check(bulletinFile, source: "programme.json").get()
  }
}

// MARK: - Looking up

extension ProgrammeDefinition {
  /// The network of that id.
  ///
  /// - Complexity: O(networks), like the lookups below.
  public func network(_ id: Network.ID) -> Network? {
    network(number: id.number)
  }

  /// The network of that number, from 1.
  public func network(number: Int) -> Network? {
    networks.first { $0.number == number }
  }

  /// The network of that slug, such as "mobility".
  public func network(slug: String) -> Network? {
    networks.first { $0.slug == slug }
  }

  /// The network of that label, such as "N3".
  public func network(label: String) -> Network? {
    Network.ID(label: label).flatMap(network(_:))
  }

  /// The world region of that id.
  ///
  /// - Complexity: O(regions).
  public func region(id: String) -> WorldRegion? {
    regions.first { $0.id == id }
  }

  /// The world region that a country (ISO 3166, two letters) belongs to; nil if
  /// it does not take part.
  ///
  /// - Complexity: O(countries).
  public func region(ofCountry code: String) -> WorldRegion? {
    regions.first { region in region.countries.contains { $0.code == code } }
  }

  /// The country of that code, if it takes part.
  ///
  /// - Complexity: O(countries).
  public func country(code: String) -> Country? {
    for region in regions {
      if let country = region.countries.first(where: { $0.code == code }) { return country }
    }
    return nil
  }

  /// The quota of a world region; nil if it is not limited.
  ///
  /// - Complexity: O(quotas).
  public func quota(ofRegion id: String) -> Quota? {
    quotas.first { $0.region == id }
  }
}
