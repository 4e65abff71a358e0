import CHeap
import Foundation
import MatchmakingService
import Programme
import RPC
import Results
import Storage

enum ServeCommand: Command {
  static let syntax = CommandSyntax(
    name: "serve", summary: "answer over TCP, until SIGTERM or Ctrl-C",
    operands: "",
    details: """
      The protocol is described in Protos/PROTOCOL.md. With --data, participants,
      decisions and runs are kept in that folder (made when it is not there; fill it with
      'encuentro import'); without it the server holds the sample, or --participants, in
      memory, and forgets all changes when it ends. When it is ready it prints one line.
      The log goes to standard error, one JSON object on a line. At SIGTERM, calls under
      way are finished, new ones refused, and the exit code is 0.
      There is no encryption and no password yet: listen on loopback only, or behind what
      has both.
      """,
    options: [
      .init(name: "--listen", value: "HOST:PORT", help: "default 127.0.0.1:7431; port 0 for any"),
      .init(name: "--data", value: "FOLDER", help: "where the store is"),
      .init(name: "--loops", value: "N", help: "event loops (default: one for each core)"),
      .init(
        name: "--metrics", value: "HOST:PORT",
        help: "serve Prometheus metrics there, at /metrics"),
      .init(
        name: "--log-level", value: "LEVEL",
        help: "debug, info (default), warning, error or none"),
      .init(name: "--log-calls", value: "WHICH", help: "all (default) or failed"),
      SharedOption.participants,
    ] + SharedOption.engine)

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    let configuration = try configuration(arguments)
    guard let level = EventLog.Level(arguments.string("--log-level") ?? "info") else {
      throw UsageError(
        message: "--log-level takes debug, info, warning, error or none", command: syntax.name)
    }
    heap_suit_server()
    let engine = try arguments.engine()
    let store = try store(arguments, engine.programme)
    let log = EventLog(descriptor: STDERR_FILENO, level: level)
    defer { log.close() }
    let progress = Console.Progress(console)
    let server = try MatchmakingServer(
      configuration, classification: engine, store: store, log: log
    ) { done, total in
      progress.report(JobProgress(phase: "profiles", done: done, total: total))
    }
    progress.finish()
    let (stopped, stop) = AsyncStream.makeStream(of: Int32.self)
    let watcher = SignalWatcher([SIGTERM, SIGINT]) { stop.yield($0) }
    let addresses = try await server.start()
    console.print(
      "encuentro \(configuration.version) is ready on \(addresses.calls) "
        + "(\(server.matchmaking.snapshot.engine.participants.count) participants"
        + (addresses.metrics.map { ", metrics on http://\($0)/metrics" } ?? "") + ")")
    for await _ in stopped { break }
    withExtendedLifetime(watcher) {}
    let isComplete = await server.stop()
    return isComplete ? 0 : ExitCode.unavailable
  }

  private static func configuration(
    _ arguments: Arguments
  ) throws -> MatchmakingServer.Configuration {
    var configuration = MatchmakingServer.Configuration()
    if let address = try arguments.address("--listen") { configuration.address = address }
    configuration.metrics = try arguments.address("--metrics")
    configuration.loops = try arguments.integer("--loops", default: 0, in: 1...64)
    switch arguments.string("--log-calls") ?? "all" {
    case "all": configuration.logsAllCalls = true
    case "failed": configuration.logsAllCalls = false
    case let other:
      throw UsageError(
        message: "--log-calls takes all or failed, not '\(other)'", command: syntax.name)
    }
    let document = try arguments.string("--programme").map(Input.data)
    configuration.programmeDocument = String(
      decoding: try document ?? ProgrammeDefinition.bulletinFile, as: UTF8.self)
    return configuration
  }

  private static func store(
    _ arguments: Arguments, _ programme: ProgrammeDefinition
  ) throws -> any Store {
    guard let folder = arguments.string("--data") else {
      return InMemoryStore(try arguments.participants(programme))
    }
    guard arguments.string("--participants") == nil else {
      throw UsageError(
        message: "--participants goes with no --data; use 'encuentro import' to fill the store",
        command: syntax.name)
    }
    return try SQLiteStore(folder: folder)
  }
}

extension Arguments {
  /// A HOST:PORT.
  func address(_ name: String) throws(UsageError) -> SocketAddress? {
    guard let text = string(name) else { return nil }
    guard let address = SocketAddress(text) else {
      throw UsageError(
        message: "\(name) takes HOST:PORT, such as 127.0.0.1:7431 or [::1]:7431, not '\(text)'")
    }
    return address
  }
}
