public import Foundation

extension ProgrammeDefinition {
  /// Checks a definition file and reports all that is wrong with it at once,
  /// each finding with its line, its JSON path and the remedy.
  ///
  /// A text that is not JSON gives one finding, at the place where it stops
  /// being it.
  ///
  /// - Parameter source: the name of the file, for the findings.
  /// - Complexity: O(n).
  public static func check(
    _ data: Data, source: String = "programme definition"
  ) -> CheckResult<ProgrammeDefinition> {
    let log = FindingLog(source: source)
    let root = JSONPlace(parsing: Array(data)[...], line: 1, log: log)
    return log.result(root.flatMap(ProgrammeDefinition.init(checking:)))
  }

  private init?(checking place: JSONPlace) {
    let keys = ["name", "version", "note", "networks", "regions", "quotas", "weights", "rules"]
    guard let object = JSONObject(place, keys: keys) else { return nil }
    let name = object.required("name")?.text()
    let version = object.required("version")?.integer(in: 1...Int(Int32.max))
    let note = object.optional("note")?.text()
    let networks = object.required("networks").flatMap(Self.networks)
    let regions = object.required("regions").flatMap(RegionsCheck.init)
    let quotas = object.required("quotas").flatMap { Self.quotas($0, of: regions) }
    let weights = object.required("weights").flatMap(FactorWeights.init(checking:))
    let rules = object.required("rules").flatMap { Rules(checking: $0, regions: regions) }
    guard let name, let version, let networks, let regions = regions?.regions, let quotas,
      let weights, let rules
    else { return nil }
    self.init(
      name: name, version: version, note: note, networks: networks, regions: regions,
      quotas: quotas, weights: weights, rules: rules)
  }

  private static func networks(_ place: JSONPlace) -> [Network]? {
    guard let places = place.list() else { return nil }
    guard (1...maximumNetworks).contains(places.count) else {
      place.fail(
        "has \(places.count) networks", "list from 1 to \(maximumNetworks) networks")
      return nil
    }
    var numbers = Claims<Int>(remedy: "number the networks from 1 without gaps")
    var slugs = Claims<String>(remedy: "give each network a slug of its own")
    let networks = places.map { place -> Network? in
      guard let object = JSONObject(place, keys: ["number", "slug", "name", "shortName"]) else {
        return nil
      }
      let number = object.required("number").flatMap {
        numbers.claim($0.integer(in: 1...Int(Int32.max)), at: $0)
      }
      let slug = object.required("slug").flatMap { slugs.claim($0.slug(), at: $0) }
      let name = object.required("name")?.text()
      let shortName = object.required("shortName")?.text()
      guard let number, let slug, let name, let shortName else { return nil }
      return Network(number: number, slug: slug, name: name, shortName: shortName)
    }
    // Numbers that are wrong in themselves would only look like gaps.
    let missing = Set(1...places.count).subtracting(numbers.values).sorted()
    if numbers.values.count == places.count, !missing.isEmpty {
      let labels = missing.map { "\($0)" }.joined(separator: ", ")
      place.fail(
        "lacks the number \(labels)", "number the \(places.count) networks from 1 without gaps")
    }
    let sound = networks.compactMap(\.self)
    return sound.count == places.count ? sound.sorted { $0.number < $1.number } : nil
  }

  private static func quotas(_ place: JSONPlace, of regions: RegionsCheck?) -> [Quota]? {
    var claims = Claims<String>(remedy: "keep one quota for each region")
    let quotas = place.list { place -> Quota? in
      Quota(checking: place, regions: regions, claims: &claims)
    }
    for id in regions?.limited ?? [] where !claims.values.contains(id) {
      place.warn(
        "has no quota for the region \(Display.quoted(id)), so it is not limited",
        "add one to limit it")
    }
    return quotas
  }
}

/// The world regions of a definition as far as they can be read; what refers to
/// them is checked even when some are wrong.
private struct RegionsCheck {
  /// All regions; nil if one of them is wrong.
  let regions: [WorldRegion]?
  /// The ids of all regions that have a readable one, in order.
  private(set) var ids: [String] = []
  private(set) var european: Set<String> = []

  /// The ids of the regions that a quota may stand for.
  var limited: [String] { ids.filter { !european.contains($0) } }

  init?(_ place: JSONPlace) {
    guard let places = place.list() else { return nil }
    if places.isEmpty { place.fail("is empty", "list the world regions that take part") }
    var ids: [String] = []
    var european: Set<String> = []
    var claims = Claims<String>(remedy: "give each region an id of its own")
    var codes = Claims<String>(remedy: "a country belongs to one region: remove one of the two")
    let regions = places.map { place -> WorldRegion? in
      guard let object = JSONObject(place, keys: ["id", "name", "european", "countries"]) else {
        return nil
      }
      let id = object.required("id").flatMap { claims.claim($0.slug(), at: $0) }
      let name = object.required("name")?.text()
      let flag = object.optional("european")
      let isEuropean = flag == nil ? false : flag?.flag()
      let countries = object.required("countries").flatMap { Self.countries($0, claims: &codes) }
      if let id {
        ids.append(id)
        // A flag that cannot be read must not make the region's quota wrong too.
        if isEuropean == true { european.insert(id) }
      }
      guard let id, let name, let isEuropean, let countries else { return nil }
      return WorldRegion(id: id, name: name, european: isEuropean, countries: countries)
    }
    self.regions = regions.contains { $0 == nil } ? nil : regions.compactMap(\.self)
    self.ids = ids
    self.european = european
  }

