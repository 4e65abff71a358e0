import Foundation
import MatchmakingService
import Programme
import Results
import TestSupport
import Testing

@Suite("reassign")
struct ReassignCommandTests {
  private let folder: TemporaryFolder
  private let cohort: String

  init() throws {
    folder = try TemporaryFolder()
    cohort = try TestCohort.write(
      TestCohort.lines() + [TestCohort.line("bare", "FR")], to: folder)
  }

  private func run(_ arguments: String..., file: String? = nil) throws -> Tool.Result {
    try Tool.run(["reassign"] + arguments + ["--participants", file ?? cohort])
  }

  private func view(_ result: Tool.Result) throws -> ReassignmentView {
    #expect(result.code == 0, "\(result.errors)")
    return try JSONDecoder().decode(ReassignmentView.self, from: Data(result.output.utf8))
  }

  private func write(_ text: String) throws -> String {
    try folder.write(Data(text.utf8), to: "previous-\(UUID())").path
  }

  private func primaries(_ view: ReassignmentView) -> [String: String] {
    Dictionary(
      view.rows.compactMap { row in row.now.map { (row.participant.id, $0.primary) } },
      uniquingKeysWith: { first, _ in first })
  }

  @Test("the first assignment is proven, the same every time, and stays as it is")
  func first() throws {
    let result = try run("--json")
    let view = try view(result)
    #expect(view.isProvenOptimal && view.isDryRun && view.kind == "reassignment")
    #expect(view.rows.count == 13)
    #expect(view.rows.filter { $0.change == "new" }.count == 12)
    let bare = try #require(view.rows.first { $0.participant.id == "bare" })
    #expect(bare.change == "unassigned" && bare.now == nil && bare.evidence.isEmpty)
    #expect(result.output.contains(#""now" : null"#))
    #expect(primaries(view)["eu5"] == "N3" && primaries(view)["eu0"] == "N2")
    #expect(view.networks.reduce(0) { $0 + $1.now } == 12)
    for row in view.rows {
      #expect(row.now?.further.count ?? 0 <= 2)
      for evidence in row.evidence {
        #expect(abs(evidence.signals.reduce(0) { $0 + $1.share } - 1) < 1e-9)
        let logOdds = evidence.signals.reduce(0) { $0 + $1.share * $1.logOdds }
        #expect(abs(1 / (1 + exp(-logOdds)) - evidence.membership) < 1e-9)
      }
    }
    #expect(try run("--json").output == result.output)
    let again = try self.view(run("--json", "--previous", try write(result.output)))
    #expect(again.rows.filter { $0.change == "kept" }.count == 12)
    #expect(primaries(again) == primaries(view) && again.total == view.total)
  }

