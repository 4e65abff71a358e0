import Programme
import TestSupport
import Testing

@testable import Matching

@Suite("Partner index")
struct PartnerIndexTests {
  @Test("small cases equal brute force", arguments: TestGenerator.seeds(100))
  func small(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    for _ in 0..<100 {
      let scene = Scene(&generator)
      let requests = (0..<generator.int(1...3)).map { _ in scene.request(&generator) }
      let expected = requests.map(scene.bruteForce)
      #expect(scene.index.topPartners(requests) == expected)
      for (request, expected) in zip(requests, expected) where generator.int(0...3) == 0 {
        #expect(scene.index.topPartners([request]) == [expected])
      }
    }
  }

  @Test("scores equal the pair scores", arguments: TestGenerator.seeds(40))
  func scores(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let scene = Scene(&generator)
    var scores = [Int32](repeating: 7, count: scene.profiles.count)
    for (row, profile) in scene.profiles.enumerated() {
      scene.index.scores(of: row, into: &scores)
      #expect(scores == scene.profiles.map { scene.micros(profile, $0) ?? -1 })
    }
  }

  @Test("profiles come out as they went in", arguments: TestGenerator.seeds(20))
  func profiles(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let scene = Scene(&generator)
    #expect(scene.index.count == scene.profiles.count)
    for (row, profile) in scene.profiles.enumerated() {
      #expect(scene.index.profile(row) == profile)
      #expect(scene.index.row(of: profile.id) == scene.profiles.firstIndex { $0.id == profile.id })
    }
    #expect(scene.index.row(of: "nobody") == nil)
  }
}

/// Some profiles, weights and rules, with the answers of brute force.
struct Scene {
  var profiles: [Profile]
  var weights: FactorWeights
  var eligibility: Eligibility
  let index: PartnerIndex

  init(profiles: [Profile], weights: FactorWeights, eligibility: Eligibility) {
    self.profiles = profiles
    self.weights = weights
    self.eligibility = eligibility
    index = PartnerIndex(profiles: profiles, weights: weights, eligibility: eligibility)
  }

  init(_ generator: inout TestGenerator) {
    let dimensions = generator.pick([1, 3, 16, 16, 16, 70])
    let networks = generator.int(1...7)
    let ids = [
      "b", "a", "é", "e\u{301}", "z", "Z", "", "aa", "\u{10000}", "\u{FFFF}", "K", "\u{212A}",
    ]
    var profiles: [Profile] = []
    let names = (0..<generator.int(0...40)).map { $0 < ids.count ? ids[$0] : "p\($0)" }
    for id in names {
      // Many twins, so that scores tie.
      if let twin = profiles.last, generator.int(0...2) == 0 {
        profiles.append(
          Profile(
            id: id, name: id, memberships: twin.memberships, content: twin.content,
            offers: twin.offers, seeks: twin.seeks, facts: twin.facts))
      } else {
        profiles.append(
          RandomProfile.make(id, &generator, dimensions: dimensions, networks: networks))
      }
      if generator.int(0...9) == 0 {
        profiles[profiles.count - 1].memberships = nil
        profiles[profiles.count - 1].content = nil
      }
    }
    func weight() -> Double { generator.int(0...4) == 0 ? 0 : Double(abs(generator.float())) }
    var weights = FactorWeights(
      sharedNetworks: weight(), content: weight(), complementarity: weight(), scale: weight(),
      language: weight(), mentoring: weight(), themes: weight())
    if weights.total == 0 { weights.content = 1 }
    func coin() -> Bool { generator.int(0...1) == 0 }
    let exclusions = (0..<generator.int(0...2)).map { _ in
      Eligibility.Exclusion(generator.pick(ids), generator.pick(ids))
    }
    self.init(
      profiles: profiles, weights: weights,
      eligibility: Eligibility(
        rules: Rules(crossRegional: coin(), oneSideEuropean: coin(), allowPreviousPartners: coin()),
        exclusions: Set(exclusions)))
  }

  func request(_ generator: inout TestGenerator) -> PartnerRequest {
    var filter = PartnerFilter()
    if generator.int(0...3) == 0 {
      filter.network = .init(
        network: generator.int(0...index.panels.networks),
        atLeast: Double(abs(generator.float())) / 2)
    }
    if generator.int(0...3) == 0 { filter.countries = ["japan", "europe"] }
    if generator.int(0...3) == 0 { filter.excludedIDs = ["a", "z", "nobody"] }
    let count = generator.pick([0, 1, 2, 5, 10, 1000])
    if profiles.isEmpty || generator.int(0...3) == 0 {
      let dimensions = index.panels.dimension > 0 ? index.panels.dimension : 5
      var stranger = RandomProfile.make(
        generator.pick(["a", "stranger"]), &generator, dimensions: dimensions,
        networks: index.panels.networks)
      if generator.int(0...3) == 0 {
        stranger = Profile(
          id: "s", name: "", facts: .init(country: "", region: "moon", isEuropean: false))
      }
      return PartnerRequest(.profile(stranger), count: count, filter: filter)
    }
    return PartnerRequest(
      .row(generator.int(0...profiles.count - 1)), count: count, filter: filter)
  }

  /// The score of a pair, nil when it may not be formed.
  func micros(_ a: Profile, _ b: Profile) -> Int32? {
    guard eligibility.allows(a, b) else { return nil }
    return PairScore(PairFactors(a, b), weights: weights).micros
  }

  func bruteForce(_ request: PartnerRequest) -> [Suggestion] {
    let query =
      switch request.participant {
      case .profile(let profile): profile
      case .row(let row): profiles[row]
      }
    let filter = request.filter
    func belongs(_ profile: Profile) -> Bool {
      guard let wanted = filter.network else { return true }
      guard let memberships = profile.memberships, wanted.network < memberships.count else {
        return false
      }
      return memberships[wanted.network] >= wanted.atLeast
    }
    guard belongs(query) else { return [] }
    var all: [Suggestion] = []
    for (row, candidate) in profiles.enumerated() where belongs(candidate) {
      if let countries = filter.countries, !countries.contains(candidate.facts.country) { continue }
      if filter.excludedIDs.contains(candidate.id) { continue }
      guard let micros = micros(query, candidate) else { continue }
      all.append(Suggestion(row: row, id: candidate.id, micros: micros))
    }
    all.sort {
      $0.micros != $1.micros
        ? $0.micros > $1.micros
        : $0.id.unicodeScalars.lexicographicallyPrecedes($1.id.unicodeScalars)
    }
    return Array(all.prefix(request.count))
  }
}
