import Foundation
import Testing

@testable import Programme

@Suite("Reading participants")
struct ParticipantCheckTests {
  /// A participant with everything, on one line.
  static let line = """
    {"id":"rio-grande","name":"Río Grande","aliases":["RG"],"kind":"city","members":[],\
    "country":"AR","latitude":-53.8,"longitude":-67.7,"population":98277,"populationYear":2022,\
    "languages":["es"],"alumni":true,"capacity":2,"partners":["albacete"],\
    "ris3":["renewable energy"],"gcom":{"mitigation":"target"},\
    "plan":{"language":"es","title":"Viento","illustrative":true,"sections":[\
    {"heading":"Hoy","role":"context","text":"Una isla."},{"role":"seeks","text":"Calor."}]},\
    "survey":{"N1":4.5,"N6":0},"event":{"N6":3}}
    """

  private func check(_ text: String) throws -> CheckResult<[Participant]> {
    Participant.check(
      jsonl: Data(text.utf8), source: "own.jsonl", definition: try ProgrammeDefinition.bulletin)
  }

  @Test("reads everything that a line says")
  func everything() throws {
    let participants = try Participant.decode(jsonl: Data(Self.line.utf8), source: "own.jsonl")
    let expected = Participant(
      id: "rio-grande", name: "Río Grande", aliases: ["RG"], kind: .city, country: "AR",
      coordinates: Coordinates(latitude: -53.8, longitude: -67.7), population: 98277,
      populationYear: 2022, languages: ["es"], alumni: true, capacity: 2,
      previousPartners: ["albacete"], ris3Themes: [.renewableEnergy],
      gcom: GCoMStanding(mitigation: .target),
      signals: Signals(
        plan: Plan(
          language: "es", title: "Viento", illustrative: true,
          sections: [
            Plan.Section(heading: "Hoy", role: .context, text: "Una isla."),
            Plan.Section(role: .seeks, text: "Calor."),
          ]),
        survey: [Network.ID(1): 4.5, Network.ID(6): 0], event: [Network.ID(6): 3]))
    #expect(participants == [expected])
    let plan = try #require(expected.signals.plan)
    #expect(plan.text == "Viento\n\nHoy\n\nUna isla.\n\nCalor.")
    #expect(plan.texts(of: .seeks) == ["Calor."])
    #expect(plan.wordCount == 3)
    #expect(expected.worldRegion(in: try .bulletin)?.id == "latin-america")
  }

