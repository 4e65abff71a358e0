import Foundation
import LoadTest
import Programme
import RPC
import Results

enum LoadCommand: Command {
  static let syntax = CommandSyntax(
    name: "load", summary: "put a server under load, and measure latency",
    operands: "",
    details: """
      Calls are made at a constant rate, whether or not the server keeps up, and latency
      counts from the time a call was due, so that a stall is charged to all calls that it
      delayed. Operations: suggest, explain, classify, get. Ctrl-C ends early, with what was
      measured. Exit code 0 when every call was answered well, 65 otherwise.
      """,
    options: [
      SharedOption.onlyServer,
      .init(name: "--rate", value: "N", help: "calls a second (default 1000)"),
      .init(name: "--connections", value: "N", help: "default 16"),
      .init(name: "--duration", value: "30s", help: "default 30s"),
      .init(name: "--warm-up", value: "2s", help: "before it, not counted (default 2s)"),
      .init(
        name: "--mix", value: "WEIGHTS",
        help: "default suggest=70,classify=20,explain=10"),
      .init(name: "--ramp", value: nil, help: "raise the rate in ten steps"),
      .init(name: "--reconnect", value: nil, help: "close and open connections all the time"),
      .init(name: "--seed", value: "N", help: "decides what is asked when (default 0)"),
      .init(name: "--plot", value: "FILE.svg", help: "draw latency over percentiles and time"),
    ])

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    guard let address = try arguments.address("--server") else {
      throw UsageError(message: "--server HOST:PORT is missing", command: syntax.name)
    }
    let plan = try plan(arguments)
    let target: LoadTarget
    do {
      target = try await LoadTarget(address, connections: plan.connections)
    } catch let error as RPCError {
      throw ServerUnreachable(description: "\(address): \(error.message)")
    }
    let progress = Console.Progress(console)
    let test = Task {
      await LoadRun(plan) { await target.call($0, $1, $2) }.run { progress.update($1, $0) }
    }
    let watcher = SignalWatcher([SIGINT]) { _ in test.cancel() }
    let reconnecting = Task {
      var next = 0
      while plan.reconnects, !Task.isCancelled {
        await target.reconnect(next % plan.connections)
        next += 1
        try? await Task.sleep(for: .seconds(1.0 / Double(plan.connections)))
      }
    }
    let report = await test.value
    withExtendedLifetime(watcher) {}
    reconnecting.cancel()
    await reconnecting.value
    progress.finish()
    await target.close()
    if let path = arguments.string("--plot") {
      do {
        try Data(LatencyPlot.svg(report).utf8).write(to: URL(filePath: path))
      } catch {
        throw InputError(description: "\(path) cannot be written: \(error.localizedDescription)")
      }
    }
    if arguments.has("--json") {
      try console.json(report)
    } else {
      console.print(text(report, console))
    }
    return report.isClean ? 0 : ExitCode.data
  }

  struct ServerUnreachable: Error, CustomStringConvertible {
    var description: String
  }

  private static func plan(_ arguments: Arguments) throws -> LoadPlan {
    let mix: Mix
    do {
      mix = try Mix(arguments.string("--mix") ?? "suggest=70,classify=20,explain=10")
    } catch {
      throw UsageError(message: "--mix: \(error)", command: syntax.name)
    }
    return LoadPlan(
      rate: try arguments.number("--rate", default: 1000, in: 0.1...10_000_000),
      connections: try arguments.integer("--connections", default: 16, in: 1...10_000),
      duration: try arguments.duration("--duration", syntax.name) ?? .seconds(30),
      warmUp: try arguments.duration("--warm-up", syntax.name) ?? .seconds(2), mix: mix,
      ramps: arguments.has("--ramp"), reconnects: arguments.has("--reconnect"),
      seed: UInt64(try arguments.integer("--seed", default: 0, in: 0...Int.max)))
  }

  private static func text(_ report: LoadReport, _ console: Console) -> String {
    var table = Table(
      ["operation", "calls", "mean", "p50", "p90", "p99", "p99.9", "p99.99", "max"],
      [.left] + [Table.Alignment](repeating: .right, count: 8))
    func add(_ name: String, _ latency: LoadReport.Latency) {
      table.add(
        [name, "\(latency.calls)"]
          + [
            latency.mean, latency.p50, latency.p90, latency.p99, latency.p999, latency.p9999,
            latency.max,
          ].map(time))
    }
    for (name, latency) in report.byOperation.sorted(by: { $0.key < $1.key }) { add(name, latency) }
    if report.byOperation.count > 1 { add("all", report.latency) }
    var lines = [
      console.bold(
        "\(String(format: "%.0f", report.achieved)) of \(String(format: "%.0f", report.rate)) calls "
          + "a second answered")
        + "  \(report.answered) calls in \(String(format: "%.1f", report.seconds)) s on "
        + "\(report.connections) connections", "", table.text,
    ]
    if report.steps.count > 1 {
      var steps = Table(
        ["offered", "achieved", "errors", "p50", "p99"],
        [Table.Alignment](repeating: .right, count: 5))
      for step in report.steps {
        steps.add([
          String(format: "%.0f", step.offered), String(format: "%.0f", step.achieved),
          "\(step.errors)", time(step.p50), time(step.p99),
        ])
      }
      lines += ["", steps.text]
    }
    let errors = report.errors.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    lines += [
      "",
      report.isClean
        ? "no errors"
        : "errors: "
          + (errors + (report.unanswered > 0 ? ["\(report.unanswered) unanswered"] : []))
          .joined(separator: ", "),
    ]
    return lines.joined(separator: "\n")
  }

  private static func time(_ microseconds: Double) -> String {
    microseconds < 1000
      ? String(format: "%.0f µs", microseconds)
      : microseconds < 1_000_000
        ? String(format: "%.2f ms", microseconds / 1000)
        : String(format: "%.2f s", microseconds / 1_000_000)
  }
}
