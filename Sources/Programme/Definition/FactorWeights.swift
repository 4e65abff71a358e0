/// What the score of a pair is made of.
public enum Factor: String, CaseIterable, Codable, Hashable, Sendable {
  /// The networks that both belong to.
  case sharedNetworks
  /// How near the contents of the two plans are.
  case content
  /// What one offers and the other seeks.
  case complementarity
  /// How alike the populations are.
  case scale
  /// A working language in common.
  case language
  /// A participant of the earlier programme with a newcomer.
  case mentoring
  /// The themes of smart specialisation (RIS3) in common.
  case themes
}

/// How much each factor counts: non-negative numbers of any sum above zero.
public struct FactorWeights: Codable, Hashable, Sendable {
  public var sharedNetworks: Double
  public var content: Double
  public var complementarity: Double
  public var scale: Double
  public var language: Double
  public var mentoring: Double
  public var themes: Double

  public init(
    sharedNetworks: Double, content: Double, complementarity: Double, scale: Double,
    language: Double, mentoring: Double, themes: Double
  ) {
    self.sharedNetworks = sharedNetworks
    self.content = content
    self.complementarity = complementarity
    self.scale = scale
    self.language = language
    self.mentoring = mentoring
    self.themes = themes
  }

  /// The weight of a factor as it stands in the definition.
  public subscript(factor: Factor) -> Double {
    get { self[keyPath: Self.property(of: factor)] }
    set { self[keyPath: Self.property(of: factor)] = newValue }
  }

  /// The sum of all weights.
  public var total: Double { Factor.allCases.reduce(0) { $0 + self[$1] } }

  /// The weight of a factor as a part of the total; over all factors these sum
  /// to 1.
  public func share(of factor: Factor) -> Double { self[factor] / total }

  private static func property(of factor: Factor) -> WritableKeyPath<Self, Double> {
    switch factor {
    case .sharedNetworks: \.sharedNetworks
    case .content: \.content
    case .complementarity: \.complementarity
    case .scale: \.scale
    case .language: \.language
    case .mentoring: \.mentoring
    case .themes: \.themes
    }
  }
}
