import Programme
import TestSupport
import Testing

@testable import Matching

@Suite("Partner index, larger")
struct PartnerIndexLargeTests {
  private let weights = FactorWeights(
    sharedNetworks: 3, content: 3, complementarity: 1.5, scale: 1, language: 0.5, mentoring: 1,
    themes: 0.5)

  @Test("100,000 identical plans come by their ids")
  func identical() throws {
    var generator = TestGenerator(seed: 1)
    let vector = try #require(QuantisedVector(generator.floats(256)))
    var builder = PartnerIndexBuilder(
      weights: weights,
      eligibility: Eligibility(
        rules: Rules(crossRegional: false, oneSideEuropean: false, allowPreviousPartners: true)))
    for number in 0..<100_000 {
      // Ids not in the order of rows.
      builder.append(
        Profile(
          id: "p\((number * 7919) % 100_000)", name: "", content: vector, offers: vector,
          seeks: vector, facts: .init(country: "ES", region: "europe", isEuropean: true)))
    }
    let index = builder.build()
    let best = index.topPartners(of: 0, count: 5)
    #expect(best.map(\.id) == ["p1", "p10", "p100", "p1000", "p10000"])
    #expect(best.allSatisfy { $0.micros == 1_000_000 })
  }

  @Test("vectors with tails, in batches and alone", arguments: TestGenerator.seeds(3))
  func clustered(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    // Components fall, and there are topics, so that bounds rule candidates out.
    let topics = (0..<8).map { _ in generator.floats(192) }
    func vector(_ topic: [Float]) -> QuantisedVector? {
      QuantisedVector(
        topic.enumerated().map { ($1 + generator.float()) / Float($0 + 10).squareRoot() })
    }
    let profiles = (0..<800).map { number in
      var profile = RandomProfile.make("p\(number)", &generator, dimensions: 192)
      let topic = generator.pick(topics)
      if profile.content != nil { profile.content = vector(topic) }
      if profile.offers != nil { profile.offers = vector(topic) }
      if profile.seeks != nil { profile.seeks = vector(topic) }
      return profile
    }
    let scene = Scene(
      profiles: profiles, weights: weights,
      eligibility: Eligibility(
        rules: Rules(crossRegional: true, oneSideEuropean: true, allowPreviousPartners: false)))
    let requests = (0..<9).map { _ in scene.request(&generator) }
    let found = scene.index.topPartners(requests)
    for (request, found) in zip(requests, found) { #expect(found == scene.bruteForce(request)) }
    let rows = 5..<8
    var scores = [Int32](repeating: 7, count: rows.count * profiles.count)
    scene.index.scores(of: rows, into: &scores)
    #expect(
      scores == rows.flatMap { row in profiles.map { scene.micros(profiles[row], $0) ?? -1 } })
  }

  @Test("more requests than one batch are answered in their order")
  func manyRequests() {
    var generator = TestGenerator(seed: 2)
    let scene = Scene(
      profiles: (0..<50).map { RandomProfile.make("p\($0)", &generator) }, weights: weights,
      eligibility: Eligibility(
        rules: Rules(crossRegional: false, oneSideEuropean: false, allowPreviousPartners: true)))
    let requests = (0..<500).map { PartnerRequest(.row($0 % 50), count: 3) }
    #expect(scene.index.topPartners(requests) == requests.map(scene.bruteForce))
  }

  @Test("a side without anybody, and nobody at all")
  func nobody() {
    var generator = TestGenerator(seed: 3)
    let rules = Rules(crossRegional: true, oneSideEuropean: true, allowPreviousPartners: true)
    let europeans = (0..<40).map { number in
      var profile = RandomProfile.make("p\(number)", &generator)
      profile.facts.isEuropean = true
      profile.facts.region = "europe"
      return profile
    }
    let index = PartnerIndex(
      profiles: europeans, weights: weights, eligibility: Eligibility(rules: rules))
    #expect(index.topPartners(of: 3, count: 10).isEmpty)
    let empty = PartnerIndex(
      profiles: [], weights: weights, eligibility: Eligibility(rules: rules))
    #expect(empty.topPartners(of: europeans[0], count: 10).isEmpty)
    #expect(empty.topPartners([]).isEmpty)
    let silent = Profile(
      id: "silent", name: "", facts: .init(country: "JP", region: "japan", isEuropean: false))
    #expect(index.topPartners(of: silent, count: 2).map(\.micros) == [0, 0])
  }

  @Test("other weights share the profiles")
  func otherWeights() {
    var generator = TestGenerator(seed: 4)
    let scene = Scene(&generator)
    let eligibility = Eligibility(
      rules: Rules(crossRegional: false, oneSideEuropean: true, allowPreviousPartners: false))
    let index = scene.index.with(weights: weights, eligibility: eligibility)
    let fresh = Scene(profiles: scene.profiles, weights: weights, eligibility: eligibility)
    for row in scene.profiles.indices {
      #expect(
        index.topPartners(of: row, count: 5)
          == fresh.bruteForce(PartnerRequest(.row(row), count: 5)))
    }
  }
}
