import Foundation
import Measurement
package import RPC
import Results
package import Storage
import Synchronization

/// The whole server: store, index, methods, log and metrics, on a port.
package final class MatchmakingServer: Sendable {
  /// What a server is started with.
  package struct Configuration: Sendable {
    package var address = SocketAddress(host: "127.0.0.1", port: 7431)
    /// Event loops; 0 for one on each core.
    package var loops = 0
    /// Where metrics are served; nil for nowhere.
    package var metrics: SocketAddress?
    package var limits = Limits()
    /// Whether calls that end well are logged.
    package var logsAllCalls = true
    package var version = "1.0.0"
    /// The programme's definition as GetProgramme gives it.
    package var programmeDocument = ""

    package init() {}
  }

  package let matchmaking: Matchmaking
  private let configuration: Configuration
  private let log: EventLog
  private let server: Server
  private let health: HealthBoard
  private let metrics: CallMetrics
  private let group: EventLoopGroup
  private let pools: [WorkerPool]
  private let workers: WorkerPool
  private let jobs: WorkerPool
  private let started = ContinuousClock.now

  /// Reads the store and builds the index.
  ///
  /// - Parameter progress: called with the numbers of profiles made and to be made.
  /// - Throws: `StoreError`, `LoopError`, `TextError`.
  package init(
    _ configuration: Configuration, classification: ClassificationEngine, store: any Store,
    log: EventLog, progress: @escaping @Sendable (Int, Int) -> Void
  ) throws {
    self.configuration = configuration
    self.log = log
    let cores = ProcessInfo.processInfo.activeProcessorCount
    group = try EventLoopGroup(
      count: configuration.loops > 0 ? configuration.loops : cores, name: "loop")
    workers = WorkerPool(name: "worker", threads: cores)
    jobs = WorkerPool(name: "job", threads: 2, niceness: 10)
    let writing = WorkerPool(name: "write", threads: 1)
    let building = WorkerPool(name: "build", threads: 1, niceness: 10)
    pools = [workers, jobs, writing, building]
    let board = HealthBoard(revision: try store.revision())
    matchmaking = try Matchmaking(
      classification, store: store, writing: writing, building: building,
      observer: Matchmaking.Observer(
        indexed: { revision, participants, duration in
          board.indexed(revision)
          log.log(.info, "index.built") {
            $0.add("revision", revision)
            $0.add("participants", participants)
            $0.add("duration_us", microseconds: duration)
          }
        },
        failed: { reason in
          board.failed(reason)
          log.log(.error, "index.failed") { $0.add("message", reason) }
        }), progress: progress)
    health = board
    let handlers = Handlers(
      matchmaking: matchmaking, health: board, workers: workers, jobs: jobs,
      information: ServerInformation(
        version: configuration.version, limits: configuration.limits,
        programmeDocument: configuration.programmeDocument))
    let methods = handlers.methods
    metrics = CallMetrics(methods)
    let logger = CallLogger(log: log, logsAll: configuration.logsAllCalls)
    server = Server(
      methods, interceptors: [metrics, logger], limits: configuration.limits,
      agent: "encuentro/\(configuration.version)", observer: Observers(all: [metrics, logger]))
  }

  /// Listens.
  ///
  /// - Returns: the addresses of calls and of metrics, with their ports.
  /// - Throws: `LoopError` when an address cannot be had.
  package func start() async throws(LoopError) -> (calls: SocketAddress, metrics: SocketAddress?) {
    let calls = try await server.listen(on: configuration.address, group: group)
    var metrics = configuration.metrics
    if let address = configuration.metrics {
      let loop = group.next()
      metrics?.port = try await Server.listen(on: address, loop: loop) { transport, loop in
        HTTPResponder.serve(transport, on: loop, path: "/metrics") { self.metricsText }
      }
    }
    log.log(.info, "server.started") {
      $0.add("address", calls.description)
      $0.add("participants", matchmaking.snapshot.engine.participants.count)
      $0.add("revision", matchmaking.snapshot.revision)
    }
    return (calls, metrics)
  }

  /// Lets calls come to their end, refuses new ones, and ends.
  ///
  /// - Returns: whether all calls ended in time.
  package func stop() async -> Bool {
    log.log(.info, "server.draining")
    health.drain()
    let isComplete = await server.drain()
    log.log(.info, "server.stopped") { $0.add("complete", isComplete ? 1 : 0) }
    group.stop()
    for pool in pools { pool.stop() }
    return isComplete
  }

  /// A channel to this server within the process.
  package func inProcessChannel() -> any Channel { server.inProcessChannel(on: group.next()) }

  // MARK: - Metrics

  /// Bounds of latency that dashboards draw, in seconds.
  private static let bounds = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  private var metricsText: String {
    var text = MetricsText()
    addCalls(&text)
    text.family("encuentro_connections", .gauge, "Open connections.")
    text.add("encuentro_connections", [], server.openConnections)
    text.family("encuentro_connections_total", .counter, "Connections since the start.")
    text.add("encuentro_connections_total", [], metrics.connections.load(ordering: .relaxed))
    text.family(
      "encuentro_protocol_violations_total", .counter, "Connections closed for what they sent.")
    text.add("encuentro_protocol_violations_total", [], metrics.violations.load(ordering: .relaxed))
    text.family("encuentro_queue_depth", .gauge, "What waits for a thread, by queue.")
    let depths = matchmaking.queueDepths
    for (name, depth) in [
      ("workers", workers.waiting), ("jobs", jobs.waiting), ("writes", depths.writes),
      ("index", depths.waiters),
    ] { text.add("encuentro_queue_depth", [("queue", name)], depth) }
    text.family("encuentro_participants", .gauge, "Participants in the index.")
    text.add("encuentro_participants", [], matchmaking.snapshot.engine.participants.count)
    text.family("encuentro_revision", .gauge, "Revision of the store and of its index.")
    text.add("encuentro_revision", [("of", "store")], matchmaking.health.revision)
    text.add("encuentro_revision", [("of", "index")], matchmaking.snapshot.revision)
    text.family(
      "encuentro_loop_lag_seconds", .gauge, "Longest round of an event loop since last asked.")
    for (number, loop) in group.loops.enumerated() {
      text.add(
        "encuentro_loop_lag_seconds", [("loop", "\(number)")],
        Double(loop.takeLag().microseconds) / 1e6)
    }
    text.family("encuentro_uptime_seconds", .gauge, "Seconds since the start.")
    text.add(
      "encuentro_uptime_seconds", [], Double((ContinuousClock.now - started).microseconds) / 1e6)
    return text.text
  }

  private func addCalls(_ text: inout MetricsText) {
    text.family("encuentro_rpc_total", .counter, "Calls that have ended, by method and code.")
    for (name, figures) in metrics.all {
      for (code, count) in figures.codes.withLock({ $0 }).sorted(by: { $0.key.name < $1.key.name })
      { text.add("encuentro_rpc_total", [("method", name), ("code", code.name)], count) }
    }
    text.family("encuentro_rpc_open", .gauge, "Calls under way, by method.")
    for (name, figures) in metrics.all {
      text.add("encuentro_rpc_open", [("method", name)], figures.open.load(ordering: .relaxed))
    }
    text.family("encuentro_rpc_duration_seconds", .histogram, "Durations of calls, by method.")
    for (name, figures) in metrics.all {
      let latency = figures.latency.snapshot
      guard latency.count > 0 else { continue }
      let metric = "encuentro_rpc_duration_seconds"
      for bound in Self.bounds {
        text.add(
          "\(metric)_bucket", [("method", name), ("le", "\(bound)")],
          latency.count(upTo: .seconds(bound)))
      }
      text.add("\(metric)_bucket", [("method", name), ("le", "+Inf")], latency.count)
      text.add("\(metric)_sum", [("method", name)], latency.sum / 1e9)
      text.add("\(metric)_count", [("method", name)], latency.count)
    }
    text.family("encuentro_rpc_bytes_total", .counter, "Bytes of messages, by method and way.")
    for (name, figures) in metrics.all {
      for (way, bytes) in [
        ("received", figures.received.load(ordering: .relaxed)),
        ("sent", figures.sent.load(ordering: .relaxed)),
      ]
      where bytes > 0 {
        text.add("encuentro_rpc_bytes_total", [("method", name), ("way", way)], bytes)
      }
    }
  }
}
