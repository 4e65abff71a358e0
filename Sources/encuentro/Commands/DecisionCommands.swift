import EncuentroClient
import EncuentroWire
import Foundation
import Programme
import Results

enum DecideCommand: Command {
  static let syntax = CommandSyntax(
    name: "decide", summary: "record what a committee decides on a suggested pair",
    operands: "NAME PARTNER VERDICT",
    details: """
      VERDICT is accepted (they are partners: not suggested again, and pinned in a cohort),
      rejected (never suggested or paired again) or deferred (still suggested). The latest
      decision on a pair holds. Names of several words are put in quotes.
      """,
    options: [
      SharedOption.onlyServer,
      .init(name: "--reason", value: "TEXT", help: "why; needed"), StoreOption.actor,
    ])

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    guard arguments.operands.count == 3 else {
      throw UsageError(message: "two names and a verdict are needed", command: syntax.name)
    }
    guard let verdict = Verdict(rawValue: arguments.operands[2]) else {
      throw UsageError(
        message: "a verdict is accepted, rejected or deferred, not '\(arguments.operands[2])'",
        command: syntax.name)
    }
    let reason = try arguments.required("--reason")
    let client = try arguments.client(syntax.name)
    let response = try await RemoteAnswers.asking {
      try await client.call(
        Contract.recordDecision,
        RecordDecisionRequest(
          participant: arguments.operands[0], partner: arguments.operands[1], verdict: verdict,
          reason: reason, authorship: arguments.authorship))
    }
    if arguments.has("--json") {
      try console.json(response.decision)
    } else {
      console.print(DecisionsText.line(response.decision))
    }
    return 0
  }
}

enum DecisionsCommand: Command {
  static let syntax = CommandSyntax(
    name: "decisions", summary: "list what committees have decided",
    operands: "[NAME]",
    options: [
      SharedOption.onlyServer,
      .init(name: "--current", value: nil, help: "only the latest of each pair"),
      .init(name: "--limit", value: "N", help: "the latest N (default 100)"),
    ])

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    let limit = try arguments.integer("--limit", default: 100, in: 1...1_000_000)
    let name = arguments.operands.joined(separator: " ")
    let client = try arguments.client(syntax.name)
    let decisions = try await RemoteAnswers.asking {
      var decisions: [Decision] = []
      var page = PageRequest(size: min(1000, limit))
      repeat {
        let response = try await client.call(
          Contract.listDecisions,
          ListDecisionsRequest(
            participant: name, currentOnly: arguments.has("--current"), page: page))
        decisions += response.decisions
        page.token = response.nextPageToken
      } while !page.token.isEmpty && decisions.count < limit
      return Array(decisions.prefix(limit))
    }
    if arguments.has("--json") {
      try console.json(decisions)
    } else {
      console.print(
        decisions.isEmpty
          ? "nothing has been decided"
          : decisions.map(DecisionsText.line).joined(separator: "\n"))
    }
    return 0
  }
}

enum DecisionsText {
  static func line(_ decision: Decision) -> String {
    "\(time(decision.time))  \(decision.participant) with \(decision.partner): "
      + "\(decision.verdict.rawValue) by \(decision.actor.harmless): \(decision.reason.harmless)"
  }

  /// "2026-03-14 09:26 UTC".
  static func time(_ microseconds: Int64) -> String {
    let date = Date(timeIntervalSince1970: Double(microseconds) / 1e6)
    return date.formatted(
      Date.VerbatimFormatStyle(
        format: """
          \(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \
          \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits) UTC
          """, timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
  }
}

enum RunsCommand: Command {
  static let syntax = CommandSyntax(
    name: "runs", summary: "list a server's paired cohorts and reassignments, or print one",
    operands: "[ID]",
    details: "With ID, prints that run's result: the JSON that 'pair' or 'reassign' printed.",
    options: [SharedOption.onlyServer])

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    let client = try arguments.client(syntax.name)
    if !arguments.operands.isEmpty {
      guard let id = Int64(try arguments.single("ID")) else {
        throw UsageError(message: "a run's ID is a number", command: syntax.name)
      }
      let result = try await RemoteAnswers.asking {
        var assembly = RunAssembly()
        try await client.stream(Contract.getRun, GetRunRequest(id: id)) { try assembly.add($0) }
        return try assembly.finish().result
      }
      console.print(String(decoding: result, as: UTF8.self))
      return 0
    }
    let runs = try await RemoteAnswers.asking {
      try await client.call(
        Contract.listRuns, ListRunsRequest(page: PageRequest(size: 1000))
      ).runs
    }
    if arguments.has("--json") {
      try console.json(runs)
      return 0
    }
    var table = Table(
      ["run", "kind", "", "when", "by", "summary"], [.right, .left, .left, .left, .left, .left])
    for run in runs {
      table.add([
        "\(run.id)", run.kind.rawValue, run.committed ? "committed" : "dry run",
        DecisionsText.time(run.time), run.actor.harmless, run.summary,
      ])
    }
    console.print(runs.isEmpty ? "nothing was run" : table.text)
    return 0
  }
}
