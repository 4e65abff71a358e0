import Foundation
import Testing

@testable import Programme

@Suite("Checking a programme definition")
struct DefinitionCheckTests {
  private func check(_ text: String) -> CheckResult<ProgrammeDefinition> {
    ProgrammeDefinition.check(Data(text.utf8), source: "own.json")
  }

  @Test("the shipped definition has neither errors nor warnings")
  func shipped() throws {
    let result = check(try shippedText())
    #expect(result.findings.isEmpty)
    #expect(result.omitted == 0)
    #expect(try result.get() == ProgrammeDefinition.bulletin)
  }

  static let breakages = [
    // Keys and types
    Breakage(
      "missing key", "\"version\": 1,", "", at: "$.version", "is missing; add \"version\""),
    Breakage(
      "missing key of an element", "\"slug\": \"mobility\", ", "", at: "$.networks[0].slug",
      "is missing; add \"slug\""),
    Breakage(
      "misspelt key", "\"quotas\":", "\"qoutas\":", at: "$.qoutas",
      "is not a known key; did you mean \"quotas\"?"),
    Breakage(
      "key in other capitals", "\"shortName\": \"Mobility\"", "\"shortname\": \"Mobility\"",
      at: "$.networks[0].shortname", "did you mean \"shortName\"?"),
    Breakage(
      "unknown key", "\"version\": 1,", "\"version\": 1, \"zzz\": 2,", at: "$.zzz",
      "is not a known key; remove it; known are name, version"),
    Breakage(
      "odd key", "\"version\": 1,", "\"version\": 1, \"a b\": 2,", at: "$[\"a b\"]",
      "is not a known key"),
    Breakage(
      "doubled key", "\"version\": 1,", "\"version\": 1, \"version\": 2,", at: "$.version",
      "stands twice"),
    Breakage(
      "number as text", "\"cities\": 24", "\"cities\": \"24\"", at: "$.quotas[0].cities",
      "is the text '24', not a whole number; write a whole number, without quotation marks"),
    Breakage(
      "text as number", "\"name\": \"Austria\"", "\"name\": 43",
      at: "$.regions[0].countries[0].name", "is the number 43, not a text"),
    Breakage(
      "flag as text", "\"crossRegional\": true", "\"crossRegional\": \"yes\"",
      at: "$.rules.crossRegional", "is the text 'yes', not true or false"),
    Breakage(
      "flag as number", "\"european\": true", "\"european\": 1", at: "$.regions[0].european",
      "is the number 1, not true or false"),
    Breakage(
      "null", "\"version\": 1", "\"version\": null", at: "$.version",
      "is null, not a whole number"),
    Breakage(
      "object as list", "\"rules\": {", "\"rules\": [], \"x\": {", at: "$.rules",
      "is a list, not an object; write an object in { }"),
    Breakage(
      "list as object",
      "\"countries\": [\n        { \"code\": \"CN\", \"name\": \"China\" }\n      ]",
      "\"countries\": { \"code\": \"CN\" }", at: "$.regions[3].countries",
      "is an object, not a list"),
    Breakage(
      "empty name", "\"name\": \"Austria\"", "\"name\": \" \"",
      at: "$.regions[0].countries[0].name", "write a text that is not empty"),
    Breakage(
      "version 0", "\"version\": 1", "\"version\": 0", at: "$.version",
      "is the number 0, not a whole number from 1"),
    // Networks
    Breakage(
      "gap in numbers", "\"number\": 7", "\"number\": 8", at: "$.networks",
      "lacks the number 7; number the 7 networks from 1 without gaps"),
    Breakage(
      "doubled number", "\"number\": 7", "\"number\": 6", at: "$.networks[6].number",
      "is '6', as on line 28 ($.networks[5].number)"),
    Breakage(
      "number below 1", "\"number\": 7", "\"number\": 0", at: "$.networks[6].number",
      "is the number 0"),
    Breakage(
      "number with a fraction", "\"number\": 7", "\"number\": 7.5", at: "$.networks[6].number",
      "is the number 7.5, not a whole number"),
    Breakage(
      "slug with capitals", "\"slug\": \"smart-cities\"", "\"slug\": \"Smart Cities\"",
      at: "$.networks[1].slug", "write \"smart-cities\""),
    Breakage(
      "slug with accents", "\"slug\": \"mobility\"", "\"slug\": \"Movilidad y Conexión\"",
      at: "$.networks[0].slug", "write \"movilidad-y-conexion\""),
    Breakage(
      "doubled slug", "\"slug\": \"smart-cities\"", "\"slug\": \"mobility\"",
      at: "$.networks[1].slug", "give each network a slug of its own"),
    Breakage(
      "no networks", "\"networks\": [", "\"networks\": [], \"x\": [", at: "$.networks",
      "has 0 networks; list from 1 to 64 networks"),
    // Regions and countries
    Breakage(
      "no code", "\"code\": \"AT\"", "\"code\": \"Austria\"", at: "$.regions[0].countries[0].code",
      "is no country code of ISO 3166; write the country's two capital letters"),
    Breakage(
      "small letters", "\"code\": \"AT\"", "\"code\": \"at\"", at: "$.regions[0].countries[0].code",
      "is no country code of ISO 3166; write \"AT\""),
    Breakage(
      "UK", "\"code\": \"GB\"", "\"code\": \"UK\"", at: "$.regions[0].countries[27].code",
      "write \"GB\""),
    Breakage(
      "EL", "\"code\": \"GR\"", "\"code\": \"EL\"", at: "$.regions[0].countries[11].code",
      "write \"GR\""),
    Breakage(
      "unassigned code", "\"code\": \"CN\"", "\"code\": \"QQ\"",
      at: "$.regions[3].countries[0].code", "'QQ', which is no country code"),
    Breakage(
      "country in two regions", "\"code\": \"JP\"", "\"code\": \"CN\"",
      at: "$.regions[4].countries[0].code", "a country belongs to one region"),
    Breakage(
      "doubled region", "\"id\": \"japan\"", "\"id\": \"china\"", at: "$.regions[4].id",
      "give each region an id of its own"),
    Breakage(
      "region without countries",
      "\"countries\": [\n        { \"code\": \"CN\", \"name\": \"China\" }\n      ]",
      "\"countries\": []", at: "$.regions[3].countries", "is empty; list the countries"),
    Breakage(
      "no regions", "\"regions\": [", "\"regions\": [], \"x\": [", at: "$.regions", "is empty"),
    // Quotas
    Breakage(
      "unknown region", "\"region\": \"china\"", "\"region\": \"chian\"", at: "$.quotas[2].region",
      "which is no region of this definition; did you mean \"china\"?"),
    Breakage(
      "far from all regions", "\"region\": \"china\"", "\"region\": \"antarctica\"",
      at: "$.quotas[2].region", "use one of latin-america, north-america, china"),
    Breakage(
      "European quota", "\"region\": \"china\"", "\"region\": \"europe\"", at: "$.quotas[2].region",
      "which is European and has no quota of its own"),
    Breakage(
      "doubled quota", "\"region\": \"japan\"", "\"region\": \"china\"", at: "$.quotas[3].region",
      "keep one quota for each region"),
    Breakage(
      "no cities", "\"cities\": 24", "\"cities\": 0", at: "$.quotas[0].cities",
      "not a whole number from 1"),
    Breakage(
      "half a city", "\"cities\": 24", "\"cities\": 24.5", at: "$.quotas[0].cities",
      "is the number 24.5, not a whole number"),
    Breakage(
      "share above 1", "\"euShare\": 0.5", "\"euShare\": 50", at: "$.quotas[0].euShare",
      "is the number 50, not a number from 0 to 1"),
    Breakage(
      "negative share", "\"alumniShare\": 0.5", "\"alumniShare\": -0.5",
      at: "$.quotas[2].alumniShare", "is the number -0.5, not a number from 0 to 1"),
    Breakage(
      "sum", "\"newcomers\": 10", "\"newcomers\": 11", at: "$.quotas[2].newcomers",
      "11 + 10 = 21 cities, not 20; make \"alumni\" and \"newcomers\" sum to \"cities\""),
    Breakage(
      "share and count", "\"alumniShare\": 0.5", "\"alumniShare\": 0.6",
      at: "$.quotas[2].alumniShare", "of 20 cities is 12, and \"alumni\" says 10"),
    Breakage(
      "alumni alone", ", \"newcomers\": 10", "", at: "$.quotas[2].alumni",
      "stands without \"newcomers\""),
    Breakage(
      "newcomers alone", "\"alumni\": 10, ", "", at: "$.quotas[2].newcomers",
      "stands without \"alumni\""),
    // Weights and rules
    Breakage(
      "negative weight", "\"content\": 0.48", "\"content\": -0.48", at: "$.weights.content",
      "is the number -0.48, not a number from 0"),
    Breakage(
      "infinite weight", "\"content\": 0.48", "\"content\": 1e999", at: "$.weights.content",
      "not a number from 0"),
    Breakage(
      "weight that is no number", "\"content\": 0.48", "\"content\": \"NaN\"",
      at: "$.weights.content", "is the text 'NaN', not a number"),
    Breakage(
      "bare NaN", "\"content\": 0.48", "\"content\": NaN", at: "$",
      "is not JSON: at column 16 there is 'N'"),
    Breakage(
      "weight a little below 0", "\"content\": 0.48", "\"content\": -1e-300",
      at: "$.weights.content", "not a number from 0"),
    Breakage(
      "weight too large", "\"content\": 0.48", "\"content\": 1000001",
      at: "$.weights.content", "not a number from 0"),
    Breakage(
      "missing weight", "\"scale\": 0.02,", "", at: "$.weights.scale", "is missing"),
    Breakage(
      "nobody European", "\"european\": true", "\"european\": false", at: "$.rules.oneSideEuropean",
      "no region is European; mark one with \"european\": true"),
    Breakage(
      "syntax", "\"version\": 1,", "\"version\": 1", at: "$",
      "is not JSON: at column 3 there is '\"' where ',' or '}' should stand; put a ','"),
  ]

