import Foundation
import MatchmakingService
import Results
import TestSupport
import Testing

@Suite("pair and verify")
struct PairCommandTests {
  private let folder: TemporaryFolder
  private let cohort: String

  init() throws {
    folder = try TemporaryFolder()
    cohort = try TestCohort.write(TestCohort.lines(), to: folder)
  }

  private func run(_ arguments: String..., file: String? = nil) throws -> Tool.Result {
    try Tool.run(["pair"] + arguments + ["--participants", file ?? cohort])
  }

  private func view(_ result: Tool.Result) throws -> CohortView {
    #expect(result.code == 0, "\(result.errors)")
    return try JSONDecoder().decode(CohortView.self, from: Data(result.output.utf8))
  }

  private func verify(_ text: String, file: String? = nil) throws -> Tool.Result {
    let path = try folder.write(Data(text.utf8), to: "result-\(UUID()).json").path
    return try Tool.run(["verify", path, "--participants", file ?? cohort])
  }

  private func ids(_ view: CohortView) -> [String] {
    view.pairs.map { "\($0.left.id)=\($0.right.id)" }
  }

  @Test("every objective is solved, and its JSON verified", arguments: CohortObjectiveName.allCases)
  func objectives(objective: CohortObjectiveName) throws {
    let result = try run("--objective", objective.rawValue, "--json")
    let view = try view(result)
    #expect(view.objective == objective && view.isOptimal && view.isVerified)
    #expect(view.figures.first?.objective == objective)
    #expect(Set(view.figures.map(\.objective)) == Set(CohortObjectiveName.allCases))
    for pair in view.pairs {
      #expect(pair.left.region == "europe" && pair.right.region == "latin-america")
      #expect(abs(pair.factors.reduce(0) { $0 + $1.contribution } - pair.score) < 1e-6)
    }
    for (name, best) in [
      (CohortObjectiveName.total, view.figures.map(\.total).max()),
      (.fairest, view.figures.compactMap(\.worst).max()),
    ] {
      let row = try #require(view.figures.first { $0.objective == name })
      #expect((name == .total ? row.total : row.worst) == best)
    }
    #expect(view.figures.first { $0.objective == .stable }?.blockingPairs == 0)
    let verified = try verify(result.output)
    #expect(verified.code == 0, "\(verified.output)")
    #expect(verified.output.contains("6 pairs keep every rule, and no better pairing exists"))
    #expect(try run("--objective", objective.rawValue, "--json").output == result.output)
  }

  @Test("the sample is paired under its quota, and verified")
  func sample() throws {
    let result = try Tool.run("pair", "--json", "--seed", "3")
    let view = try view(result)
    #expect(view.seed == 3 && view.isOptimal && view.isVerified)
    #expect(view.rules.map(\.reached) == [12])
    let path = try folder.write(Data(result.output.utf8), to: "sample.json").path
    let verified = try Tool.run("verify", path, "--json")
    let object = try TestCohort.object(verified)
    #expect(object["isVerified"] == .flag(true) && object["pairs"] == .whole(12))
    // Of other participants it is not the result.
    let other = try Tool.run("verify", path, "--participants", cohort)
    #expect(other.code == 65 && other.output.contains("of other participants"))
  }

  @Test("pinned pairs are formed, forbidden ones are not")
  func pins() throws {
    let view = try view(run("--pin", "la3=Eu0, eu1 = LA4", "--forbid", "eu2=la2,eu2=la5", "--json"))
    #expect(ids(view).contains("eu0=la3") && ids(view).contains("eu1=la4"))
    #expect(Set(view.pairs.filter(\.isPinned).map(\.left.id)) == ["eu0", "eu1"])
    #expect(!ids(view).contains("eu2=la2") && !ids(view).contains("eu2=la5"))
    let twice = try self.view(run("--pin", "eu0=la0,la0=eu0", "--json"))
    #expect(twice.pairs.filter(\.isPinned).count == 1)
  }