  private static func countries(
    _ place: JSONPlace, claims: inout Claims<String>
  ) -> [Country]? {
    guard let places = place.list() else { return nil }
    if places.isEmpty { place.fail("is empty", "list the countries of the region") }
    let countries = places.map { place -> Country? in
      guard let object = JSONObject(place, keys: ["code", "name"]) else { return nil }
      let code = object.required("code").flatMap { claims.claim($0.country(), at: $0) }
      let name = object.required("name")?.text()
      guard let code, let name else { return nil }
      return Country(code: code, name: name)
    }
    return countries.contains { $0 == nil } ? nil : countries.compactMap(\.self)
  }
}

extension Quota {
  fileprivate init?(
    checking place: JSONPlace, regions: RegionsCheck?, claims: inout Claims<String>
  ) {
    let keys = ["region", "cities", "euShare", "alumniShare", "alumni", "newcomers"]
    guard let object = JSONObject(place, keys: keys) else { return nil }
    let region = object.required("region").flatMap { claims.claim($0.text(), at: $0) }
    if let region, let place = object.required("region") {
      Self.check(region: region, at: place, regions: regions)
    }
    let cities = object.required("cities")?.integer(in: 1...1_000_000)
    let euShare = Self.share(object.required("euShare"), of: cities)
    let alumniShare = Self.share(object.optional("alumniShare"), of: cities)
    let alumni = object.optional("alumni")?.integer(in: 0...1_000_000)
    let newcomers = object.optional("newcomers")?.integer(in: 0...1_000_000)
    if let cities {
      Self.check(object, cities: cities, alumni: alumni, newcomers: newcomers, share: alumniShare)
    }
    guard let region, let cities, let euShare else { return nil }
    self.init(
      region: region, cities: cities, euShare: euShare, alumniShare: alumniShare, alumni: alumni,
      newcomers: newcomers)
  }

  private static func check(region: String, at place: JSONPlace, regions: RegionsCheck?) {
    guard let regions else { return }
    if regions.european.contains(region) {
      place.fail(
        "is \(Display.quoted(region)), which is European and has no quota of its own",
        "remove it, and set \"euShare\" in the others")
    } else if !regions.ids.contains(region) {
      place.fail(
        "is \(Display.quoted(region)), which is no region of this definition",
        EditDistance.nearest(to: region, in: regions.limited).map { "did you mean \"\($0)\"?" }
          ?? "use one of \(regions.limited.joined(separator: ", "))")
    }
  }

  /// A part of the cities; warns when it is no whole number of them.
  private static func share(_ place: JSONPlace?, of cities: Int?) -> Double? {
    guard let place, let share = place.number(in: 0...1) else { return nil }
    if let cities {
      let exact = share * Double(cities)
      if abs(exact - exact.rounded()) > 1e-9 {
        place.warn(
          "of \(cities) cities is \(Display.number(exact)), counted as \(part(share, of: cities))",
          "choose another share or number of cities to decide it yourself")
      }
    }
    return share
  }

  private static func check(
    _ object: JSONObject, cities: Int, alumni: Int?, newcomers: Int?, share: Double?
  ) {
    let counts = (object.optional("alumni"), object.optional("newcomers"))
    switch counts {
    case (let place?, nil): place.fail("stands without \"newcomers\"", "write both or neither")
    case (nil, let place?): place.fail("stands without \"alumni\"", "write both or neither")
    default: break
    }
    if let alumni, let newcomers, alumni + newcomers != cities {
      counts.1?.fail(
        "and \"alumni\" are \(newcomers) + \(alumni) = \(alumni + newcomers) cities, not \(cities)",
        "make \"alumni\" and \"newcomers\" sum to \"cities\"")
    }
    if let alumni, let share, part(share, of: cities) != alumni {
      object.optional("alumniShare")?.fail(
        "of \(cities) cities is \(part(share, of: cities)), and \"alumni\" says \(alumni)",
        "make them agree, or write null")
    }
  }
}

extension FactorWeights {
  fileprivate init?(checking place: JSONPlace) {
    guard let object = JSONObject(place, keys: Factor.allCases.map(\.rawValue)) else { return nil }
    self.init(
      sharedNetworks: 0, content: 0, complementarity: 0, scale: 0, language: 0, mentoring: 0,
      themes: 0)
    var isComplete = true
    for factor in Factor.allCases {
      // The bound keeps sums and products finite.
      if let weight = object.required(factor.rawValue)?.number(in: 0...1e6) {
        self[factor] = weight
      } else {
        isComplete = false
      }
    }
    guard isComplete else { return nil }
    if total <= 0 { place.fail("sum to 0", "make at least one weight greater than 0") }
  }
}

extension Rules {
  fileprivate init?(checking place: JSONPlace, regions: RegionsCheck?) {
    let keys = ["crossRegional", "oneSideEuropean", "allowPreviousPartners"]
    guard let object = JSONObject(place, keys: keys) else { return nil }
    let crossRegional = object.required("crossRegional")?.flag()
    let oneSideEuropean = object.required("oneSideEuropean")?.flag()
    let allowPreviousPartners = object.required("allowPreviousPartners")?.flag()
    if oneSideEuropean == true, let regions = regions?.regions,
      !regions.contains(where: \.european)
    {
      object.optional("oneSideEuropean")?.fail(
        "is true, and no region is European",
        "mark one with \"european\": true, or write false here")
    }
    guard let crossRegional, let oneSideEuropean, let allowPreviousPartners else { return nil }
    self.init(
      crossRegional: crossRegional, oneSideEuropean: oneSideEuropean,
      allowPreviousPartners: allowPreviousPartners)
  }
}
