import Programme
import TestSupport
import Testing

@testable import Matching

@Suite("Pair score")
struct PairScoreTests {
  private let weights = FactorWeights(
    sharedNetworks: 3, content: 2, complementarity: 1, scale: 1, language: 1, mentoring: 1,
    themes: 1)

  private func profile(_ id: String, european: Bool) -> Profile {
    Profile(
      id: id, name: id,
      facts: .init(
        country: european ? "ES" : "AR", region: european ? "europe" : "latin-america",
        isEuropean: european))
  }

  @Test("contributions sum to the score, unknown factors drop out")
  func sums() throws {
    var a = profile("a", european: true)
    var b = profile("b", european: false)
    #expect(PairScore(PairFactors(a, b), weights: weights).micros == 0)
    #expect(PairScore(PairFactors(a, b), weights: weights).unknown == Factor.allCases)
    a.memberships = [0.5, 0]
    b.memberships = [0.5, 0.5]
    let alone = PairScore(PairFactors(a, b), weights: weights)
    #expect(alone.micros == 707_107, "√(1/2)")
    #expect(alone.contributions.map(\.factor) == [.sharedNetworks])
    a.facts.population = 100_000
    b.facts.population = 1_000_000
    let both = PairScore(PairFactors(a, b), weights: weights)
    let expected: Double = 0.5.squareRoot() * 0.75
    #expect(both.micros == Int32((expected * 1e6).rounded()), "tenfold is 0 in scale")
    #expect(both.contributions.map(\.share) == [0.75, 0.25])
    #expect(!both.unknown.contains(.scale) && both.unknown.contains(.content))
  }

  @Test("factors are symmetric and in 0…1", arguments: TestGenerator.seeds(50))
  func symmetric(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let a = RandomProfile.make("a", &generator)
    let b = RandomProfile.make("b", &generator)
    #expect(PairFactors(a, b) == PairFactors(b, a))
    for factor in Factor.allCases {
      if let value = PairFactors(a, b)[factor] { #expect((0...1.000001).contains(value)) }
    }
    #expect((0...1_000_000).contains(PairScore(PairFactors(a, b), weights: weights).micros))
  }

  @Test("a vector is 1 with itself and has no direction without values")
  func vectors() throws {
    let vector = try #require(QuantisedVector([3, -4, 0.1]))
    #expect(abs(vector.cosine(vector) - 1) < 1e-6)
    let opposite = try #require(QuantisedVector([-3, 4, -0.1]))
    #expect(abs(vector.cosine(opposite) + 1) < 1e-6)
    for bad: [Float] in [[], [0, 0], [.nan, 1], [.infinity]] {
      #expect(QuantisedVector(bad) == nil)
    }
  }

  @Test("each rule forbids, and says which")
  func rules() {
    var a = profile("a", european: true)
    let b = profile("b", european: false)
    var eligibility = Eligibility(
      rules: Rules(crossRegional: true, oneSideEuropean: true, allowPreviousPartners: false))
    #expect(eligibility.allows(a, b) && eligibility.allows(b, a))
    #expect(eligibility.obstacle(a, a) == .itself)
    #expect(eligibility.obstacle(a, profile("c", european: true)) == .sameRegion)
    var asian = b
    asian.id = "d"
    asian.facts.region = "japan"
    #expect(eligibility.obstacle(asian, b) == .noEuropeanSide)
    a.facts.previousPartners = ["b"]
    #expect(eligibility.obstacle(a, b) == .previousPartners)
    #expect(eligibility.obstacle(b, a) == .previousPartners)
    eligibility.rules.allowPreviousPartners = true
    #expect(eligibility.allows(b, a))
    eligibility.exclusions = [.init("b", "a")]
    #expect(eligibility.obstacle(a, b) == .excluded)
  }
}

/// Profiles in which anything may be unknown.
enum RandomProfile {
  static func make(
    _ id: String, _ generator: inout TestGenerator, dimensions: Int = 16, networks: Int = 7
  ) -> Profile {
    func maybe<Value>(_ value: Value?) -> Value? { generator.int(0...3) == 0 ? nil : value }
    let isEuropean = generator.int(0...1) == 0
    let memberships = (0..<networks).map { _ in Double(abs(generator.float())) }
    let vectors = (0..<3).map { _ in QuantisedVector(generator.floats(dimensions)) }
    let region = isEuropean ? "europe" : generator.pick(["latin-america", "japan", "china"])
    return Profile(
      id: id, name: "Name of \(id)", memberships: maybe(memberships), content: maybe(vectors[0]),
      offers: maybe(vectors[1]), seeks: maybe(vectors[2]),
      facts: .init(
        country: region, region: region, isEuropean: isEuropean,
        population: maybe(generator.int(1...30_000_000)),
        languages: maybe(
          Set([generator.pick(["en", "es", "pt"]), "fr"].prefix(generator.int(1...2)))),
        isAlumni: maybe(generator.int(0...1) == 0),
        gcom: maybe(GCoMStanding(mitigation: generator.pick(GCoMStanding.Stage.allCases))),
        ris3Themes: maybe(Set(RIS3Theme.allCases.prefix(generator.int(0...7)))),
        previousPartners: generator.int(0...9) == 0 ? ["a", "b"] : [],
        capacity: generator.int(0...3)))
  }
}
