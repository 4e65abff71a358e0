import Foundation
import TestSupport
import Testing

@Suite struct ProgramTests {
  @Test(arguments: [
    ["classify"], ["sample"], ["evaluate", "classification"], ["train"], ["programme", "check"],
    ["programme", "show"], ["model", "build"], ["model", "check"],
  ])
  func everyCommandHasHelp(_ words: [String]) throws {
    let result =
      words.count == 1
      ? try Tool.run(words[0], "--help") : try Tool.run(words[0], words[1], "--help")
    #expect(result.code == 0)
    #expect(result.output.contains("usage: encuentro \(words.joined(separator: " "))"))
    #expect(result.output.contains("--json"))
  }

  @Test func wrongUsageNamesTheNearest() throws {
    let command = try Tool.run("clasify")
    #expect(command.code == 64)
    #expect(command.errors.contains("did you mean classify?"))
    let option = try Tool.run("classify", "--jsn")
    #expect(option.code == 64)
    #expect(option.errors.contains("did you mean --json?"))
    let value = try Tool.run("classify", "--evidence", "many")
    #expect(value.code == 64)
    #expect(value.errors.contains("--evidence takes a whole number from 0 to 1000, not 'many'"))
  }

  @Test(arguments: [
    (["classify", "--evidence", "-1"], "not '-1'"), (["classify", "--evidence="], "not ''"),
    (["classify", "--evidence", "99999999999999999999"], "--evidence takes"),
    (["classify", "--evidence"], "--evidence needs a value"),
    (["classify", "--limit", "0"], "--limit takes a whole number from 1"),
    (["classify", "--json=yes"], "--json takes no value"),
    (["classify", "--=x"], "unknown option"),
    (["classify", "--limit", "5", "--limit", "6"], "given twice"),
    (["classify", "README.md", "-"], "'-' goes with no other operand"), (["\u{1B}[2J"], "unknown"),
    (["sample", "extra"], "unexpected 'extra'"), (["train"], "FOLDER is missing"),
    ([""], "unknown"),
  ])
  func wrongUsage(_ words: [String], _ message: String) throws {
    let result = try Tool.run(words)
    #expect(result.code == 64)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty && !result.errors.contains("\u{1B}"))
  }

  @Test func trainingNamesWhatItCannotReadOrWrite() throws {
    let folder = try TemporaryFolder()
    let output = folder.file("absent/heads.json").path
    let unwritten = try Tool.run("train", "Corpus", "--output", output)
    #expect(unwritten.code == 65)
    #expect(unwritten.errors.contains("\(output) cannot be written"))
    let unread = try Tool.run(
      "train", "README.md", "--output", folder.file("heads.json").path)
    #expect(unread.code == 65)
    #expect(unread.errors.contains("README.md is not a folder"))
    try folder.write(Data(#"{"text":"a","labels":["N9"],"primary":"N9"}"#.utf8), to: "a.jsonl")
    let wrong = try Tool.run(
      "train", folder.url.path, "--output", folder.file("heads.json").path)
    #expect(wrong.code == 65)
    #expect(wrong.errors.contains("a.jsonl:1: unknown network 'N9'"))
  }

  @Test func theSampleIsClassifiedWhole() throws {
    let result = try Tool.run("sample")
    #expect(result.code == 0)
    #expect(result.output.contains("91 participants in 7 networks"))
    #expect(result.output.contains("Barranquilla + Soledad"))
  }

  @Test func evaluationNamesEveryBadLine() throws {
    let folder = try TemporaryFolder()
    let lines = [
      #"{"id":"a","lang":"en","text":"Buses.","labels":["N1"],"primary":"N1"}"#,
      #"{"id":"b","lang":"en","text":"Buses.","labels":["N9"],"primary":"N9"}"#,
      #"{"id":"c","lang":"en","text":"\ud800","labels":["N1"],"primary":"N1"}"#, "{",
    ]
    let file = try folder.write(Data(lines.joined(separator: "\n").utf8), to: "labelled.jsonl")
    let result = try Tool.run("evaluate", "classification", file.path)
    #expect(result.code == 65)
    #expect(result.errors.contains("labelled.jsonl:2: unknown network 'N9'"))
    #expect(result.errors.contains("labelled.jsonl:3: "))
    #expect(result.errors.contains("labelled.jsonl:4: "))
    #expect(!result.errors.contains("labelled.jsonl:1: "))
  }

  @Test func evaluationPrintsTheAgreedKeys() throws {
    let folder = try TemporaryFolder()
    let line = #"{"lang":"en","text":"New bus lanes and trams.","labels":["N1"],"primary":"N1"}"#
    let file = try folder.write(Data(line.utf8), to: "one.jsonl")
    let result = try Tool.run("evaluate", "classification", file.path, "--json")
    #expect(result.code == 0)
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let keys = try #require(object as? [String: Any]).keys
    #expect(
      Set(keys).isSuperset(of: [
        "items", "macroF1", "microF1", "primaryAccuracy", "inLabels", "lrap", "ece", "perNetwork",
        "perLanguage",
      ]))
  }

  @Test func theShippedProgrammeChecksAndABrokenOneDoesNot() throws {
    let folder = try TemporaryFolder()
    let shown = try Tool.run("programme", "show")
    let good = try folder.write(Data(shown.output.utf8), to: "good.json")
    #expect(try Tool.run("programme", "check", good.path).code == 0)
    let bad = try folder.write(
      Data(shown.output.replacing("\"mobility\"", with: "\"Mobility!\"").utf8), to: "bad.json")
    let result = try Tool.run("programme", "check", bad.path)
    #expect(result.code == 65)
    #expect(result.output.contains("$.networks[0].slug"))
  }
}
