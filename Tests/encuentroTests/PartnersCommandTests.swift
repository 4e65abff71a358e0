import Foundation
import TestSupport
import Testing

@Suite("evaluate partners and fit weights")
struct PartnersCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let buses = "New bus lanes, trams and cycle paths for commuters."
  private static let waste = "Households sort their waste, and compost goes back to the farms."
  private static let homes = "Social housing is renewed with the people of the poorest quarters."

  private static func city(_ name: String, _ region: String, _ text: String, _ more: String = "")
    -> String
  {
    #"{"name":"\#(name)","region":"\#(region)","text":"\#(text)"\#(more)}"#
  }

  private func run(
    _ cities: [String], _ pairs: [String], _ arguments: String...
  ) throws -> Tool.Result {
    let citiesFile = try TestCohort.write(cities, to: folder, as: "cities.jsonl")
    let pairsFile = try TestCohort.write(pairs, to: folder, as: "pairs.jsonl")
    return try Tool.run(
      ["evaluate", "partners", "--participants", citiesFile, "--pairs", pairsFile] + arguments)
  }

  /// Each city's partner has the same text, but for the last pairing.
  private static let cities = [
    city("A", "EU", buses, #","population":100000"#),
    city("B", "EU", waste, #","population":null"#), city("C", "EU", homes, #","population":0"#),
    city("X", "LATAM", buses), city("Y", "LATAM", waste), city("Z", "LATAM", homes),
  ]

  @Test("the known ranks of a small file")
  func known() throws {
    let same = try TestCohort.object(
      run(Self.cities, [#"{"a":"A","b":"X"}"#, #"{"a":"Y","b":"B"}"#], "--json"))
    #expect(
      same.keys == [
        "pairs", "queries", "mrr", "recallAt1", "recallAt5", "recallAt10", "medianRank",
        "meanCandidates",
      ])
    #expect(same["pairs"] == .whole(2) && same["queries"] == .whole(4))
    #expect(same["mrr"] == .whole(1) && same["recallAt1"] == .whole(1))
    #expect(same["medianRank"] == .whole(1) && same["meanCandidates"] == .whole(3))
    // A's twin is X: from each side the true partner is not the first of three.
    let other = try TestCohort.object(run(Self.cities, [#"{"a":"A","b":"Y"}"#], "--json"))
    #expect(other["recallAt1"] == .whole(0) && other["recallAt5"] == .whole(1))
    // A's other partner is no rival: of A two candidates are left, of X and Y three.
    let several = try TestCohort.object(
      run(Self.cities, [#"{"a":"A","b":"X"}"#, #"{"a":"A","b":"Y"}"#], "--json"))
    #expect(several["meanCandidates"] == .number(2.5))
    let text = try run(Self.cities, [#"{"a":"A","b":"X"}"#])
    #expect(text.code == 0 && text.output.contains("mean reciprocal rank"))
  }

  @Test("every wrong line of both files is named at once")
  func wrongLines() throws {
    let result = try run(
      Self.cities + [
        Self.city("A", "EU", "again"), #"{"name":"D","text":"t"}"#,
        #"{"region":"EU","text":"t"}"#, #"{"name":null,"region":"EU","text":"t"}"#, "[1]", "{",
        Self.city("E", "EU", "t", #","population":-1"#),
        Self.city("F", "EU", "t", #","population":"many""#),
        Self.city("G", "EU", "t", #","population":1.5"#), Self.city("H", "EU", #"a\u0000b"#), "",
      ],
      [
        #"{"a":"A","b":"X"}"#, #"{"a":"A","b":"Nowhere"}"#, #"{"a":"Elsewhere","b":"X"}"#,
        #"{"a":"A","b":"A"}"#, #"{"a":"A"}"#, "no",
      ])
    #expect(result.code == 65 && result.output.isEmpty)
    for (place, message) in [
      ("cities.jsonl:7", "'A' stands in an earlier line already"),
      ("cities.jsonl:8", "the key 'region' is missing"),
      ("cities.jsonl:9", "the key 'name' is missing"),
      ("cities.jsonl:10", "the value of 'name' has the wrong type"),
      ("cities.jsonl:11", "not an object"), ("cities.jsonl:12", "not valid JSON"),
      ("cities.jsonl:13", "the population is below 0"),
      ("cities.jsonl:14", "the value of 'population' has the wrong type"),
      ("cities.jsonl:15", "a number in it does not fit"),
      ("cities.jsonl:16", "the text cannot be read: a NUL at byte 1"),
      ("pairs.jsonl:2", "'Nowhere' is not in "), ("pairs.jsonl:3", "'Elsewhere' is not in "),
      ("pairs.jsonl:4", "'A' is paired with itself"), ("pairs.jsonl:5", "the key 'b' is missing"),
      ("pairs.jsonl:6", "not valid JSON"),
    ] {
      #expect(
        result.errors.split(separator: "\n").contains {
          $0.contains("\(place): ") && $0.contains(message)
        }, "\(place): \(message)")
    }
    #expect(result.errors.split(separator: "\n").count == 15, "\(result.errors)")
  }

  @Test("empty files, missing files and missing options are told apart")
  func empty() throws {
    let noPairs = try run(Self.cities, [])
    #expect(noPairs.code == 65 && noPairs.errors.contains("pairs.jsonl: the file holds no pairs"))
    let nothing = try run([], [])
    #expect(nothing.code == 65 && nothing.errors.contains("the file holds no pairs"))
    let file = folder.file("cities.jsonl").path
    #expect(try Tool.run("evaluate", "partners", "--participants", file).code == 64)
    let absent = try Tool.run(
      "evaluate", "partners", "--participants", file, "--pairs", folder.file("absent").path)
    #expect(absent.code == 66)
  }

  @Test("weights are fitted from past partners, the same every time")
  func fits() throws {
    var lines: [String] = []
    for index in 0..<3 {
      let own: [String: Any] = [
        "population": 10_000 * (index + 1) * (index + 1), "survey": ["N\(index + 1)": 5],
      ]
      lines.append(
        try TestCohort.line("eu\(index)", "ES", own.merging(["partners": ["la\(index)"]]) { $1 }))
      lines.append(try TestCohort.line("la\(index)", "BR", own))
    }
    let file = try TestCohort.write(lines, to: folder, as: "past.jsonl")
    let result = try Tool.run("fit", "weights", "--participants", file, "--json", "--seed", "5")
    let view = try TestCohort.object(result)
    #expect(view["pairs"] == .whole(3) && view["seed"] == .whole(5) && view["folds"] == .whole(3))
    var sum = 0.0
    for name in view["weights"].keys {
      guard case .number(let weight) = view["weights"][name] else { continue }
      #expect(weight >= 0)
      sum += weight
    }
    #expect(abs(sum - 1) < 0.005)
    #expect(
      try Tool.run("fit", "weights", "--participants", file, "--json", "--seed", "5").output
        == result.output)
  }

  @Test("too few past pairings are an error")
  func tooFew() throws {
    let lines = try [
      TestCohort.line("a", "ES", ["partners": ["b", "elsewhere"]]),
      TestCohort.line("b", "BR", ["partners": ["a"]]),
    ]
    for (count, part) in [(1, lines), (0, [])] {
      let file = try TestCohort.write(part, to: folder, as: "few.jsonl")
      let result = try Tool.run("fit", "weights", "--participants", file)
      #expect(result.code == 65)
      #expect(result.errors.contains("only \(count) past pairings are known; fitting needs two"))
    }
    #expect(try Tool.run("fit", "weights", "--seed", "-1").code == 64)
  }
}
