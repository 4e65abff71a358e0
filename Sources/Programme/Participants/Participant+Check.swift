public import Foundation

extension Participant {
  /// Checks a file of participants, one JSON object on each line, and reports
  /// all that is wrong with it at once, each finding with its line, its path in
  /// that line's object, and the remedy. Empty lines are passed over.
  ///
  /// Partners may stand in another file, so whether they exist is not checked.
  ///
  /// - Parameters:
  ///   - source: the name of the file, for the findings.
  ///   - definition: whose networks and countries may be named.
  /// - Complexity: O(n).
  public static func check(
    jsonl: Data, source: String, definition: ProgrammeDefinition
  ) -> CheckResult<[Participant]> {
    let log = FindingLog(source: source)
    var ids = Claims<String>(remedy: "give each participant an id of its own")
    var participants: [Participant] = []
    let lines = Array(jsonl).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !isBlank(line) {
      if let place = JSONPlace(parsing: line, line: index + 1, log: log),
        let participant = Participant(checking: place, definition: definition, ids: &ids)
      {
        participants.append(participant)
      }
    }
    return log.result(participants)
  }

  /// The participants of a file, one JSON object on each line.
  ///
  /// - Parameters:
  ///   - source: the name of the file, for the error.
  ///   - definition: whose networks and countries may be named; the bulletin's
  ///     unless given.
  /// - Throws: ``ProgrammeError/invalid(_:omitted:)`` with all that is wrong.
  public static func decode(
    jsonl: Data, source: String, definition: ProgrammeDefinition? = nil
  ) throws(ProgrammeError) -> [Participant] {
    let definition = if let definition { definition } else { try ProgrammeDefinition.bulletin }
    return try check(jsonl: jsonl, source: source, definition: definition).get()
  }

  /// Checks participants that came otherwise than in a file, by the same rules.
  ///
  /// - Parameter source: how the findings call where they came from; their lines are
  ///   the participants' numbers, from 1.
  /// - Throws: ``ProgrammeError/invalid(_:omitted:)`` with all that is wrong.
  /// - Complexity: O(n).
  public static func check(
    _ participants: [Participant], source: String, definition: ProgrammeDefinition
  ) throws(ProgrammeError) {
    let encoder = JSONEncoder()
    var lines = Data()
    for participant in participants {
      // What has no JSON form, such as an infinite number, leaves an empty object, in
      // which everything that is required is missed.
      lines += (try? encoder.encode(participant)) ?? Data("{}".utf8)
      lines.append(UInt8(ascii: "\n"))
    }
    _ = try check(jsonl: lines, source: source, definition: definition).get()
  }

  private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
    line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == 0x0D }
  }

  private static let keys = [
    "id", "name", "aliases", "kind", "members", "country", "latitude", "longitude", "population",
    "populationYear", "languages", "alumni", "capacity", "partners", "ris3", "gcom", "plan",
    "survey", "event",
  ]

  private init?(
    checking place: JSONPlace, definition: ProgrammeDefinition, ids: inout Claims<String>
  ) {
    guard let object = JSONObject(place, keys: Self.keys) else { return nil }
    let id = object.required("id").flatMap { ids.claim($0.slug(), at: $0) }
    let name = object.required("name")?.text()
    let kind = object.required("kind")?.choice(ParticipantKind.self)
    let country = object.required("country").flatMap { Self.country($0, definition) }
    let population = object.required("population")?.integer(in: 1...Int(Int32.max))
    let languages = object.required("languages").flatMap(Self.languages)
    let members = object.optional("members")?.list { $0.text() }
    if let kind { Self.check(members: members ?? [], of: kind, in: object, at: place) }
    let partners = object.optional("partners").flatMap { Self.partners($0, of: id) }
    let aliases = object.optional("aliases")?.list { $0.text() }
    let coordinates = Self.coordinates(object)
    let year = object.optional("populationYear")?.integer(in: 1900...2100)
    let alumni = object.optional("alumni")?.flag()
    let capacity = object.optional("capacity")?.integer(in: 1...1000)
    let themes = object.optional("ris3")?.list { $0.choice(RIS3Theme.self) }
    let gcom = object.optional("gcom").flatMap(GCoMStanding.init(checking:))
    let signals = Signals(checking: object, definition: definition)
    guard let id, let name, let kind, let country, let population, let languages else { return nil }
    // An optional value that cannot be read has been reported, and then nothing
    // is handed out: the defaults stand for what is missing only.
    self.init(
      id: id, name: name, aliases: aliases ?? [], kind: kind, members: members ?? [],
      country: country, coordinates: coordinates, population: population, populationYear: year,
      languages: languages, alumni: alumni ?? false, capacity: capacity ?? 1,
      previousPartners: partners ?? [], ris3Themes: themes ?? [], gcom: gcom, signals: signals)
  }

  private static func check(
    members: [String], of kind: ParticipantKind, in object: JSONObject, at place: JSONPlace
  ) {
    let listed = object.optional("members")
    if kind == .consortium, members.count < 2 {
      (listed ?? place).fail(
        "has fewer than two members, and a consortium has two or more",
        "list them in \"members\", or change \"kind\"")
    } else if kind != .consortium, !members.isEmpty {
      listed?.fail(
        "lists members, and a \(kind.rawValue) has none",
        "remove them, or write \"kind\": \"consortium\"")
    }
  }

  private static func country(_ place: JSONPlace, _ definition: ProgrammeDefinition) -> String? {
    guard let code = place.country() else { return nil }
    guard definition.country(code: code) != nil else {
      place.fail(
        "is \(Display.quoted(code)), which belongs to no world region of the programme",
        "add it to a region of the programme definition, or correct it")
      return nil
    }
    return code
  }

  private static func languages(_ place: JSONPlace) -> [String]? {
    let languages = place.list { $0.language() }
    if languages?.isEmpty == true {
      place.fail("is empty", "list at least one working language")
    }
    return languages
  }

  private static func partners(_ place: JSONPlace, of id: String?) -> [String]? {
    var claims = Claims<String>(remedy: "list each partner once")
    return place.list { place in
      let partner = claims.claim(place.slug(), at: place)
      if let partner, partner == id {
        place.fail("is the participant itself", "remove it")
      }
      return partner
    }
  }

  private static func coordinates(_ object: JSONObject) -> Coordinates? {
    let places = (object.optional("latitude"), object.optional("longitude"))
    let latitude = places.0?.number(in: -90...90)
    let longitude = places.1?.number(in: -180...180)
    switch places {
    case (let place?, nil): place.fail("stands without \"longitude\"", "write both or neither")
    case (nil, let place?): place.fail("stands without \"latitude\"", "write both or neither")
    default: break
    }
    guard let latitude, let longitude else { return nil }
    return Coordinates(latitude: latitude, longitude: longitude)
  }
}

