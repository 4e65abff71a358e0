import Foundation
import MatchmakingService
import Programme
import Results

enum SampleCommand: Command {
  static let syntax = CommandSyntax(
    name: "sample", summary: "classify the programme's own participants and summarise",
    operands: "",
    details: """
      Shows who is in which network, and why for a few. The sample is the bulletin's 46
      pairings with illustrative plans; --participants takes a file of your own
      (JSON Lines, as in Sources/Programme/Resources).
      """,
    options: SharedOption.answers)

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    let answers = try await arguments.answers()
    let progress = Console.Progress(console)
    let view = try await answers.classifyParticipants(progress: progress.report)
    progress.finish()
    if arguments.has("--json") {
      try console.json(view)
    } else {
      console.print(text(view, try await answers.programme(), console))
    }
    for failure in view.failures { console.error("\(failure.id): \(failure.error)") }
    return view.failures.isEmpty ? 0 : ExitCode.data
  }

  private static func text(
    _ view: ParticipantsView, _ programme: ProgrammeDefinition, _ console: Console
  ) -> String {
    let groups = Dictionary(grouping: view.participants) { $0.primary ?? "" }
    let regions = programme.regions.filter { region in
      view.participants.contains { $0.region == region.name }
    }
    var matrix = Table(
      ["network"] + regions.map(\.id) + ["primary", "further"],
      [.left] + regions.map { _ in .right } + [.right, .right])
    for network in programme.networks {
      let members = groups[network.id.label] ?? []
      matrix.add(
        ["\(network.id.label) \(network.shortName)"]
          + regions.map { region in "\(members.count(where: { $0.region == region.name }))" } + [
            "\(members.count)",
            "\(view.participants.count(where: { $0.further.contains(network.id.label) }))",
          ])
    }
    var lines = [
      console.bold(
        "\(view.participants.count) participants in \(programme.networks.count) networks"),
      "", matrix.text,
    ]
    for network in programme.networks {
      let members = (groups[network.id.label] ?? []).sorted {
        (probability($1), $0.name) < (probability($0), $1.name)
      }
      lines += ["", console.bold("\(network.id.label) \(network.name)")]
      let names = members.map {
        "\($0.name.harmless) (\($0.country)) \(percent(probability($0)))"
      }
      lines.append(
        names.isEmpty
          ? "  nobody"
          : names.joined(separator: ", ").wrapped(width: max(60, console.width - 4), indent: "  "))
      if let clearest = members.first {
        lines.append(
          "  why \(clearest.name.harmless): "
            + clearest.words.map {
              "\($0.text.harmless) \(String(format: "%+.2f", $0.contribution))"
            }
            .joined(separator: ", "))
      }
    }
    if let none = groups[""], !none.isEmpty {
      lines += ["", "none of the networks: " + none.map(\.name.harmless).joined(separator: ", ")]
    }
    lines += [
      "",
      """
      The percentage is the calibrated probability of the participant's primary network; the
      words are those of its plan that added most to the network's logit. The plans of the
      sample are illustrative. 'encuentro sample --json' has every figure.
      """,
    ]
    return lines.joined(separator: "\n")
  }

  private static func probability(_ view: ParticipantView) -> Double {
    view.scores.first { $0.network == view.primary }?.probability ?? 0
  }
}
