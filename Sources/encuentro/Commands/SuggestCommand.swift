import Foundation
import MatchmakingService
import Programme
import Results

enum SuggestCommand: Command {
  static let syntax = CommandSyntax(
    name: "suggest", summary: "suggest partners for a participant, with reasons",
    operands: "NAME",
    details: """
      NAME may be written loosely ('sao paulo', 'Cordoba AR'). The answer is exact: the
      best of all eligible candidates by score, equal scores by id. A score is the
      weighted mean of the factors that are known of both; what is not known is left
      out, and said.
      """,
    options: [
      .init(name: "--top", value: "N", help: "how many partners (default 5)"),
      .init(name: "--network", value: "N3", help: "both must belong to this network"),
      .init(name: "--country", value: "BR", help: "the partner's country"),
      .init(name: "--exclude", value: "NAMES", help: "names, separated by commas, not wanted"),
    ] + SharedOption.answers)

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    var request = SuggestionRequest(name: try arguments.name())
    request.top = try arguments.integer("--top", default: 5, in: 0...1000)
    if let label = arguments.string("--network") {
      guard let network = Network.ID(label: label.uppercased()) else {
        throw UsageError(
          message: "--network takes a label such as N3, not '\(label)'", command: syntax.name)
      }
      request.network = network
    }
    request.country = arguments.string("--country")?.uppercased()
    request.excluded =
      arguments.string("--exclude")?.split(separator: ",").map {
        $0.trimmingCharacters(in: .whitespaces)
      } ?? []
    let answers = try await arguments.answers()
    let progress = Console.Progress(console)
    let view = try await answers.suggest(request, progress: progress.report)
    progress.finish()
    if arguments.has("--json") {
      try console.json(view)
    } else {
      console.print(SuggestionsText(view, try await answers.programme(), console).text)
    }
    return 0
  }
}

extension Arguments {
  /// All operands as one name, so that it needs no quotes.
  func name() throws(UsageError) -> String {
    guard !operands.isEmpty else { return try single("NAME") }
    return operands.joined(separator: " ")
  }
}

/// Suggestions for a person to read.
struct SuggestionsText {
  let text: String

  init(_ view: SuggestionsView, _ programme: ProgrammeDefinition, _ console: Console) {
    let own = view.participant
    var lines = [
      console.bold("Partners for \(own.name.harmless) (\(own.country))")
        + console.dim("  \(view.candidates) eligible candidates")
    ]
    if view.candidates == 0 {
      lines.append(
        "  nobody is eligible that was asked for: see the rules in 'encuentro programme show'")
    }
    for suggestion in view.suggestions {
      lines.append("")
      lines.append(
        console.bold(
          "\(suggestion.rank). \(suggestion.partner.name.harmless) (\(suggestion.partner.country))")
          + "  score \(figure(suggestion.score))"
          + (suggestion.next.map {
            console.dim("  \(figure(suggestion.margin ?? 0)) ahead of \($0.name.harmless)")
          } ?? ""))
      let factors = suggestion.factors.filter { $0.contribution >= 0.0005 }
        .sorted { $0.contribution > $1.contribution }
        .map { "\(Self.name($0.factor)) \(figure($0.contribution))" }
      lines.append("   why      " + factors.joined(separator: " + "))
      if !suggestion.unknown.isEmpty {
        lines.append(
          console.dim(
            "   unknown  " + suggestion.unknown.map(Self.name).joined(separator: ", ")
              + " (left out)"))
      }
      for shared in suggestion.sharedNetworks.prefix(3) {
        let name = programme.network(label: shared.network)?.shortName ?? ""
        lines.append(
          "   shared   \(shared.network) \(name): \(percent(shared.own)) and "
            + percent(shared.partner))
      }
      if !suggestion.terms.isEmpty {
        lines.append(
          "   terms    "
            + suggestion.terms.map { "\($0.own.harmless) ~ \($0.partner.harmless)" }.joined(
              separator: ", "))
      }
    }
    text = lines.joined(separator: "\n")
  }

  static func name(_ factor: Factor) -> String {
    switch factor {
    case .sharedNetworks: "networks in common"
    case .content: "what the plans are about"
    case .complementarity: "one offers what the other seeks"
    case .scale: "size"
    case .language: "working language"
    case .mentoring: "mentoring"
    case .themes: "specialisation themes"
    }
  }
}
