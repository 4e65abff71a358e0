import EncuentroProtos
import Programme

/// A participant, with the ranges that its type states. Whether its country and networks
/// are the programme's is for `Participant.check`.
extension Participant: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__Participant>) {
    encuentro__v1__participant__init(c)
  }

  /// The contract's numbers.
  private static let kinds: [(Encuentro__V1__ParticipantKind, ParticipantKind)] = [
    (ENCUENTRO__V1__PARTICIPANT_KIND__CITY, .city),
    (ENCUENTRO__V1__PARTICIPANT_KIND__REGION, .region),
    (ENCUENTRO__V1__PARTICIPANT_KIND__CONSORTIUM, .consortium),
  ]

  init(wire c: Encuentro__V1__Participant) throws(WireError) {
    let limit = WireLimits.listOfParticipant
    self.init(
      id: try Read.text(c.id, "id"),
      name: try Read.text(c.name, "name"),
      aliases: try Read.texts(c.n_aliases, c.aliases, "aliases", limit: limit),
      kind: try Read.choice(c.kind, "kind", of: Self.kinds),
      members: try Read.texts(c.n_members, c.members, "members", limit: limit),
      country: try Read.text(c.country, "country"),
      coordinates: try Read.optional(c.coordinates, "coordinates"),
      population: try Read.number(c.population, "population", in: 1...Int.max),
      populationYear: try Read.optional(
        c.population_year_or_none_case, c.population_year, "population_year"),
      languages: try Read.texts(c.n_languages, c.languages, "languages", limit: limit),
      alumni: c.alumni != 0,
      capacity: try Read.number(c.capacity, "capacity", in: 1...Int.max),
      previousPartners: try Read.texts(
        c.n_previous_partners, c.previous_partners, "previous_partners", limit: limit),
      ris3Themes: try Read.choices(c.n_ris3_themes, c.ris3_themes, "ris3_themes", limit: limit),
      gcom: try Read.optional(c.gcom, "gcom"),
      signals: Signals(
        plan: try Read.optional(c.plan, "plan"),
        survey: try Read.optional(c.survey, "survey", as: SurveySignal.self)?.interests,
        event: try Read.optional(c.event, "event", as: EventSignal.self)?.contributions))
    guard !languages.isEmpty else {
      throw .invalid(field: "languages", reason: "is empty; give at least one (ISO 639)")
    }
  }

  func fill(_ c: inout Encuentro__V1__Participant, _ arena: Arena) {
    c.id = arena.text(id)
    c.name = arena.text(name)
    (c.n_aliases, c.aliases) = arena.texts(aliases)
    c.kind =
      switch kind {
      case .city: ENCUENTRO__V1__PARTICIPANT_KIND__CITY
      case .region: ENCUENTRO__V1__PARTICIPANT_KIND__REGION
      case .consortium: ENCUENTRO__V1__PARTICIPANT_KIND__CONSORTIUM
      }
    (c.n_members, c.members) = arena.texts(members)
    c.country = arena.text(country)
    c.coordinates = arena.message(coordinates)
    c.population = Int64(population)
    (c.population_year_or_none_case, c.population_year) = arena.optional(
      populationYear, ENCUENTRO__V1__PARTICIPANT__POPULATION_YEAR_OR_NONE_POPULATION_YEAR)
    (c.n_languages, c.languages) = arena.texts(languages)
    c.alumni = alumni ? 1 : 0
    c.capacity = Int32(clamping: capacity)
    (c.n_previous_partners, c.previous_partners) = arena.texts(previousPartners)
    (c.n_ris3_themes, c.ris3_themes) = arena.choices(ris3Themes)
    c.gcom = arena.message(gcom)
    c.plan = arena.message(signals.plan)
    c.survey = arena.message(signals.survey.map(SurveySignal.init))
    c.event = arena.message(signals.event.map(EventSignal.init))
  }
}

extension Coordinates: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__Coordinates>) {
    encuentro__v1__coordinates__init(c)
  }

  init(wire c: Encuentro__V1__Coordinates) throws(WireError) {
    self.init(
      latitude: try Read.number(c.latitude, "latitude", in: -90...90),
      longitude: try Read.number(c.longitude, "longitude", in: -180...180))
  }

  func fill(_ c: inout Encuentro__V1__Coordinates, _ arena: Arena) {
    c.latitude = latitude
    c.longitude = longitude
  }
}

extension GCoMStanding: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__GcomStanding>) {
    encuentro__v1__gcom_standing__init(c)
  }

  init(wire c: Encuentro__V1__GcomStanding) throws(WireError) {
    self.init(
      mitigation: try Read.optionalChoice(c.mitigation_or_none_case, c.mitigation, "mitigation"),
      adaptation: try Read.optionalChoice(c.adaptation_or_none_case, c.adaptation, "adaptation"),
      compliance: try Read.optionalChoice(c.compliance_or_none_case, c.compliance, "compliance"))
  }

  func fill(_ c: inout Encuentro__V1__GcomStanding, _ arena: Arena) {
    (c.mitigation_or_none_case, c.mitigation) = arena.optional(
      mitigation?.rawValue, ENCUENTRO__V1__GCOM_STANDING__MITIGATION_OR_NONE_MITIGATION)
    (c.adaptation_or_none_case, c.adaptation) = arena.optional(
      adaptation?.rawValue, ENCUENTRO__V1__GCOM_STANDING__ADAPTATION_OR_NONE_ADAPTATION)
    (c.compliance_or_none_case, c.compliance) = arena.optional(
      compliance?.rawValue, ENCUENTRO__V1__GCOM_STANDING__COMPLIANCE_OR_NONE_COMPLIANCE)
  }
}

