import Foundation
import MatchmakingService
import Programme
import Results
import TestSupport
import Testing

@Suite("suggest")
struct SuggestCommandTests {
  private let folder: TemporaryFolder
  private let cohort: String

  init() throws {
    folder = try TemporaryFolder()
    cohort = try TestCohort.write(TestCohort.lines(), to: folder)
  }

  private func run(_ arguments: String..., file: String? = nil) throws -> Tool.Result {
    try Tool.run(["suggest"] + arguments + ["--participants", file ?? cohort])
  }

  private func view(_ result: Tool.Result) throws -> SuggestionsView {
    #expect(result.code == 0, "\(result.errors)")
    return try JSONDecoder().decode(SuggestionsView.self, from: Data(result.output.utf8))
  }

  @Test("the sample answers to loose names, with plans, factors and terms")
  func sample() throws {
    let paulo = try view(Tool.run("suggest", "sao", "paulo", "--json", "--top", "3"))
    #expect(paulo.participant.id == "sao-paulo")
    #expect(paulo.suggestions.count == 3 && paulo.suggestions.allSatisfy { !$0.factors.isEmpty })
    #expect(paulo.suggestions.allSatisfy { $0.partner.region == "europe" })
    // The partner of the earlier programme may not be suggested again.
    #expect(!paulo.suggestions.contains { $0.partner.id == "milano" })
    let cordoba = try Tool.run("suggest", "Cordoba AR", "--top", "1")
    #expect(cordoba.code == 0 && cordoba.output.contains("Partners for Córdoba (AR)"))
    #expect(cordoba.output.contains("terms    "))
  }