  @Test("the sample's own printed assignment is a previous one")
  func sample() throws {
    let plans = try String(
      contentsOf: Repository.root.appending(
        path: "Sources/Programme/Resources/participants-cities.jsonl"), encoding: .utf8)
    let file = try TestCohort.write(
      plans.split(separator: "\n").prefix(5).map(String.init), to: folder, as: "plans.jsonl")
    let printed = try Tool.run("sample", "--json", "--participants", file)
    let path = try folder.write(Data(printed.output.utf8), to: "sample.json").path
    let view = try view(run("--previous", path, "--json", file: file))
    #expect(view.rows.count == 5 && view.isProvenOptimal)
    // The plan is the only signal, so nobody has a reason to move.
    #expect(!view.rows.contains { $0.change == "moved" })
    #expect(
      view.rows.filter { $0.change == "kept" }.count == view.networks.reduce(0) { $0 + $1.before })
    #expect(view.rows.allSatisfy { $0.evidence.allSatisfy { !$0.words.isEmpty } })
  }

  @Test("nobody moves for less than a move costs")
  func moves() throws {
    let previous = try write(
      """
      {"id":"eu5","primary":"N2","further":["N1"]}\r

      {"id":"eu0","primary":"N2"}
      {"id":"of-elsewhere","primary":"N7"}
      """)
    let free = try view(run("--json", "--previous", previous, "--move-cost", "0"))
    let moved = try #require(free.rows.first { $0.participant.id == "eu5" })
    #expect(
      moved.change == "moved" && moved.previous?.primary == "N2" && moved.now?.primary == "N3")
    #expect(moved.evidence.map(\.network) == ["N3", "N2"])
    #expect(free.rows.first { $0.participant.id == "eu0" }?.change == "kept")
    let dear = try view(run("--json", "--previous", previous, "--move-cost", "100"))
    #expect(dear.rows.first { $0.participant.id == "eu5" }?.change == "kept")
    #expect(dear.isProvenOptimal)
    let text = try run("--previous", previous, "--move-cost", "0")
    #expect(text.output.contains("Eu5 (ES): N2 → N3"))
    #expect(text.output.contains("without any signal: Bare"))
    for wrong in ["-1", "101", "nan", "x"] {
      #expect(try run("--move-cost", wrong).code == 64)
    }
  }

  @Test("every wrong line and every unknown network is named at once")
  func wrongLines() throws {
    let lines = try write(
      """
      {"id":"eu0","primary":"N1"}
      {"id":"eu1"}
      nonsense
      {"id":"eu0","primary":"N2"}
      {"id":"eu2","primary":7}
      """)
    let result = try run("--previous", lines)
    #expect(result.code == 65 && result.output.isEmpty)
    let reports = result.errors.split(separator: "\n")
    #expect(reports.count == 4)
    for (report, line) in zip(reports, [2, 3, 4, 5]) { #expect(report.contains(":\(line): ")) }
    #expect(reports[2].contains("'eu0' stands in an earlier line already"))
    let networks = try write(
      """
      {"id":"eu0","primary":"N9"}
      {"id":"eu1","primary":"N1","further":["mobility","N2"]}
      """)
    let unknown = try run("--previous", networks)
    #expect(unknown.code == 65)
    #expect(unknown.errors.contains("eu0 was in 'N9', which is no network of the programme"))
    #expect(unknown.errors.contains("eu1 was in 'mobility', which is no network"))
    #expect(try run("--previous", folder.file("absent").path).code == 66)
    let cut = try String(run("--json").output.dropLast(200))
    let truncated = try run("--previous", write(cut))
    #expect(truncated.code == 65)
    #expect(truncated.errors.contains("not a whole result of 'encuentro reassign --json'"))
    #expect(truncated.errors.split(separator: "\n").count == 1)
  }

  @Test("sizes hold, and those that cannot are said")
  func sizes() throws {
    let view = try view(run("--json", "--min-size", "1", "--max-size", "2"))
    #expect(view.isProvenOptimal)
    #expect(view.networks.allSatisfy { (1...2).contains($0.now) })
    #expect(view.networks.allSatisfy { $0.minimum == 1 && $0.maximum == 2 })
    for (arguments, message) in [
      (["--max-size", "1"], "7 networks with at most 1 each have 7 places, and 12 participants"),
      (["--max-size", "0"], "have 0 places"),
      (["--min-size", "900"], "cannot have at least 900 participants each, for only 12 have a"),
      (["--min-size", "\(Int.max)"], "for only 12 have a signal; lower --min-size"),
      (["--min-size", "3", "--max-size", "2"], "the least size, 3, is above the largest, 2"),
    ] {
      let result = try Tool.run(["reassign", "--participants", cohort] + arguments)
      #expect(result.code == 65)
      #expect(result.errors.contains(message), "\(result.errors)")
    }
    #expect(try run("--min-size", "-1").code == 64)
    #expect(try run("--max-size", "many").code == 64)
  }

  @Test("CSV has one row a participant")
  func csv() throws {
    let result = try run("--csv")
    #expect(result.code == 0)
    let rows = result.output.split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(rows.first == "id,name,country,change,previous,primary,further,membership")
    #expect(rows.count == 15 && rows.last == "")
    // In the order of ids.
    #expect(rows[1] == "bare,Bare,FR,unassigned,,,,")
    #expect(try run("--csv").output == result.output)
  }

  @Test("nobody to assign is no fault")
  func nobody() throws {
    let file = try TestCohort.write([], to: folder, as: "empty.jsonl")
    let view = try view(run("--json", file: file))
    #expect(view.rows.isEmpty && view.isProvenOptimal)
  }
}