// MARK: - Plans

extension Plan: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__Plan>) {
    encuentro__v1__plan__init(c)
  }

  init(wire c: Encuentro__V1__Plan) throws(WireError) {
    self.init(
      language: try Read.text(c.language, "language"),
      title: try Read.text(c.title, "title"),
      illustrative: c.illustrative != 0,
      sections: try Read.messages(
        c.n_sections, c.sections, "sections", limit: WireLimits.sections))
  }

  func fill(_ c: inout Encuentro__V1__Plan, _ arena: Arena) {
    c.language = arena.text(language)
    c.title = arena.text(title)
    c.illustrative = illustrative ? 1 : 0
    (c.n_sections, c.sections) = arena.messages(sections)
  }
}

extension Plan.Section: Mapped {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__PlanSection>) {
    encuentro__v1__plan_section__init(c)
  }

  init(wire c: Encuentro__V1__PlanSection) throws(WireError) {
    self.init(
      heading: try Read.optional(c.heading_or_none_case, c.heading, "heading"),
      role: try Read.choice(c.role, "role"),
      text: try Read.text(c.text, "text"))
  }

  func fill(_ c: inout Encuentro__V1__PlanSection, _ arena: Arena) {
    (c.heading_or_none_case, c.heading) = arena.optional(
      heading, ENCUENTRO__V1__PLAN_SECTION__HEADING_OR_NONE_HEADING)
    c.role = arena.text(role.rawValue)
    c.text = arena.text(text)
  }
}

// MARK: - Survey and event

/// A dictionary by network as the contract's list, ascending so that equal values give
/// equal bytes.
private func entries<Entry, Value>(
  _ values: [Network.ID: Value], _ entry: (Network.ID, Value) -> Entry
) -> [Entry] {
  values.sorted { $0.key < $1.key }.map { entry($0.key, $0.value) }
}

private func dictionary<Entry, Value>(
  _ entries: [Entry], _ field: String, _ pair: (Entry) -> (Network.ID, Value)
) throws(WireError) -> [Network.ID: Value] {
  var values: [Network.ID: Value] = [:]
  for (index, entry) in entries.enumerated() {
    let (network, value) = pair(entry)
    guard values.updateValue(value, forKey: network) == nil else {
      throw .invalid(
        field: "\(field)[\(index)].network", reason: "\(network) stands there twice; give it once")
    }
  }
  return values
}

private struct SurveySignal: Mapped {
  var interests: [Network.ID: Double]

  struct Entry: Mapped {
    var network: Network.ID
    var interest: Double
  }

  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__SurveySignal>) {
    encuentro__v1__survey_signal__init(c)
  }
}

extension SurveySignal {
  init(wire c: Encuentro__V1__SurveySignal) throws(WireError) {
    let list = try Read.messages(
      c.n_interests, c.interests, "interests", limit: WireLimits.networks, as: Entry.self)
    interests = try dictionary(list, "interests") { ($0.network, $0.interest) }
  }

  func fill(_ c: inout Encuentro__V1__SurveySignal, _ arena: Arena) {
    (c.n_interests, c.interests) = arena.messages(entries(interests, Entry.init))
  }
}

extension SurveySignal.Entry {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__NetworkInterest>) {
    encuentro__v1__network_interest__init(c)
  }

  init(wire c: Encuentro__V1__NetworkInterest) throws(WireError) {
    network = try Read.network(c.network, "network")
    interest = try Read.number(c.interest, "interest", in: Signals.interest)
  }

  func fill(_ c: inout Encuentro__V1__NetworkInterest, _ arena: Arena) {
    c.network = arena.text(network.label)
    c.interest = interest
  }
}

private struct EventSignal: Mapped {
  var contributions: [Network.ID: Int]

  struct Entry: Mapped {
    var network: Network.ID
    var contributions: Int
  }

  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__EventSignal>) {
    encuentro__v1__event_signal__init(c)
  }
}

extension EventSignal {
  init(wire c: Encuentro__V1__EventSignal) throws(WireError) {
    let list = try Read.messages(
      c.n_contributions, c.contributions, "contributions", limit: WireLimits.networks,
      as: Entry.self)
    contributions = try dictionary(list, "contributions") { ($0.network, $0.contributions) }
  }

  func fill(_ c: inout Encuentro__V1__EventSignal, _ arena: Arena) {
    (c.n_contributions, c.contributions) = arena.messages(entries(contributions, Entry.init))
  }
}

extension EventSignal.Entry {
  static func initialise(_ c: UnsafeMutablePointer<Encuentro__V1__NetworkContributions>) {
    encuentro__v1__network_contributions__init(c)
  }

  init(wire c: Encuentro__V1__NetworkContributions) throws(WireError) {
    network = try Read.network(c.network, "network")
    contributions = try Read.number(c.contributions, "contributions")
  }

  func fill(_ c: inout Encuentro__V1__NetworkContributions, _ arena: Arena) {
    c.network = arena.text(network.label)
    c.contributions = Int64(contributions)
  }
}
