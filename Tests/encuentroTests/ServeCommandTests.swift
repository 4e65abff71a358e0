import Foundation
import TestSupport
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A server as a user would start it.
final class RunningServer {
  let process: Process
  /// HOST:PORT of its calls, and the address of its metrics.
  let address: String
  let metrics: URL

  init(_ options: [String]) throws {
    process = Tool.process(
      ["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--log-level", "none"]
        + options)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var line = ""
    while !line.hasSuffix("\n") {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      line += String(decoding: data, as: UTF8.self)
    }
    let words = line.split { " ()\n".contains($0) }
    address = String(try #require(words.first { $0.hasPrefix("127.0.0.1:") }))
    metrics = try #require(words.last.flatMap { URL(string: String($0)) })
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// Ends it in order.
  func stop() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

@Suite(.serialized) struct ServeCommandTests {
  private let folder: TemporaryFolder
  /// A dozen participants, two of them with plans.
  private let cohort: String

  init() throws {
    folder = try TemporaryFolder()
    let plan: [String: Any] = [
      "language": "en", "title": "Housing",
      "sections": [["role": "context", "text": "Solar roofs and heat pumps for public housing."]],
    ]
    cohort = try TestCohort.write(
      TestCohort.lines() + [
        TestCohort.line("milan", "IT", ["plan": plan]),
        TestCohort.line("lima", "PE", ["plan": plan]),
      ], to: folder)
  }

  @Test func aServerAnswersAsThisProcessDoes() async throws {
    let server = try RunningServer(["--participants", cohort])
    for words in [
      ["suggest", "milan"], ["explain", "milan", "lima"], ["explain", "eu0", "eu1"], ["pair"],
      ["reassign", "--max-size", "4"], ["sample"], ["suggest", "nobody at all"],
    ] {
      let here = try Tool.run(words + ["--json", "--participants", cohort])
      let there = try Tool.run(words + ["--json", "--server", server.address])
      #expect(here.output == there.output, "\(words)")
      #expect(here.code == there.code, "\(words)")
      #expect(here.errors == there.errors, "\(words)")
    }
    let file = try folder.write(Data("solar roofs for housing".utf8), to: "a.txt").path
    #expect(
      try Tool.run("classify", "--json", file).output
        == Tool.run("classify", "--json", file, "--server", server.address).output)
    let pairs = try Tool.run("pair", "--json", "--participants", cohort)
    let document = try folder.write(Data(pairs.output.utf8), to: "pairs.json").path
    #expect(try Tool.run("verify", document, "--server", server.address).code == 0)
    #expect(try Tool.run("status", "--server", server.address).code == 0)
    let (metrics, _) = try await URLSession.shared.data(from: server.metrics)
    #expect(
      String(decoding: metrics, as: UTF8.self).contains(
        "encuentro_rpc_total{method=\"encuentro.v1.Matchmaking/PairCohort\",code=\"OK\"} 1"))
    #expect(server.stop() == 0)
    let gone = try Tool.run("suggest", "milan", "--server", server.address)
    #expect(gone.code == 69)
    #expect(gone.errors.contains("is it running?"))
    let both = try Tool.run("suggest", "milan", "--server", "a:1", "--participants", cohort)
    #expect(both.code == 64)
  }

  @Test func aStoreKeepsWhatIsDecided() throws {
    let data = folder.file("data").path
    #expect(try Tool.run("import", cohort, "--data", data).output.contains("14 created"))
    let first = try RunningServer(["--data", data])
    let partner = try suggested(first)
    let decided = try Tool.run(
      "decide", "milan", partner, "rejected", "--reason", "no", "--server", first.address)
    #expect(decided.code == 0)
    #expect(try suggested(first) != partner)
    // The folder is the server's.
    #expect(try Tool.run("import", cohort, "--data", data).code == 69)
    let added = try folder.write(Data((try TestCohort.line("zz", "BR")).utf8), to: "z.jsonl").path
    #expect(
      try Tool.run("import", added, "--server", first.address).output.contains("1 created"))
    #expect(try Tool.run("pair", "--server", first.address).code == 0)
    #expect(try Tool.run("pair", "--commit").code == 64)
    for _ in 0..<2 {
      #expect(
        try Tool.run("reassign", "--stored", "--commit", "--server", first.address).code == 0)
    }
    kill(first.process.processIdentifier, SIGKILL)
    first.process.waitUntilExit()
    let second = try RunningServer(["--data", data])
    #expect(try suggested(second) != partner)
    #expect(
      try Tool.run("decisions", "--json", "--server", second.address).output.contains(partner))
    #expect(try Tool.run("runs", "--server", second.address).output.contains("cohort"))
    #expect(try Tool.run("runs", "1", "--server", second.address).output.hasPrefix("{"))
    // Nobody was in a network before the first, all are where it put them at the second.
    let kept = try Tool.run("runs", "3", "--server", second.address).output
    #expect(kept.contains("\"change\" : \"kept\""))
    #expect(!kept.contains("\"change\" : \"new\""))
    #expect(second.stop() == 0)
    #expect(try Tool.run("doctor", "--data", data).code == 0)
    let copy = folder.file("copy.sqlite").path
    #expect(try Tool.run("backup", copy, "--data", data).code == 0)
    for form in ["--csv", "--json"] {
      let exported = try Tool.run("export", form, "--data", data)
      let file = try folder.write(Data(exported.output.utf8), to: "again").path
      #expect(try Tool.run("import", file, "--data", data).output.contains("15 unchanged"))
    }
  }

  private func suggested(_ server: RunningServer) throws -> String {
    let result = try Tool.run("suggest", "milan", "--json", "--server", server.address)
    let tree = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    let list = try #require(tree?["suggestions"] as? [[String: Any]])
    return try #require((list.first?["partner"] as? [String: Any])?["id"] as? String)
  }

  @Test func wrongFilesAreNamedLineByLine() throws {
    let csv = try folder.write(
      Data("id,name,kind,country,population,languages\na,A,town,ES,5,es\nb,B,city,ES,5\n".utf8),
      to: "wrong.csv"
    ).path
    let data = folder.file("new").path
    let result = try Tool.run("import", csv, "--data", data)
    #expect(result.code == 65)
    #expect(result.errors.contains("wrong.csv:2: error: $.kind"))
    #expect(result.errors.contains("wrong.csv:3: error: $ has 5 fields"))
    #expect(try Tool.run("doctor", "--data", data).code == 69)
    #expect(try Tool.run("import", csv, "--data", data, "--server", "a:1").code == 64)
  }

  @Test func aLoadTestReports() throws {
    let server = try RunningServer(["--participants", cohort])
    let plot = folder.file("plot.svg").path
    let result = try Tool.run(
      "load", "--server", server.address, "--rate", "100", "--duration", "1s", "--warm-up", "100ms",
      "--mix", "get=1", "--json", "--plot", plot)
    #expect(result.code == 0)
    #expect(result.output.contains("\"answered\" : 100"))
    #expect(try String(contentsOfFile: plot, encoding: .utf8).hasPrefix("<svg"))
    #expect(server.stop() == 0)
  }
}
