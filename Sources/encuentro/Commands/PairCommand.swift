import Foundation
import MatchmakingService
import Programme
import Results
import Synchronization

enum PairCommand: Command {
  static let syntax = CommandSyntax(
    name: "pair", summary: "pair a whole cohort under quotas and rules, with a proof",
    operands: "",
    details: """
      European participants on one side, all others on the other. The answer is the best
      there is, with a certificate that 'encuentro verify' checks independently; rules
      that cannot hold together are named. Ctrl-C gives the best pairing found so far and
      how far it may be from the best. Objectives: total (largest sum of scores), fairest
      (most pairs, then the highest lowest score, then the sum), stable (no two would both
      rather have each other).
      GROUPS: country:PE=3, region:japan=10, network:N3=5, pairs=20, separated by commas.
      """,
    options: [
      .init(name: "--objective", value: "NAME", help: "total (default), fairest or stable"),
      .init(name: "--pin", value: "A=B,…", help: "pairs that must be formed, by name"),
      .init(name: "--forbid", value: "A=B,…", help: "pairs that must not be formed"),
      .init(name: "--min", value: "GROUPS", help: "at least so many pairs of a group"),
      .init(name: "--max", value: "GROUPS", help: "at most so many pairs of a group"),
      .init(name: "--no-quotas", value: nil, help: "leave the programme's quotas out"),
      .init(name: "--deadline", value: "30s", help: "give the best found after this time"),
      .init(name: "--seed", value: "N", help: "decides among equally good pairings (default 0)"),
      .init(name: "--csv", value: nil, help: "print the pairs as CSV"),
    ] + SharedOption.commit + SharedOption.answers)

  /// Set by Ctrl-C.
  private static let isInterrupted = Atomic<Bool>(false)

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    let answers = try await arguments.answers()
    let programme = try await answers.programme()
    let request = try request(arguments, programme)
    signal(SIGINT) { _ in PairCommand.isInterrupted.store(true, ordering: .relaxed) }
    let progress = Console.Progress(console)
    let view = try await answers.pair(
      request, isCancelled: { isInterrupted.load(ordering: .relaxed) }, progress: progress.report)
    progress.finish()
    if arguments.has("--json") {
      try console.json(view)
    } else if arguments.has("--csv") {
      console.print(csv(view), terminator: "")
    } else {
      console.print(CohortText(view, programme, console).text)
    }
    guard view.isVerified else {
      console.error("the check found faults: \(view.faults.joined(separator: "; "))")
      return ExitCode.software
    }
    return isInterrupted.load(ordering: .relaxed) ? ExitCode.interrupted : 0
  }

  private static func request(
    _ arguments: Arguments, _ programme: ProgrammeDefinition
  ) throws -> CohortRequest {
    var request = CohortRequest()
    if let name = arguments.string("--objective") {
      guard let objective = CohortObjectiveName(rawValue: name) else {
        throw UsageError(
          message: "--objective takes total, fairest or stable, not '\(name)'",
          command: syntax.name)
      }
      request.objective = objective
    }
    request.pinned = try pairs(arguments, "--pin")
    request.forbidden = try pairs(arguments, "--forbid")
    for (option, isMinimum) in [("--min", true), ("--max", false)] {
      for (group, count) in try equations(arguments, option) {
        guard let count = Int(count), count >= 0 else {
          throw UsageError(
            message: "\(option) takes GROUP=NUMBER, not '\(group)=\(count)'", command: syntax.name)
        }
        var bound = try CohortBound(group: group, programme: programme)
        if isMinimum { bound.minimum = count } else { bound.maximum = count }
        request.bounds.append(bound)
      }
    }
    request.appliesQuotas = !arguments.has("--no-quotas")
    request.deadline = try arguments.duration("--deadline", syntax.name)
    request.commit = try arguments.commit(syntax.name)
    request.seed = UInt64(try arguments.integer("--seed", default: 0, in: 0...Int.max))
    return request
  }

  private static func pairs(_ arguments: Arguments, _ option: String) throws -> [(String, String)] {
    try equations(arguments, option)
  }

  private static func equations(
    _ arguments: Arguments, _ option: String
  ) throws(UsageError) -> [(String, String)] {
    var found: [(String, String)] = []
    for part in arguments.string(option)?.split(separator: ",") ?? [] {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
        throw UsageError(
          message: "\(option) takes A=B, several separated by commas, not '\(part)'",
          command: syntax.name)
      }
      found.append((sides[0], sides[1]))
    }
    return found
  }

  private static func csv(_ view: CohortView) -> String {
    CSV.text(
      [["left", "leftCountry", "right", "rightCountry", "score", "pinned", "sharedNetworks"]]
        + view.pairs.map { pair in
          [
            pair.left.name, pair.left.country, pair.right.name, pair.right.country,
            String(format: "%.6f", pair.score), pair.isPinned ? "yes" : "no",
            pair.sharedNetworks.map(\.network).joined(separator: " "),
          ]
        })
  }
}

enum VerifyCommand: Command {
  static let syntax = CommandSyntax(
    name: "verify", summary: "check a paired cohort and its certificate independently",
    operands: "RESULT.json",
    details: """
      RESULT.json is what 'encuentro pair --json' printed. Scores are computed again from
      the participants, every rule is checked, and the certificate against every pair, by
      code of its own. Exit code 0 when all is as the result says, 65 otherwise.
      """,
    options: SharedOption.answers)

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    let path = try arguments.single("RESULT.json")
    let data = try Input.data(path)
    let progress = Console.Progress(console)
    let view = try await arguments.answers().verify(data, named: path, progress: progress.report)
    progress.finish()
    let quotas = view.appliesQuotas ? "" : " (the programme's quotas were left out)"
    if arguments.has("--json") {
      try console.json(view)
    } else if view.isVerified {
      console.print(
        "\(path): \(view.pairs) pairs keep every rule\(quotas), and "
          + (view.isOptimal ? "no better pairing exists" : "the stated gap holds"))
    } else {
      console.print(
        "\(path): NOT as it says:\n  "
          + view.faults.map(\.harmless).joined(separator: "\n  "))
    }
    return view.isVerified ? 0 : ExitCode.data
  }
}
