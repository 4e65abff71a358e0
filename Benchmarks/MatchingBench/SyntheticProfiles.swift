import Foundation
import Programme

/// Profiles that are made up, the same for the same seed, shaped like real ones:
///
/// - 300 topics; a content vector is half topic, half the participant's own, in
///   energy. Components are those of a principal component analysis of sentence
///   embeddings: the energy of component i falls as (i + 10)^-0.8.
/// - Offers and seeks are 60% content, the rest their own.
/// - A topic belongs to one of 7 networks, and its participants mostly do as well.
/// - Half are European; populations are log-normal around 160,000; languages come
///   with the country; a part of the facts is not known.
struct SyntheticProfiles {
  static let dimension = 256
  private static let topicCount = 300
  private static let regions = [
    "latin-america", "japan", "china", "india", "north-america", "africa", "asean", "australasia",
  ]
  private static let languages = ["es", "pt", "fr", "de", "it", "ja", "zh", "hi", "pl", "el"]

  private var random: Random
  private let deviations: [Float]
  private let topics: [[Float]]

  init(seed: UInt64) {
    var random = Random(state: seed)
    let energies = (0..<Self.dimension).map { Foundation.pow(Double($0 + 10), -0.8) }
    let total = energies.reduce(0, +)
    let deviations = energies.map { Float(($0 / total).squareRoot()) }
    topics = (0..<Self.topicCount).map { _ in random.vector(deviations) }
    self.deviations = deviations
    self.random = random
  }

  mutating func next(_ number: Int) -> Profile {
    // Popular topics are much more popular than others.
    let spread = random.unit()
    let topic = Int(spread * spread * Double(Self.topicCount))
    let content = mix(topics[topic], ownShare: 0.5)
    let offers = mix(content, ownShare: 0.4)
    let seeks = mix(content, ownShare: 0.4)
    var memberships = (0..<7).map { _ in 0.25 * random.unit() * random.unit() }
    memberships[topic % 7] = 1 - 0.5 * random.unit() * random.unit()
    if random.unit() < 0.3 { memberships[Int(random.unit() * 7)] = 0.3 + 0.6 * random.unit() }
    return Profile(
      id: "participant-\(number)", name: "Participant \(number)",
      memberships: random.unit() < 0.99 ? memberships : nil, content: QuantisedVector(content),
      offers: QuantisedVector(offers), seeks: QuantisedVector(seeks), facts: facts())
  }

  private mutating func facts() -> Profile.Facts {
    let isEuropean = random.unit() < 0.5
    let country = Int(random.unit() * random.unit() * 20)
    let place = Int(random.unit() * Double(Self.regions.count))
    var languages: Set = [Self.languages[(country + (isEuropean ? 0 : place)) % 10]]
    if random.unit() < 0.6 { languages.insert("en") }
    let ranks = GCoMStanding.Stage.allCases
    let badges = (0..<3).map { _ in
      random.unit() < 0.4 ? nil : ranks[Int(random.unit() * Double(ranks.count))]
    }
    let themes = RIS3Theme.allCases.filter { _ in random.unit() < 0.4 }
    return Profile.Facts(
      country: "\(isEuropean ? "E" : "W")\(country)",
      region: isEuropean ? "europe" : Self.regions[place], isEuropean: isEuropean,
      population: random.unit() < 0.97 ? Int(Foundation.exp(12 + 1.2 * random.normal())) : nil,
      languages: random.unit() < 0.95 ? languages : nil, isAlumni: random.unit() < 0.15,
      gcom: random.unit() < 0.5
        ? GCoMStanding(mitigation: badges[0], adaptation: badges[1], compliance: badges[2]) : nil,
      ris3Themes: isEuropean && random.unit() < 0.6 ? Set(themes) : nil)
  }

  /// A vector of which a share of the energy is drawn anew.
  private mutating func mix(_ vector: [Float], ownShare: Float) -> [Float] {
    let own = random.vector(deviations)
    let (kept, added) = ((1 - ownShare).squareRoot(), ownShare.squareRoot())
    return vector.indices.map { kept * vector[$0] + added * own[$0] }
  }

  /// SplitMix64 (G. Steele et al., OOPSLA 2014).
  private struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }

    /// From 0 to below 1.
    mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// Nearly normal: the sum of eight bytes, brought to mean 0 and variance 1.
    mutating func normal() -> Double { Double(Self.sum(next())) / 209.02 - 4.88 }

    mutating func vector(_ deviations: [Float]) -> [Float] {
      deviations.map { (Float(Self.sum(next())) / 209.02 - 4.88) * $0 }
    }

    private static func sum(_ bits: UInt64) -> Int {
      let pairs = (bits & 0x00FF_00FF_00FF_00FF) &+ ((bits >> 8) & 0x00FF_00FF_00FF_00FF)
      return Int((pairs &* 0x0001_0001_0001_0001) >> 48)
    }
  }
}
