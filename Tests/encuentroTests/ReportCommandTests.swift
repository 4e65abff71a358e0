import Foundation
import TestSupport
import Testing

@Suite("report")
struct ReportCommandTests {
  private let folder: TemporaryFolder
  private let cohort: String

  init() throws {
    folder = try TemporaryFolder()
    cohort = try TestCohort.write(TestCohort.lines(), to: folder)
  }

  private func run(_ arguments: String...) throws -> Tool.Result {
    try Tool.run(["report", "--participants", cohort] + arguments)
  }

  private var out: String { folder.file("dossier.html").path }

  private func dossier(_ result: Tool.Result) throws -> String {
    #expect(result.code == 0, "\(result.errors)")
    return try String(contentsOfFile: out, encoding: .utf8)
  }

  /// A result that a command printed, in a file.
  private func saved(_ arguments: String..., as name: String = "result.json") throws -> URL {
    let result = try Tool.run(arguments + ["--json", "--participants", cohort])
    #expect(result.code == 0, "\(result.errors)")
    return try folder.write(Data(result.output.utf8), to: name)
  }

  @Test(arguments: [
    ("en", "<h1>6 pairs</h1>", "26 November 2026"),
    ("es", "<h1>6 parejas</h1>", "26 de noviembre de 2026"),
    ("pt", "<h1>6 pares</h1>", "26 de novembro de 2026"),
  ])
  func cohortAndParticipants(language: String, heading: String, date: String) throws {
    let text = try dossier(
      run("--out", out, "--lang", language, "--date", "2026-11-26", "--max-size", "9"))
    #expect(text.hasPrefix("<!DOCTYPE html>\n<html lang=\"\(language)\""))
    #expect(text.contains(heading) && text.contains(date))
    #expect(text.contains("id=\"reassignment\""))
    #expect(text.components(separatedBy: "<section id=\"participant-").count == 13)
    // No folder of whoever made it.
    #expect(!text.contains(folder.url.path) && text.contains("cohort.jsonl"))
  }

  @Test func oneParticipantAlone() throws {
    let text = try dossier(run("--out", out, "--participant", "la3"))
    #expect(text.contains("<section id=\"participant-la3\" class=\"page current\""))
    #expect(!text.contains("id=\"cohort\"") && !text.contains("<nav"))
    #expect(try run("--participant", "nobody at all").code == 65)
  }

  @Test func savedResultsAreCheckedAgain() throws {
    let pairs = try saved("pair", "--objective", "fairest")
    let moves = try saved("reassign", as: "moves.json")
    let text = try dossier(
      run("--out", out, "--cohort", pairs.path, "--reassignment", moves.path))
    #expect(text.contains("data-verdict=\"verified\"") && text.contains("result.json"))

    let forged = try String(contentsOf: pairs, encoding: .utf8)
      .replacing(/"score" : 0\.\d+/, with: "\"score\" : 0.999", maxReplacements: 1)
    let path = try folder.write(Data(forged.utf8), to: "forged.json").path
    #expect(try dossier(run("--out", out, "--cohort", path)).contains("data-verdict=\"failed\""))
  }

  @Test func otherResultsAreRefused() throws {
    let pairs = try String(contentsOf: saved("pair"), encoding: .utf8)
    for (name, text, message) in [
      ("old.json", pairs.replacing("\"format\" : 1", with: "\"format\" : 0"), "format 0"),
      ("other.json", "{}", "not a whole result of 'encuentro pair --json'"),
      ("cut.json", String(pairs.dropLast(9)), "not a whole result"),
      ("names.json", pairs.replacing("eu0", with: "eu9"), "name their file with --participants"),
    ] {
      let path = try folder.write(Data(text.utf8), to: name).path
      let result = try run("--out", out, "--cohort", path)
      #expect(result.code == 65)
      #expect(result.errors.contains(name) && result.errors.contains(message))
    }
    #expect(try run("--reassignment", folder.file("absent.json").path).code == 66)
    #expect(!FileManager.default.fileExists(atPath: out))
  }

  @Test(arguments: [
    (["--lang", "fr"], "takes en, es or pt"), (["--date", "26/11/2026"], "takes a day"),
    (["--participant", "la1", "--max-size", "3"], "goes with no --max-size"),
    (["--no-quotas", "--cohort", "-"], "goes with no --cohort"), (["extra"], "unexpected 'extra'"),
  ])
  func wrongUsage(arguments: [String], message: String) throws {
    let result = try Tool.run(["report"] + arguments)
    #expect(result.code == 64)
    #expect(result.errors.contains(message))
  }

  @Test func whatCannotBeWritten() throws {
    let result = try run("--out", folder.file("no/folder/here.html").path)
    #expect(result.code == 74)
    #expect(result.errors.contains("--out"))
  }
}
