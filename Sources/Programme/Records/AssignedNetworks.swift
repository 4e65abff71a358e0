/// A participant's networks by their labels.
public struct AssignedNetworks: Codable, Hashable, Sendable {
  public var primary: String
  /// The strongest first.
  public var further: [String]

  public init(primary: String, further: [String] = []) {
    self.primary = primary
    self.further = further
  }
}
