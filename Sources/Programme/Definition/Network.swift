/// A thematic network of the programme.
public struct Network: Codable, Hashable, Sendable, Identifiable {
  /// From 1, without gaps.
  public var number: Int
  /// A stable short identifier of a-z, 0-9 and hyphens: "smart-cities".
  public var slug: String
  /// The full official name.
  public var name: String
  /// A name short enough for a table.
  public var shortName: String

  /// The network's number as an identifier.
  public var id: ID { ID(number) }

  public init(number: Int, slug: String, name: String, shortName: String) {
    self.number = number
    self.slug = slug
    self.name = name
    self.shortName = shortName
  }
}

extension Network {
  /// What names a network in data: its number, written "N3".
  public struct ID: Hashable, Sendable {
    /// The network's number, from 1.
    public let number: Int

    public init(_ number: Int) {
      self.number = number
    }

    /// "N3" as an identifier; nil for anything else than "N" and a number from
    /// 1 without leading zeros.
    public init?(label: String) {
      guard label.hasPrefix("N"), let number = Int(label.dropFirst()), number > 0,
        label == "N\(number)"
      else { return nil }
      self.number = number
    }

    /// "N3"
    public var label: String { "N\(number)" }

    /// The network's place in a vector that has one element per network.
    public var index: Int { number - 1 }
  }
}

extension Network.ID: Comparable {
  public static func < (first: Self, second: Self) -> Bool { first.number < second.number }
}

extension Network.ID: CustomStringConvertible {
  public var description: String { label }
}

extension Network.ID: Codable, CodingKeyRepresentable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// The label, so that a dictionary by network is an object with the keys "N1"…
  public var codingKey: any CodingKey { Key(stringValue: label) }

  public init?(codingKey: some CodingKey) {
    self.init(label: codingKey.stringValue)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let label = try container.decode(String.self)
    guard let id = Self(label: label) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(label)' is not a network's label like \"N3\"")
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(label)
  }
}
