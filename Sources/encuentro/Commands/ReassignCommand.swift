import Foundation
import MatchmakingService
import Programme
import Results

enum ReassignCommand: Command {
  static let syntax = CommandSyntax(
    name: "reassign", summary: "assign all participants to networks, and show who moves and why",
    operands: "",
    details: """
      One primary network each and up to two further ones, fused from plan, survey and
      event. Nobody moves unless the evidence (in log-odds) outweighs the cost of moving.
      Among all assignments within the sizes it is the best one, and that is checked.
      """,
    options: [
      .init(
        name: "--previous", value: "FILE",
        help: "the assignment so far: JSON of reassign or sample, or {\"id\",\"primary\"} lines"),
      .init(name: "--dry-run", value: nil, help: "only show; so it is without --commit"),
      .init(name: "--move-cost", value: "X", help: "log-odds that a move costs (default 1)"),
      .init(name: "--min-size", value: "N", help: "the fewest participants of a network"),
      .init(name: "--max-size", value: "N", help: "the most participants of a network"),
      .init(name: "--csv", value: nil, help: "print CSV"),
      .init(
        name: "--stored", value: nil,
        help: "the assignment so far is what was last committed on the server"),
    ] + SharedOption.commit + SharedOption.answers)

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    var request = ReassignmentRequest()
    request.moveCost = try arguments.number("--move-cost", default: 1, in: 0...100)
    if arguments.string("--min-size") != nil {
      request.minimumSize = try arguments.integer("--min-size", default: 0, in: 0...Int.max)
    }
    if arguments.string("--max-size") != nil {
      request.maximumSize = try arguments.integer("--max-size", default: 0, in: 0...Int.max)
    }
    request.commit = try arguments.commit(syntax.name)
    request.usesStored = try arguments.stored(syntax.name)
    if let path = arguments.string("--previous") {
      request.previous = try ReassignmentRequest.previous(from: Input.data(path), named: path)
    }
    let progress = Console.Progress(console)
    let view = try await arguments.answers().reassign(request, progress: progress.report)
    progress.finish()
    if arguments.has("--json") {
      try console.json(view)
    } else if arguments.has("--csv") {
      console.print(csv(view), terminator: "")
    } else {
      console.print(text(view, console))
    }
    return 0
  }

  private static func csv(_ view: ReassignmentView) -> String {
    CSV.text(
      [["id", "name", "country", "change", "previous", "primary", "further", "membership"]]
        + view.rows.map { row in
          [
            row.participant.id, row.participant.name, row.participant.country, row.change,
            row.previous?.primary ?? "", row.now?.primary ?? "",
            row.now?.further.joined(separator: " ") ?? "",
            row.evidence.first.map { figure($0.membership) } ?? "",
          ]
        })
  }

  private static func text(_ view: ReassignmentView, _ console: Console) -> String {
    var table = Table(
      ["network", "before", "now", "price"], [.left, .right, .right, .right])
    for network in view.networks {
      table.add([
        "\(network.network) \(network.name)", "\(network.before)", "\(network.now)",
        network.price == 0 ? "·" : figure(network.price),
      ])
    }
    let counts = Dictionary(grouping: view.rows, by: \.change).mapValues(\.count)
    let summary = ["kept", "moved", "new", "unassigned"].map { "\(counts[$0] ?? 0) \($0)" }
    var lines = [
      console.bold("Networks of \(view.rows.count) participants")
        + "  \(summary.joined(separator: ", "))", "", table.text,
    ]
    for row in view.rows where row.change == "moved" {
      lines += ["", moved(row, console)]
    }
    let unassigned = view.rows.filter { $0.change == "unassigned" }.map(\.participant.name.harmless)
    if !unassigned.isEmpty {
      lines += ["", "without any signal: " + unassigned.joined(separator: ", ")]
    }
    let verdict =
      view.isProvenOptimal
      ? "the check of its prices found no better assignment"
      : "THE CHECK OF ITS PRICES FAILED; do not use it"
    lines += [
      "",
      "A move costs \(figure(view.moveCost)) log-odds. The sum of log-odds less moves is "
        + "\(figure(view.total)); \(verdict).",
    ]
    return lines.joined(separator: "\n")
  }

  private static func moved(_ row: ReassignmentRow, _ console: Console) -> String {
    var lines = [
      console.bold("\(row.participant.name.harmless) (\(row.participant.country))")
        + ": \(row.previous?.primary ?? "–") → \(row.now?.primary ?? "–")"
    ]
    for evidence in row.evidence {
      let signals = evidence.signals.map {
        "\($0.signal) \(String(format: "%+.1f", $0.logOdds))"
      }
      lines.append(
        "  \(evidence.network) \(percent(evidence.membership)): \(signals.joined(separator: ", "))"
          + (evidence.words.isEmpty ? "" : "; \(evidence.words.joined(separator: ", ").harmless)"))
    }
    return lines.joined(separator: "\n")
  }
}

extension Arguments {
  /// Whether the assignment so far is the server's.
  fileprivate func stored(_ command: String) throws(UsageError) -> Bool {
    guard has("--stored") else { return false }
    guard string("--server") != nil else {
      throw UsageError(message: "--stored needs --server HOST:PORT", command: command)
    }
    guard string("--previous") == nil else {
      throw UsageError(message: "--stored goes with no --previous", command: command)
    }
    return true
  }
}