  @Test("names the path, the problem and the remedy", arguments: breakages)
  func breakage(_ breakage: Breakage) throws {
    let result = check(try breakage.applied(to: try shippedText()).text)
    let finding = try #require(
      result.errors.first { $0.path == breakage.path }, "\(result.findings)")
    #expect(finding.description.contains(breakage.message), "\(finding)")
    #expect(finding.source == "own.json")
    #expect(result.value == nil)
    #expect(throws: ProgrammeError.self) { try result.get() }
  }

  @Test(
    "names the line", arguments: ["doubled slug", "UK", "sum", "negative weight", "misspelt key"])
  func line(_ name: String) throws {
    let breakage = try #require(Self.breakages.first { $0.name == name })
    let (text, line) = try breakage.applied(to: try shippedText())
    let finding = try #require(check(text).errors.first { $0.path == breakage.path })
    #expect(finding.line == line)
    #expect(finding.description.hasPrefix("own.json:\(line): error: \(breakage.path) "))
  }

  @Test("a syntax error names the line where it shows")
  func syntaxLine() throws {
    let text = try shippedText().replacing("\"alumni\": 10, ", with: "\"alumni\": 10 ")
    let line =
      try #require(
        text.split(separator: "\n", omittingEmptySubsequences: false)
          .firstIndex { $0.contains("\"alumni\": 10 ") }) + 1
    let result = check(text)
    #expect(result.errors.map(\.line) == [line])
  }

  @Test("one mistake gives one error")
  func noFollowers() throws {
    for name in ["misspelt key", "gap in numbers", "doubled slug", "UK", "sum", "negative weight"] {
      let breakage = try #require(Self.breakages.first { $0.name == name })
      let result = check(try breakage.applied(to: try shippedText()).text)
      #expect(result.errors.count == 1, "\(name): \(result.errors)")
    }
  }

  @Test("all mistakes are reported at once")
  func several() throws {
    let names = [
      "missing key", "number as text", "slug with capitals", "UK", "country in two regions",
      "unknown region", "share above 1", "sum", "negative weight", "flag as text",
    ]
    let breakages = Self.breakages.filter { names.contains($0.name) }
    var text = try shippedText()
    for breakage in breakages { text = try breakage.applied(to: text).text }
    let result = check(text)
    #expect(Set(result.errors.map(\.path)) == Set(breakages.map(\.path)))
    #expect(result.errors.count == names.count)

    let error = try #require(throws: ProgrammeError.self) { try result.get() }
    #expect(error == .invalid(result.errors, omitted: 0))
    #expect(error.description.split(separator: "\n").count == names.count)
  }

  @Test("weights that sum to 0 are refused")
  func zeroWeights() throws {
    let text = try shippedText()
    let start = try #require(text.range(of: "\"weights\": {")).upperBound
    let end = try #require(text.range(of: "}", range: start..<text.endIndex)).lowerBound
    let zeros = Factor.allCases.map { "\"\($0.rawValue)\": 0" }.joined(separator: ", ")
    let result = check(text.replacingCharacters(in: start..<end, with: zeros))
    #expect(result.errors.map(\.path) == ["$.weights"])
    #expect(result.errors.first?.problem == "sum to 0")
  }

  @Test("64 networks are the most", arguments: [(64, true), (65, false)])
  func networkLimit(_ count: Int, _ isAccepted: Bool) throws {
    var definition = try ProgrammeDefinition.bulletin
    definition.networks = (1...count).map {
      Network(number: $0, slug: "n-\($0)", name: "Network \($0)", shortName: "N \($0)")
    }
    let result = ProgrammeDefinition.check(try JSONEncoder().encode(definition))
    #expect((result.value != nil) == isAccepted)
    #expect(result.errors.map(\.path) == (isAccepted ? [] : ["$.networks"]))
  }

  @Test("networks come in the order of their numbers, whatever the file's")
  func order() throws {
    var definition = try ProgrammeDefinition.bulletin
    definition.networks.reverse()
    let checked = ProgrammeDefinition.check(try JSONEncoder().encode(definition))
    #expect(try checked.get() == ProgrammeDefinition.bulletin)
  }

  @Test("a share that gives no whole number warns how it is rounded")
  func rounding() throws {
    let result = check(try shippedText().replacing("\"cities\": 24", with: "\"cities\": 25"))
    #expect(result.errors.isEmpty)
    let warning = try #require(result.warnings.first)
    #expect(warning.path == "$.quotas[0].euShare")
    #expect(warning.problem == "of 25 cities is 12.5, counted as 13")
    #expect(try result.get().quota(ofRegion: "latin-america")?.europeanCities == 13)
  }

  @Test("a region without a quota warns that it is not limited")
  func unlimited() throws {
    var definition = try ProgrammeDefinition.bulletin
    definition.quotas.removeFirst()
    let result = ProgrammeDefinition.check(try JSONEncoder().encode(definition))
    #expect(result.value == definition)
    #expect(result.warnings.map(\.problem).first?.contains("'latin-america'") == true)
  }

  @Test("messages carry no control characters and are short")
  func harmless() throws {
    let hostile = "\\u001b[31m" + String(repeating: "x", count: 10_000)
    let text = try shippedText()
      .replacing("\"code\": \"AT\"", with: "\"code\": \"\(hostile)\"")
      .replacing("\"version\": 1,", with: "\"version\": 1, \"\(hostile)\": 2,")
    let errors = check(text).errors
    #expect(errors.count == 2)
    for error in errors {
      #expect(error.description.count < 400)
      #expect(!error.description.unicodeScalars.contains { $0.value < 32 })
    }
  }

  @Test("any damage gives findings within the text, never a trap")
  func fuzz() throws {
    let original = Array(try shippedText().utf8)
    let lines = original.count { $0 == UInt8(ascii: "\n") } + 2
    var generator = SeededGenerator(seed: 42)
    for _ in 0..<300 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      let result = ProgrammeDefinition.check(Data(bytes))
      #expect((result.value == nil) == !result.errors.isEmpty)
      #expect(result.findings.allSatisfy { (1...lines).contains($0.line) && !$0.remedy.isEmpty })
    }
  }
}
