import Foundation
public import Programme

/// The factors of a pair, each in 0…1, or nil where a fact is not known of both.
///
/// All formulas are symmetric: the order of the two never matters.
public struct PairFactors: Hashable, Sendable {
  private var values: [Double?]

  /// The factor's value; nil when it is unknown.
  public subscript(factor: Factor) -> Double? {
    get { values[factor.index] }
    set { values[factor.index] = newValue }
  }

  /// - Complexity: O(length of the vectors).
  public init(_ a: Profile, _ b: Profile) {
    values = Array(repeating: nil, count: Factor.allCases.count)
    if let x = a.memberships, let y = b.memberships {
      self[.sharedNetworks] = Self.sharedNetworks(x, y)
    }
    if let x = a.content, let y = b.content { self[.content] = max(0, x.cosine(y)) }
    self[.complementarity] = Self.complementarity(
      Self.direction(a.offers, b.seeks), Self.direction(b.offers, a.seeks))
    let (f, g) = (a.facts, b.facts)
    if let x = f.population, let y = g.population { self[.scale] = Self.scale(x, y) }
    if let x = f.languages, let y = g.languages {
      self[.language] = x.isDisjoint(with: y) ? 0 : 1
    }
    self[.mentoring] = Self.mentoring((f.isAlumni, f.gcom), (g.isAlumni, g.gcom))
    if let x = f.ris3Themes, let y = g.ris3Themes, !x.isEmpty, !y.isEmpty {
      self[.themes] = Self.themes(x.count, y.count, shared: x.intersection(y).count)
    }
  }

  /// How alike the memberships are spread over the networks: the Bhattacharyya
  /// coefficient of the two distributions, sum of √(p·q) (A. Bhattacharyya, 1943).
  /// 1 for the same spread, 0 for none in common.
  static func sharedNetworks(_ x: [Double], _ y: [Double]) -> Double {
    min(1, zip(roots(x), roots(y)).reduce(0) { $0 + $1.0 * $1.1 })
  }

  /// The square roots of the memberships' parts of their sum; zeros for a sum of 0.
  static func roots(_ memberships: [Double]) -> [Double] {
    let sum = memberships.reduce(0, +)
    return memberships.map { sum > 0 ? ($0 / sum).squareRoot() : 0 }
  }

  private static func direction(_ offers: QuantisedVector?, _ seeks: QuantisedVector?) -> Double? {
    guard let offers, let seeks else { return nil }
    return max(0, offers.cosine(seeks))
  }

  /// The mean over the directions that are known.
  static func complementarity(_ one: Double?, _ other: Double?) -> Double? {
    switch (one, other) {
    case (let one?, let other?): (one + other) / 2
    default: one ?? other
    }
  }

  /// 1 for equal populations, 0 from tenfold on, linear in the logarithm of
  /// the ratio between.
  static func scale(_ x: Int, _ y: Int) -> Double {
    guard x > 0, y > 0 else { return 0 }
    return max(0, 1 - abs(log10(Double(x)) - log10(Double(y))))
  }

  /// What one can pass on: 1 when one took part before and the other did not; else
  /// the largest distance between their stages of one badge of the Covenant of
  /// Mayors, in thirds.
  static func mentoring(
    _ a: (isAlumni: Bool?, gcom: GCoMStanding?), _ b: (isAlumni: Bool?, gcom: GCoMStanding?)
  ) -> Double? {
    var known: [Double] = []
    if let x = a.isAlumni, let y = b.isAlumni { known.append(x == y ? 0 : 1) }
    if let x = a.gcom?.ranks, let y = b.gcom?.ranks {
      known.append(Double(zip(x, y).map { abs($0 - $1) }.max() ?? 0) / 3)
    }
    return known.max()
  }

  /// How much of the smaller strategy's themes the other shares; both have some.
  static func themes(_ x: Int, _ y: Int, shared: Int) -> Double {
    Double(shared) / Double(min(x, y))
  }
}

extension Factor {
  /// The factor's place among all.
  var index: Int {
    switch self {
    case .sharedNetworks: 0
    case .content: 1
    case .complementarity: 2
    case .scale: 3
    case .language: 4
    case .mentoring: 5
    case .themes: 6
    }
  }
}