extension GCoMStanding {
  fileprivate init?(checking place: JSONPlace) {
    guard let object = JSONObject(place, keys: ["mitigation", "adaptation", "compliance"]) else {
      return nil
    }
    func stage(_ key: String) -> Stage? { object.optional(key)?.choice(Stage.self) }
    self.init(
      mitigation: stage("mitigation"), adaptation: stage("adaptation"),
      compliance: stage("compliance"))
  }
}

extension Signals {
  fileprivate init(checking object: JSONObject, definition: ProgrammeDefinition) {
    self.init(
      plan: object.optional("plan").flatMap(Plan.init(checking:)),
      survey: object.optional("survey").flatMap {
        Self.values($0, definition) { $0.number(in: Self.interest) }
      },
      event: object.optional("event").flatMap {
        Self.values($0, definition) { $0.integer(in: 0...1_000_000) }
      })
  }

  /// An object whose keys are networks' labels.
  private static func values<Value>(
    _ place: JSONPlace, _ definition: ProgrammeDefinition, _ read: (JSONPlace) -> Value?
  ) -> [Network.ID: Value]? {
    guard let members = place.members() else { return nil }
    var values: [Network.ID: Value] = [:]
    for (key, place) in members {
      if let network = definition.network(label: key) {
        values[network.id] = read(place)
      } else {
        place.fail("is no network of the programme", remedy(for: key, in: definition))
      }
    }
    return values
  }

  private static func remedy(for key: String, in definition: ProgrammeDefinition) -> String {
    if let meant = definition.network(slug: key) { return "write \"\(meant.id)\"" }
    return "use one of \(definition.networks.map(\.id.label).joined(separator: ", "))"
  }
}

extension Plan {
  fileprivate init?(checking place: JSONPlace) {
    let keys = ["language", "title", "illustrative", "sections"]
    guard let object = JSONObject(place, keys: keys) else { return nil }
    let language = object.required("language")?.language()
    let title = object.required("title")?.text()
    let illustrative = object.optional("illustrative")?.flag() ?? false
    let sections = object.required("sections").flatMap { place in
      let sections = place.list(Section.init(checking:))
      if sections?.isEmpty == true {
        place.fail("is empty", "write at least one section, or \"plan\": null")
      }
      return sections
    }
    guard let language, let title, let sections else { return nil }
    self.init(language: language, title: title, illustrative: illustrative, sections: sections)
  }
}

extension Plan.Section {
  fileprivate init?(checking place: JSONPlace) {
    guard let object = JSONObject(place, keys: ["heading", "role", "text"]) else { return nil }
    let heading = object.optional("heading")?.text()
    let role = object.required("role")?.choice(Plan.Role.self)
    let text = object.required("text")?.text()
    guard let role, let text else { return nil }
    self.init(heading: heading, role: role, text: text)
  }
}
