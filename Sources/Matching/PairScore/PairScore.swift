public import Programme

/// How well two participants fit: the weighted mean of the factors that are
/// known of both.
///
///     score = sum of weight(f) · value(f) / sum of weight(f), over known f
///
/// Unknown is not 0: a factor that is not known drops out, and the others' weights
/// are scaled up. With nothing known the score is 0.
public struct PairScore: Hashable, Sendable {
  /// The score in millionths, 0…1,000,000: what is compared and summed, so that
  /// ties are ties on every machine.
  public let micros: Int32
  /// What each known factor adds to the score, in the order of `Factor.allCases`;
  /// the contributions sum to the score but for rounding to millionths.
  public let contributions: [Contribution]
  /// The factors of positive weight that are not known.
  public let unknown: [Factor]

  public struct Contribution: Hashable, Sendable {
    public var factor: Factor
    /// In 0…1.
    public var value: Double
    /// The factor's part of the weights of those known.
    public var share: Double

    /// share · value.
    public var contribution: Double { share * value }
  }

  /// In 0…1.
  public var value: Double { Double(micros) / Double(Self.unit) }

  /// Millionths in 1.
  public static let unit: Int32 = 1_000_000

  /// - Parameter weights: not negative, with a sum above 0, as a programme
  ///   definition's are.
  public init(_ factors: PairFactors, weights: FactorWeights) {
    var total = 0.0
    var unknown: [Factor] = []
    for factor in Factor.allCases where weights[factor] > 0 {
      if factors[factor] == nil { unknown.append(factor) } else { total += weights[factor] }
    }
    self.unknown = unknown
    contributions = Factor.allCases.compactMap { factor in
      guard let value = factors[factor], weights[factor] > 0 else { return nil }
      return Contribution(factor: factor, value: value, share: weights[factor] / total)
    }
    let sum = contributions.reduce(0) { $0 + $1.contribution }
    micros = Int32((min(1, max(0, sum)) * Double(Self.unit)).rounded())
  }
}
