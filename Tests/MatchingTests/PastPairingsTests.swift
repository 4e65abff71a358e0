import Programme
import TestSupport
import Testing

@testable import Matching

@Suite("Past pairings")
struct PastPairingsTests {
  private let eligibility = Eligibility(
    rules: Rules(crossRegional: true, oneSideEuropean: true, allowPreviousPartners: false))
  private let weights = FactorWeights(
    sharedNetworks: 3, content: 2, complementarity: 1, scale: 1, language: 1, mentoring: 1,
    themes: 0)

  @Test("ranks are those of a plain count", arguments: TestGenerator.seeds(20))
  func bruteForce(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let profiles = (0..<24).map { RandomProfile.make("p\($0)", &generator) }
    let european = profiles.indices.filter { profiles[$0].facts.isEuropean }
    let others = profiles.indices.filter { !profiles[$0].facts.isEuropean }
    guard !european.isEmpty, !others.isEmpty else { return }
    // Some have several true partners.
    let pairings = Set(
      (0..<6).map { _ in [generator.pick(european), generator.pick(others)] }
    ).sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }.map { ($0[0], $0[1]) }
    var ranks: [Int] = []
    var candidates = 0
    for pairing in pairings {
      for (query, truth) in [(pairing.0, pairing.1), (pairing.1, pairing.0)] {
        func micros(_ other: Int) -> Int32 {
          PairScore(PairFactors(profiles[query], profiles[other]), weights: weights).micros
        }
        var rank = 1
        candidates += 1
        for other in profiles.indices where other != truth && other != query {
          let (a, b) = (profiles[query].facts, profiles[other].facts)
          guard a.region != b.region, a.isEuropean != b.isEuropean,
            !pairings.contains(where: { $0 == (query, other) || $0 == (other, query) })
          else { continue }
          candidates += 1
          if micros(other) > micros(truth) { rank += 1 }
        }
        ranks.append(rank)
      }
    }
    ranks.sort()
    let count = Double(ranks.count)
    let report = PastPairings(profiles, pairings: pairings, eligibility: eligibility)
      .report(weights: weights)
    #expect(report.pairs == pairings.count && report.queries == ranks.count)
    #expect(abs(report.mrr - ranks.map { 1 / Double($0) }.reduce(0, +) / count) < 1e-12)
    #expect(report.recallAt1 == Double(ranks.count { $0 == 1 }) / count)
    #expect(report.recallAt5 == Double(ranks.count { $0 <= 5 }) / count)
    #expect(report.recallAt10 == Double(ranks.count { $0 <= 10 }) / count)
    let median = Double(ranks[(ranks.count - 1) / 2] + ranks[ranks.count / 2]) / 2
    #expect(report.medianRank == median)
    #expect(abs(report.meanCandidates - Double(candidates) / count) < 1e-12)
  }

  @Test("a query's other true partners are no rivals, equals are not above")
  func rivals() {
    let profiles = (0..<4).map { index in
      Profile(
        id: "p\(index)", name: "p\(index)",
        facts: .init(
          country: "", region: index == 0 ? "europe" : "japan", isEuropean: index == 0,
          population: 1000))
    }
    let past = PastPairings(profiles, pairings: [(0, 1), (0, 2)], eligibility: eligibility)
    let report = past.report(weights: weights)
    #expect(report.mrr == 1 && report.medianRank == 1)
    // From 0: the partner and number 3; from the others: number 0 alone.
    #expect(report.meanCandidates == 1.5)
  }

  @Test("no pairings give no figures, and no fault")
  func none() {
    let past = PastPairings([], pairings: [], eligibility: eligibility)
    let report = past.report(weights: weights)
    #expect(report.queries == 0 && report.mrr == 0 && report.medianRank == 0)
    #expect(WeightFitting(past).fit(current: weights).crossValidated.queries == 0)
  }
}

@Suite("Fitting weights")
struct WeightFittingTests {
  private let eligibility = Eligibility(
    rules: Rules(crossRegional: true, oneSideEuropean: true, allowPreviousPartners: false))

