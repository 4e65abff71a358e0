import Foundation
import TestSupport
import Testing

/// A server as a user would start it.
final class RunningServer {
  let address: String
  let process: Process

  init(_ options: [String] = []) throws {
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
    let words = line.split(separator: " ")
    address = String(try #require(words.first { $0.hasPrefix("127.0.0.1:") }))
    metrics =
      words.last.map { String($0.trimmingCharacters(in: .whitespacesAndNewlines).dropLast()) } ?? ""
  }

  let metrics: String

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// Ends it in order.
  func stop() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

@Suite(.serialized) struct ServeCommandTests {
  @Test func aServerAnswersAsThisProcessDoes() throws {
    let server = try RunningServer()
    for words in [
      ["suggest", "sao paulo"], ["explain", "milan", "porto"], ["pair"], ["reassign"], ["sample"],
      ["suggest", "nobody at all"],
    ] {
      let here = try Tool.run(words + ["--json"])
      let there = try Tool.run(words + ["--json", "--server", server.address])
      #expect(here.output == there.output, "\(words)")
      #expect(here.code == there.code, "\(words)")
      #expect(here.errors == there.errors, "\(words)")
    }
    let folder = try TemporaryFolder()
    let file = try folder.write(Data("solar roofs for housing".utf8), to: "a.txt").path
    #expect(
      try Tool.run("classify", "--json", file).output
        == Tool.run("classify", "--json", file, "--server", server.address).output)
    let pairs = try folder.write(
      Data(Tool.run("pair", "--json").output.utf8), to: "pairs.json"
    ).path
    #expect(try Tool.run("verify", pairs, "--server", server.address).code == 0)
    #expect(try Tool.run("status", "--server", server.address).code == 0)
    #expect(server.stop() == 0)
    let gone = try Tool.run("suggest", "milan", "--server", server.address)
    #expect(gone.code == 69)
    #expect(gone.errors.contains("is it running?"))
  }

  @Test func aStoreKeepsWhatIsDecided() throws {
    let folder = try TemporaryFolder()
    let data = folder.file("data").path
    #expect(try Tool.run("import", "--sample", "--data", data).code == 0)
    let first = try RunningServer(["--data", data])
    let partner = try suggested(first)
    #expect(
      try Tool.run(
        "decide", "milan", partner, "rejected", "--reason", "no", "--server", first.address
      ).code == 0)
    #expect(try suggested(first) != partner)
    #expect(try Tool.run("import", "--sample", "--data", data).code == 69)
    kill(first.process.processIdentifier, SIGKILL)
    first.process.waitUntilExit()
    let second = try RunningServer(["--data", data])
    #expect(try suggested(second) != partner)
    #expect(
      try Tool.run("decisions", "--json", "--server", second.address).output.contains(partner))
    #expect(second.stop() == 0)
    #expect(try Tool.run("doctor", "--data", data).code == 0)
    let copy = folder.file("copy.sqlite").path
    #expect(try Tool.run("backup", copy, "--data", data).code == 0)
    let csv = try Tool.run("export", "--csv", "--data", data)
    let file = try folder.write(Data(csv.output.utf8), to: "a.csv").path
    #expect(try Tool.run("import", file, "--data", data).output.contains("91 unchanged"))
  }

  private func suggested(_ server: RunningServer) throws -> String {
    let result = try Tool.run("suggest", "milan", "--json", "--server", server.address)
    let tree = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    let list = try #require(tree?["suggestions"] as? [[String: Any]])
    return try #require((list.first?["partner"] as? [String: Any])?["id"] as? String)
  }

  @Test func aLoadTestReports() throws {
    let server = try RunningServer()
    let folder = try TemporaryFolder()
    let plot = folder.file("plot.svg").path
    let result = try Tool.run(
      "load", "--server", server.address, "--rate", "100", "--duration", "1s", "--warm-up", "100ms",
      "--json", "--plot", plot)
    #expect(result.code == 0)
    #expect(result.output.contains("\"answered\" : 100"))
    #expect(try String(contentsOfFile: plot, encoding: .utf8).hasPrefix("<svg"))
    #expect(server.stop() == 0)
  }
}