  @Test("needs only what a participant cannot be without")
  func least() throws {
    let text = """
      {"id":"a","name":"A","kind":"region","country":"ES","population":1,"languages":["es","en"],\
      "plan":null,"survey":null}
      """
    #expect(
      try check(text).get() == [
        Participant(
          id: "a", name: "A", kind: .region, country: "ES", population: 1, languages: ["es", "en"])
      ])
  }

  @Test("passes over empty lines, a byte order mark and Windows line ends")
  func lineEnds() throws {
    let second = Self.line.replacing("rio-grande", with: "b")
    let result = try check("\u{FEFF}\(Self.line)\r\n\r\n  \n\(second)\r\n")
    #expect(try result.get().map(\.id) == ["rio-grande", "b"])
    #expect(try check("").get().isEmpty)
  }

  static let breakages = [
    Breakage(
      "no id", "\"id\":\"rio-grande\",", "", at: "$.id", "is missing"),
    Breakage(
      "id with capitals", "\"rio-grande\"", "\"Río Grande\"", at: "$.id", "write \"rio-grande\""),
    Breakage(
      "empty name", "\"Río Grande\"", "\"\"", at: "$.name", "is an empty text, not a text"),
    Breakage(
      "kind", "\"city\"", "\"cty\"", at: "$.kind",
      "not one of city, region, consortium; did you mean \"city\"?"),
    Breakage(
      "other kind", "\"city\"", "\"province\"", at: "$.kind", "write one of them"),
    Breakage(
      "consortium of nobody", "\"city\"", "\"consortium\"", at: "$.members",
      "a consortium has two or more"),
    Breakage(
      "city with members", "\"members\":[]", "\"members\":[\"A\",\"B\"]", at: "$.members",
      "write \"kind\": \"consortium\""),
    Breakage(
      "no country code", "\"AR\"", "\"ARG\"", at: "$.country", "is no country code of ISO 3166"),
    Breakage(
      "country that takes no part", "\"AR\"", "\"UY\"", at: "$.country",
      "belongs to no world region of the programme; add it to a region"),
    Breakage(
      "latitude", "-53.8", "-93.8", at: "$.latitude",
      "is the number -93.8, not a number from -90 to 90"),
    Breakage(
      "longitude", "-67.7", "181", at: "$.longitude", "not a number from -180 to 180"),
    Breakage(
      "latitude alone", "\"longitude\":-67.7,", "", at: "$.latitude",
      "stands without \"longitude\""),
    Breakage(
      "longitude alone", "\"latitude\":-53.8,", "", at: "$.longitude",
      "stands without \"latitude\""),
    Breakage(
      "nobody lives there", "98277", "0", at: "$.population",
      "is the number 0, not a whole number from 1"),
    Breakage(
      "negative population", "98277", "-5", at: "$.population", "is the number -5"),
    Breakage(
      "population unknown", "98277", "null", at: "$.population", "is null, not a whole number"),
    Breakage(
      "population missing", "\"population\":98277,", "", at: "$.population", "is missing"),
    Breakage(
      "year", "2022", "22", at: "$.populationYear", "from 1900 to 2100"),
    Breakage(
      "no language", "[\"es\"]", "[]", at: "$.languages", "list at least one"),
    Breakage(
      "language by name", "[\"es\"]", "[\"Spanish\"]", at: "$.languages[0]",
      "is no language code of ISO 639"),
    Breakage(
      "capacity", "\"capacity\":2", "\"capacity\":0", at: "$.capacity", "from 1 to 1000"),
    Breakage(
      "alumni", "\"alumni\":true", "\"alumni\":\"yes\"", at: "$.alumni", "not true or false"),
    Breakage(
      "partner twice", "[\"albacete\"]", "[\"albacete\",\"albacete\"]", at: "$.partners[1]",
      "list each partner once"),
    Breakage(
      "own partner", "[\"albacete\"]", "[\"rio-grande\"]", at: "$.partners[0]",
      "is the participant itself"),
    Breakage(
      "unknown key", "\"partners\"", "\"partner\"", at: "$.partner", "did you mean \"partners\"?"),
    Breakage(
      "unknown network", "\"N1\":4.5", "\"N8\":4.5", at: "$.survey.N8",
      "is no network of the programme; use one of N1, N2, N3, N4, N5, N6, N7"),
    Breakage(
      "network by slug", "\"N1\":4.5", "\"mobility\":4.5", at: "$.survey.mobility",
      "write \"N1\""),
    Breakage(
      "interest", "4.5", "5.5", at: "$.survey.N1", "from 0 to 5"),
    Breakage(
      "half a contribution", "{\"N6\":3}", "{\"N6\":0.5}", at: "$.event.N6",
      "not a whole number"),
    Breakage(
      "stage", "\"target\"", "\"tagret\"", at: "$.gcom.mitigation",
      "not one of assessment, target, plan; did you mean \"target\"?"),
    Breakage(
      "stage in other capitals", "\"target\"", "\"Target\"", at: "$.gcom.mitigation",
      "did you mean \"target\"?"),
    Breakage(
      "stage as number", "\"target\"", "2", at: "$.gcom.mitigation", "is the number 2"),
    Breakage(
      "badge", "\"mitigation\"", "\"mitigaton\"", at: "$.gcom.mitigaton",
      "did you mean \"mitigation\"?"),
    Breakage(
      "standing as text", "{\"mitigation\":\"target\"}", "\"target\"", at: "$.gcom",
      "is the text 'target', not an object"),
    Breakage(
      "theme", "[\"renewable energy\"]", "[\"tourism\",\"renewables\"]", at: "$.ris3[1]",
      "is 'renewables', not one of sustainability"),
    Breakage(
      "theme by its name in code", "\"renewable energy\"", "\"renewableEnergy\"", at: "$.ris3[0]",
      "did you mean \"renewable energy\"?"),
    Breakage(
      "themes as text", "[\"renewable energy\"]", "\"tourism\"", at: "$.ris3",
      "is the text 'tourism', not a list"),
    Breakage(
      "role", "\"seeks\"", "\"seek\"", at: "$.plan.sections[1].role", "did you mean \"seeks\"?"),
    Breakage(
      "empty section", "\"Calor.\"", "\"\\n\"", at: "$.plan.sections[1].text",
      "write a text that is not empty"),
    Breakage(
      "no sections", "\"sections\":[", "\"sections\":[],\"x\":[", at: "$.plan.sections",
      "write at least one section"),
    Breakage(
      "no title", "\"title\":\"Viento\",", "", at: "$.plan.title", "is missing"),
    Breakage(
      "not JSON", "\"kind\":", "\"kind\"", at: "$", "is not JSON: at column"),
    Breakage(
      "not an object", line, "[]", at: "$", "is a list, not an object"),
  ]

  @Test("names source, line, path and remedy", arguments: breakages)
  func breakage(_ breakage: Breakage) throws {
    let broken = try breakage.applied(to: Self.line).text
    let others = (1...3).map { Self.line.replacing("rio-grande", with: "other-\($0)") }
    let text = [others[0], others[1], broken, others[2]].joined(separator: "\n")
    let result = try check(text)
    let finding = try #require(
      result.errors.first { $0.path == breakage.path }, "\(result.findings)")
    #expect(finding.source == "own.jsonl")
    #expect(finding.line == 3)
    #expect(finding.description.contains(breakage.message), "\(finding)")
    #expect(!finding.remedy.isEmpty)
    #expect(result.errors.allSatisfy { $0.line == 3 })
    #expect(result.value == nil)
    #expect(throws: ProgrammeError.invalid(result.errors, omitted: 0)) {
      try Participant.decode(jsonl: Data(text.utf8), source: "own.jsonl")
    }
  }

  @Test("reports an id that comes again, with both lines")
  func doubled() throws {
    let result = try check("\(Self.line)\n\n\(Self.line)\n")
    #expect(
      result.errors.map(\.description) == [
        "own.jsonl:3: error: $.id is 'rio-grande', as on line 1 ($.id); "
          + "give each participant an id of its own"
      ])
  }

  @Test("reports the mistakes of all lines at once")
  func several() throws {
    let breakages = Self.breakages.filter { $0.name != "not an object" }
    let lines = try breakages.enumerated().map { index, breakage in
      try breakage.applied(to: Self.line).text.replacing("rio-grande", with: "p-\(index)")
    }
    let lineNumbers = Set(try check(lines.joined(separator: "\n")).errors.map(\.line))
    // "own partner" and "id with capitals" lose their mistakes with the new id.
    #expect(lineNumbers.count >= breakages.count - 2)
  }

  @Test("bounds what it remembers of a file that is wrong throughout")
  func bounded() throws {
    let text = String(repeating: "{}\n", count: 2000)
    let result = try check(text)
    #expect(result.findings.count == 1000)
    #expect(result.omitted == 2000 * 6 - 1000)
    let error = try #require(throws: ProgrammeError.self) { try result.get() }
    #expect(error.description.hasSuffix("and 11000 more findings"))
  }

  @Test("networks and countries are those of the definition given")
  func otherDefinition() throws {
    var definition = try ProgrammeDefinition.bulletin
    definition.networks.removeLast(2)
    definition.regions.removeAll { $0.id == "latin-america" }
    let result = Participant.check(
      jsonl: Data(Self.line.utf8), source: "own.jsonl", definition: definition)
    #expect(Set(result.errors.map(\.path)) == ["$.country", "$.survey.N6", "$.event.N6"])
  }

  @Test("comes back from JSON as it went, and the line is of the files' form")
  func roundTrip() throws {
    let encoder = JSONEncoder()
    for participant in try SampleData.participants() + check(Self.line).get() {
      let data = try encoder.encode(participant)
      #expect(try JSONDecoder().decode(Participant.self, from: data) == participant)
      #expect(try Participant.decode(jsonl: data, source: "encoded") == [participant])
    }
    let id = Network.ID(3)
    #expect(String(decoding: try encoder.encode([id: 1]), as: UTF8.self) == "{\"N3\":1}")
    #expect(try JSONDecoder().decode([Network.ID].self, from: encoder.encode([id])) == [id])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Network.ID].self, from: Data("[\"3\"]".utf8))
    }
  }
}