  /// Pairings of i with i in which one factor tells the partner, and the others tell
  /// nothing.
  private func planted(_ factor: Factor, count: Int, seed: UInt64) -> PastPairings {
    var generator = TestGenerator(seed: seed)
    let languages = ["en", "es", "pt", "fr", "de", "it", "pl", "ro"]
    func vector() -> QuantisedVector? { QuantisedVector(generator.floats(16)) }
    func profile(_ id: String, european: Bool) -> Profile {
      Profile(
        id: id, name: id, memberships: (0..<7).map { _ in Double(abs(generator.float())) },
        content: vector(), offers: vector(), seeks: vector(),
        facts: .init(
          country: "", region: european ? "europe" : "japan", isEuropean: european,
          population: generator.int(1...10_000) * generator.int(1...1000),
          languages: [generator.pick(languages)], isAlumni: generator.int(0...1) == 0,
          ris3Themes: Set([generator.pick(RIS3Theme.allCases)])))
    }
    let european = (0..<count).map { profile("e\($0)", european: true) }
    var others = (0..<count).map { profile("o\($0)", european: false) }
    for (index, one) in european.enumerated() {
      switch factor {
      case .sharedNetworks: others[index].memberships = one.memberships
      case .content: others[index].content = one.content
      case .complementarity: (others[index].offers, others[index].seeks) = (one.seeks, one.offers)
      case .scale: others[index].facts.population = one.facts.population
      case .language: others[index].facts.languages = one.facts.languages
      case .mentoring: others[index].facts.isAlumni = one.facts.isAlumni.map { !$0 }
      case .themes: others[index].facts.ris3Themes = one.facts.ris3Themes
      }
    }
    return PastPairings(
      european + others, pairings: (0..<count).map { ($0, count + $0) }, eligibility: eligibility)
  }

  private func options(seed: UInt64) -> WeightFitting.Options {
    var options = WeightFitting.Options()
    (options.steps, options.rate, options.folds, options.seed) = (40, 3, 2, seed)
    return options
  }

  private func expectSound(_ weights: FactorWeights) {
    for factor in Factor.allCases { #expect(weights[factor] >= 0 && weights[factor] <= 1) }
    #expect(abs(weights.total - 1) < 0.005, "each is rounded to thousandths")
  }

  @Test("the factor that alone matters gets the largest weight", arguments: Factor.allCases)
  func recovers(factor: Factor) throws {
    let past = planted(factor, count: 12, seed: 7)
    let result = WeightFitting(past, options: options(seed: 1)).fit(current: WeightFitting.even)
    expectSound(result.weights)
    let largest = try #require(
      Factor.allCases.max { result.weights[$0] < result.weights[$1] })
    #expect(largest == factor, "\(result.weights)")
    #expect(result.even == result.current)
    #expect(past.report(weights: result.weights).mrr >= result.even.mrr)
    #expect(result.crossValidated.queries == 24 && result.crossValidated.pairs == 12)
  }

  @Test("the same seed gives the same result", arguments: TestGenerator.seeds(2))
  func repeats(seed: UInt64) {
    let past = planted(.scale, count: 6, seed: seed)
    let fitting = WeightFitting(past, options: options(seed: seed))
    #expect(fitting.fit(current: WeightFitting.even) == fitting.fit(current: WeightFitting.even))
  }

  @Test(
    "weights are sound whatever is unknown, and however few pairings there are",
    arguments: TestGenerator.seeds(4))
  func unknown(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let profiles = (0..<12).map { RandomProfile.make("p\($0)", &generator) }
    for count in 1...3 {
      let past = PastPairings(
        profiles, pairings: (0..<count).map { ($0, 11 - $0) }, eligibility: eligibility)
      var options = options(seed: seed)
      // Strong steps and no prior drive weights to their least.
      (options.prior, options.rate) = (0, 100)
      let result = WeightFitting(past, options: options).fit(current: WeightFitting.even)
      expectSound(result.weights)
      #expect(result.crossValidated.queries == 2 * count)
    }
  }
}