  @Test(
    "what cannot hold is said in words",
    arguments: [
      (["--pin", "eu0=la0", "--forbid", "la0=eu0"], "Eu0 with La0 is both pinned and forbidden"),
      (["--pin", "eu0=la0,eu0=la1"], "eu0 can have at most 1 pair"),
      (["--pin", "eu0=eu1"], "Eu0 and Eu1 are on the same side"),
      (["--pin", "eu0=eu0"], "are on the same side"),
      (["--pin", "eu0=zz"], "nobody is called 'zz'"),
      (["--pin", "eu0=la"], "'la' may mean La0 AR (la0)"),
      (["--min", "country:AR=3"], "“Argentina: at least 3” needs at least 3 pairs"),
      (["--min", "pairs=7"], "“all pairs: at least 7” needs at least 7 pairs"),
      (["--min", "region:japan=1"], "needs at least 1 pair"),
      (["--min", "country:PE=2", "--max", "country:PE=1"], "allows at most 1 pair"),
      (["--max", "pairs=1", "--pin", "eu0=la0,eu1=la1"], "“all pairs: at most 1” allows at most"),
      (["--min", "pairs=2,pairs=2"], "is given twice"),
      (["--min", "country:XX=1"], "'country:XX' is no group of the programme"),
      (["--max", "region:mars=1"], "'region:mars' is no group of the programme"),
      (["--max", "network:N9=1"], "'network:N9' is no group"),
      (["--max", "pairs:x=1"], "'pairs:x' is no group"),
      (["--max", "city=1"], "'city' is no group"),
    ])
  func conflicts(_ arguments: [String], _ message: String) throws {
    let result = try Tool.run(["pair"] + arguments + ["--participants", cohort])
    #expect(result.code == 65)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test(
    "wrong usage",
    arguments: [
      (["--objective", "best"], "--objective takes total, fairest or stable, not 'best'"),
      (["--deadline", "soon"], "--deadline takes a time such as 30s"),
      (["--deadline", "0"], "not '0'"),
      (["--deadline", "-1s"], "not '-1s'"), (["--deadline", "s"], "not 's'"),
      (["--deadline", "nan"], "not 'nan'"), (["--deadline", "inf"], "not 'inf'"),
      (["--deadline", "1h"], "not '1h'"), (["--pin", "eu0"], "--pin takes A=B"),
      (["--pin", "eu0="], "--pin takes A=B"), (["--forbid", "a=b=c"], "--forbid takes A=B"),
      (["--min", "pairs=-1"], "--min takes GROUP=NUMBER"), (["--max", "pairs=x"], "not 'pairs=x'"),
      (["--max", "pairs=99999999999999999999"], "--max takes"), (["--seed", "-1"], "--seed takes"),
      (["extra"], "unexpected 'extra'"),
    ])
  func usage(_ arguments: [String], _ message: String) throws {
    let result = try Tool.run(["pair"] + arguments + ["--participants", cohort])
    #expect(result.code == 64)
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test("a pin that the programme's rules forbid is named")
  func ineligible() throws {
    var lines = try TestCohort.lines()
    lines[0] = try TestCohort.line("eu0", "ES", ["partners": ["la0"]])
    let file = try TestCohort.write(lines, to: folder, as: "before.jsonl")
    let result = try run("--pin", "eu0=la0", file: file)
    #expect(result.code == 65)
    #expect(result.errors.contains("Eu0 with La0 is pinned and not eligible by the rules"))
  }

  @Test("bounds by group hold, and are among the rules with what was reached")
  func bounds() throws {
    let view = try view(
      run("--max", "country:ar=1,pairs=4", "--min", "country:PE=2", "--deadline", "30s", "--json"))
    #expect(view.pairs.count == 4)
    #expect(view.pairs.count { $0.right.country == "AR" } <= 1)
    #expect(view.pairs.count { $0.right.country == "PE" } == 2)
    let reached = Dictionary(
      view.rules.map { ($0.name, $0.reached) }, uniquingKeysWith: { first, _ in first })
    #expect(reached["Peru: at least 2"] == 2 && reached["all pairs: at most 4"] == 4)
    #expect(view.unpaired.allSatisfy { !$0.reason.isEmpty })
    let none = try self.view(run("--max", "pairs=0", "--json"))
    #expect(none.pairs.isEmpty && none.isOptimal && none.isVerified)
  }

  @Test("quotas bind where the cohort is larger, and can be left out")
  func quotas() throws {
    var lines: [String] = []
    for index in 0..<15 {
      let survey = ["survey": ["N\(index % 7 + 1)": 5]]
      lines.append(try TestCohort.line("eu\(index)", "ES", survey))
      lines.append(try TestCohort.line("la\(index)", "BR", survey))
    }
    let file = try TestCohort.write(lines, to: folder, as: "fifteen.jsonl")
    let bound = try view(run("--json", file: file))
    #expect(bound.pairs.count == 12 && bound.appliesQuotas)
    #expect(bound.unpaired.count == 6 && bound.rules.first?.reached == 12)
    let result = try run("--no-quotas", "--json", file: file)
    let free = try view(result)
    #expect(free.pairs.count == 15 && !free.appliesQuotas && free.rules.isEmpty)
    let verified = try verify(result.output, file: file)
    #expect(verified.code == 0)
    #expect(verified.output.contains("(the programme's quotas were left out)"))
  }

  @Test("capacities above 1 are used, capacity 0 is a finding")
  func capacities() throws {
    var lines = try TestCohort.lines()
    lines[0] = try TestCohort.line("eu0", "ES", ["capacity": 3])
    let file = try TestCohort.write(
      [lines[0]] + lines.suffix(6), to: folder, as: "capacity.jsonl")
    let view = try view(run("--json", file: file))
    #expect(view.pairs.count == 3 && Set(view.pairs.map(\.left.id)) == ["eu0"])
    lines[0] = try TestCohort.line("eu0", "ES", ["capacity": 0])
    let result = try run(file: TestCohort.write(lines, to: folder, as: "zero.jsonl"))
    #expect(result.code == 65)
    #expect(result.errors.contains("zero.jsonl:1: error: $.capacity is the number 0"))
  }

  @Test("a cohort of one side, and of nobody, has no pairs")
  func oneSide() throws {
    let lines = try TestCohort.lines()
    for (name, part) in [("one.jsonl", Array(lines.prefix(6))), ("none.jsonl", [])] {
      let file = try TestCohort.write(part, to: folder, as: name)
      let result = try run("--json", file: file)
      let view = try view(result)
      #expect(view.pairs.isEmpty && view.isOptimal && view.isVerified)
      #expect(try verify(result.output, file: file).code == 0)
    }
  }

  @Test("CSV has one row a pair, with CR LF and quoted names")
  func csv() throws {
    var lines = try TestCohort.lines()
    lines[0] = try TestCohort.line("eu0", "ES", ["name": "=Eu, \"0\""])
    let file = try TestCohort.write(lines, to: folder, as: "csv.jsonl")
    let result = try run("--csv", file: file)
    #expect(result.code == 0)
    let rows = result.output.split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(
      rows.first == "left,leftCountry,right,rightCountry,score,pinned,sharedNetworks")
    #expect(rows.count == 8 && rows.last == "")
    #expect(rows[1].hasPrefix("\"'=Eu, \"\"0\"\"\",ES,La"))
  }

  @Test("a result that was tampered with does not verify, with the reason")
  func tampered() throws {
    let output = try run("--min", "country:PE=1", "--max", "pairs=5", "--json").output
    let original = try JSONDecoder().decode(JSONTree.self, from: Data(output.utf8))
    let quota = "quota of Latin America: at most 12 pairs"
    let cases: [(name: String, reason: String, change: (inout JSONTree) -> Void)] = [
      ("score shown", "the pairs shown", { $0["pairs"][0]["score"] = .number(0.5) }),
      ("score without end", "the pairs shown", { $0["pairs"][0]["score"] = .number(1e300) }),
      (
        "score proven", "has another score",
        { $0["proof"]["result"]["pairs"][0]["score"] = .whole(999_999) }
      ),
      ("pair swapped", "the pairs shown", { Self.swapPartners(&$0["pairs"]) }),
      (
        "pair swapped in the proof", "has another score",
        { Self.swapPartners(&$0["proof"]["result"]["pairs"]) }
      ),
      (
        "prices", "does not prove its claim 1",
        {
          $0["proof"]["result"]["certificate"]["claims"][0]["leaves"][0]["participants"] =
            .object([:])
        }
      ),
      (
        "bound", "the bound, the gap or the optimality is not what the certificate says",
        { $0["proof"]["result"]["bound"] = .whole(1) }
      ),
      (
        "quota removed", "does not keep the programme's rule '\(quota)'",
        { $0["proof"]["problem"]["rules"].elements.removeAll { $0["name"] == .text(quota) } }
      ),
      (
        "nobody unpaired", "the participants with room shown",
        {
          $0["unpaired"] = .list([])
          $0["proof"]["result"]["unpaired"] = .list([])
        }
      ),
      (
        "reason", "the participants with room shown",
        { $0["unpaired"][0]["reason"] = .text("none") }
      ),
      ("rule removed", "the rules shown", { $0["rules"].elements.removeLast() }),
      ("rule reached", "the rules shown", { $0["rules"][1]["reached"] = .whole(5) }),
      (
        "rule not kept", "the rule 'Peru: at least 1' is not kept",
        { $0["proof"]["problem"]["rules"][1]["minimum"] = .whole(3) }
      ),
      (
        "capacity", "other participants, sides or capacities",
        { $0["proof"]["problem"]["left"][0]["capacity"] = .whole(2) }
      ),
      (
        "participant removed", "other participants, sides or capacities",
        { $0["proof"]["problem"]["left"].elements.removeLast() }
      ),
      (
        "pin added", "eu0 with nobody is pinned and not paired",
        {
          $0["proof"]["problem"]["pinned"] = .list([
            .object(["left": .text("eu0"), "right": .text("nobody")])
          ])
        }
      ),
      ("name", "the pairs shown", { $0["pairs"][0]["left"]["name"] = .text("Madrid") }),
      ("factor", "the pairs shown", { $0["pairs"][0]["factors"][0]["value"] = .number(0.9) }),
      ("total", "the figures shown", { $0["figures"][0]["total"] = .whole(9) }),
      ("no figures", "the figures shown", { $0["figures"] = .list([]) }),
      ("optimality", "the bounds shown", { $0["isOptimal"] = .flag(false) }),
      ("seed", "the seed shown", { $0["seed"] = .whole(8) }),
      ("objective", "the objective shown", { $0["objective"] = .text("stable") }),
      ("faults", "the faults shown", { $0["faults"] = .list([.text("none")]) }),
      ("format", "format 2, this program reads 1", { $0["format"] = .whole(2) }),
      ("kind", "not a whole result of 'encuentro pair --json'", { $0["kind"] = .text("x") }),
      (
        "key missing", "a damaged result: the key 'proof.problem' is missing",
        { $0["proof"]["problem"] = .null }
      ),
      (
        "type", "the value of 'pairs[0].score' has the wrong type",
        { $0["pairs"][0]["score"] = .text("much") }
      ),
    ]
    for item in cases {
      var changed = original
      item.change(&changed)
      let data = try JSONEncoder().encode(changed)
      let result = try verify(String(decoding: data, as: UTF8.self))
      #expect(result.code == 65, "\(item.name): \(result.output)\(result.errors)")
      #expect(
        (result.output + result.errors).contains(item.reason),
        "\(item.name): \(result.output)\(result.errors)")
    }
    let untouched = try JSONEncoder().encode(original)
    #expect(try verify(String(decoding: untouched, as: UTF8.self)).code == 0)
  }

  private static func swapPartners(_ pairs: inout JSONTree) {
    let first = pairs[0]["right"]
    pairs[0]["right"] = pairs[1]["right"]
    pairs[1]["right"] = first
  }

  @Test("what is no result is refused")
  func noResult() throws {
    let output = try run("--json").output
    let reassigned = try Tool.run("reassign", "--json", "--participants", cohort).output
    for text in [String(output.dropLast(400)), "", "[]", "{}", "null", reassigned] {
      let result = try verify(text)
      #expect(result.code == 65)
      #expect(result.errors.contains("not a whole result of 'encuentro pair --json'"))
    }
    let absent = try Tool.run("verify", folder.file("absent.json").path)
    #expect(absent.code == 66)
    #expect(try Tool.run("verify").code == 64)
  }
}
