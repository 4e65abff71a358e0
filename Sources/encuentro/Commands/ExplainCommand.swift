import MatchmakingService
import Programme
import Results

enum ExplainCommand: Command {
  static let syntax = CommandSyntax(
    name: "explain", summary: "why two participants are, or are not, a good pair",
    operands: "NAME PARTNER",
    details: """
      The same figures as 'encuentro suggest', for one pair, wherever it ranks. Names of
      several words are put in quotes.
      """,
    options: SharedOption.answers)

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    guard arguments.operands.count == 2 else {
      throw UsageError(
        message: "two names are needed; put names of several words in quotes",
        command: syntax.name)
    }
    let answers = try await arguments.answers()
    let progress = Console.Progress(console)
    let view = try await answers.explain(
      arguments.operands[0], arguments.operands[1], progress: progress.report)
    progress.finish()
    if arguments.has("--json") {
      try console.json(view)
      return 0
    }
    guard let suggestion = view.suggestion else {
      console.print(
        "\(view.participant.name.harmless) (\(view.participant.country)) and this one cannot be "
          + "partners: \((view.ineligible ?? "").harmless)")
      return 0
    }
    let alone = SuggestionsView(
      participant: view.participant, candidates: view.candidates, suggestions: [suggestion],
      decided: view.decided)
    console.print(SuggestionsText(alone, try await answers.programme(), console).text)
    return 0
  }
}