  @Test("a name that several have is asked back, one that nobody has is answered with the nearest")
  func names() throws {
    let lines = try [
      TestCohort.line("cordoba-ar", "AR", ["name": "Córdoba"]),
      TestCohort.line("cordoba-es", "ES", ["name": "Córdoba"]),
      TestCohort.line("zagreb", "HR"),
    ]
    let file = try TestCohort.write(lines, to: folder, as: "names.jsonl")
    let ambiguous = try run("cordoba", file: file)
    #expect(ambiguous.code == 65 && ambiguous.output.isEmpty)
    #expect(
      ambiguous.errors.contains("may mean Córdoba AR (cordoba-ar), Córdoba ES (cordoba-es)"))
    for name in ["cordoba AR", "cordoba-ar", "CÓRDOBA ar"] {
      #expect(try view(run(name, "--json", file: file)).participant.id == "cordoba-ar")
    }
    let unknown = try run("Zagrab", file: file)
    #expect(unknown.code == 65)
    #expect(unknown.errors.contains("nobody is called 'Zagrab'; the nearest are Zagreb HR"))
    let excluded = try run("zagreb", "--exclude", "cordoba", file: file)
    #expect(excluded.code == 65 && excluded.errors.contains("may mean"))
    let missing = try run()
    #expect(missing.code == 64 && missing.errors.contains("NAME is missing"))
  }

  @Test("contributions sum to the score, margins lead to the next, the last has none")
  func shape() throws {
    let result = try run("eu2", "--json", "--top", "1000")
    let view = try view(result)
    #expect(view.candidates == 6 && view.suggestions.count == 6)
    #expect(view.tieRule == "score, then id")
    for (place, suggestion) in view.suggestions.enumerated() {
      #expect(suggestion.rank == place + 1)
      let sum = suggestion.factors.reduce(0) { $0 + $1.contribution }
      #expect(abs(sum - suggestion.score) < 1e-6)
      #expect(abs(suggestion.factors.reduce(0) { $0 + $1.share } - 1) < 1e-9)
      for factor in suggestion.factors {
        #expect(abs(factor.share * factor.value - factor.contribution) < 1e-12)
      }
      guard place + 1 < 6 else { continue }
      let next = view.suggestions[place + 1]
      #expect(suggestion.next == next.partner)
      #expect(abs(try #require(suggestion.margin) - (suggestion.score - next.score)) < 1e-9)
    }
    let last = try #require(view.suggestions.last)
    #expect(last.margin == nil && last.next == nil)
    // Null is written, not left out.
    #expect(result.output.contains(#""margin" : null"#))
    #expect(result.output.contains(#""next" : null"#))
    let some = try self.view(run("eu2", "--json", "--top", "2"))
    #expect(some.suggestions == Array(view.suggestions.prefix(2)))
  }

  @Test("--top 0 suggests nobody and does not say that nobody is eligible")
  func none() throws {
    let empty = try view(run("eu0", "--json", "--top", "0"))
    #expect(empty.suggestions.isEmpty && empty.candidates == 6)
    let text = try run("eu0", "--top", "0")
    #expect(text.code == 0 && !text.output.contains("nobody"))
    for wrong in ["-1", "1001", "x"] {
      #expect(try run("eu0", "--top", wrong).code == 64)
    }
  }

  @Test("filters by network, country and names")
  func filters() throws {
    let inNetwork = try view(run("eu5", "--network", "n1", "--json"))
    #expect(inNetwork.candidates > 0 && inNetwork.candidates < 6)
    for suggestion in inNetwork.suggestions {
      #expect(suggestion.sharedNetworks.contains { $0.network == "N1" })
    }
    let brazil = try view(run("eu0", "--country", "br", "--json"))
    #expect(Set(brazil.suggestions.map(\.partner.id)) == ["la1", "la4"])
    let excluded = try view(run("eu0", "--exclude", "La1, la4,LA0", "--json"))
    #expect(Set(excluded.suggestions.map(\.partner.id)) == ["la2", "la3", "la5"])
    let nobody = try run("eu0", "--country", "CN")
    #expect(nobody.code == 0 && nobody.output.contains("nobody is eligible that was asked for"))
    for (option, value, code, message) in [
      ("--network", "N9", Int32(65), "the programme has no network N9; it has N1, N2"),
      ("--network", "mobility", 64, "--network takes a label such as N3, not 'mobility'"),
      ("--network", "N0", 64, "--network takes a label"),
      ("--country", "xx", 65, "'XX' is no country of the programme"),
      ("--country", "Brazil", 65, "'BRAZIL' is no country of the programme"),
      ("--exclude", "la0,zzzz", 65, "nobody is called 'zzzz'"),
    ] {
      let result = try run("eu0", option, value)
      #expect(result.code == code, "\(option) \(value)")
      #expect(result.errors.contains(message), "\(result.errors)")
      #expect(result.output.isEmpty)
    }
  }

  @Test("whoever has no signal is compared by what is known")
  func withoutSignal() throws {
    let lines = try TestCohort.lines() + [TestCohort.line("bare", "FR", ["languages": ["fr"]])]
    let file = try TestCohort.write(lines, to: folder, as: "bare.jsonl")
    let view = try view(run("bare", "--json", "--top", "2", file: file))
    #expect(view.candidates == 6)
    for suggestion in view.suggestions {
      #expect(suggestion.unknown.contains(.sharedNetworks) && suggestion.unknown.contains(.content))
      #expect(suggestion.sharedNetworks.isEmpty && suggestion.terms.isEmpty)
      #expect(suggestion.score > 0)
    }
    let network = try self.view(run("bare", "--json", "--network", "N1", file: file))
    #expect(network.candidates == 0 && network.suggestions.isEmpty)
    let text = try run("bare", file: file)
    #expect(text.output.contains("unknown  networks in common"))
  }

  @Test("an empty side, an empty file and ids that stand twice")
  func odd() throws {
    let lines = try TestCohort.lines()
    let one = try TestCohort.write(Array(lines.prefix(6)), to: folder, as: "one.jsonl")
    let view = try view(run("eu0", "--json", file: one))
    #expect(view.candidates == 0 && view.suggestions.isEmpty)
    let empty = try TestCohort.write([], to: folder, as: "empty.jsonl")
    let nobody = try run("eu0", file: empty)
    #expect(nobody.code == 65 && nobody.errors.contains("there are no participants"))
    let twice = try TestCohort.write(lines + [lines[0]], to: folder, as: "twice.jsonl")
    let result = try run("eu0", file: twice)
    #expect(result.code == 65)
    #expect(result.errors.contains("twice.jsonl:13: error: $.id is 'eu0', as on line 1"))
    let absent = try run("eu0", file: folder.file("absent.jsonl").path)
    #expect(absent.code == 66 && absent.errors.contains("absent.jsonl"))
  }

  @Test("of 2,000 identical participants the smallest ids come first")
  func identical() throws {
    let lines = try (0..<2000).map { index in
      try TestCohort.line(
        "s\((9999 - index * 3) % 10_000)", index % 2 == 0 ? "ES" : "AR",
        ["name": "Same", "survey": ["N1": 3]])
    }
    let file = try TestCohort.write(lines, to: folder, as: "same.jsonl")
    let view = try view(run("s9999", "--json", "--top", "7", file: file))
    #expect(view.candidates == 1000)
    let expected = (0..<2000).filter { $0 % 2 == 1 }.map { "s\((9999 - $0 * 3) % 10_000)" }.sorted()
    #expect(view.suggestions.map(\.partner.id) == Array(expected.prefix(7)))
    #expect(view.suggestions.allSatisfy { $0.margin == 0 })
  }

  @Test("names cannot move the terminal's cursor")
  func harmless() throws {
    let lines = try [
      TestCohort.line("a", "ES", ["name": "A\u{1B}[2Jx\ny"]),
      TestCohort.line("b", "AR", ["name": "B\u{1B}[31m"]),
    ]
    let file = try TestCohort.write(lines, to: folder, as: "odd.jsonl")
    for words in [["suggest", "a"], ["pair"], ["reassign"]] {
      let result = try Tool.run(words + ["--participants", file])
      #expect(result.code == 0 && !result.output.contains("\u{1B}"), "\(words)")
    }
  }
}
