import EncuentroClient
import Foundation
import MatchmakingService
import Programme
import RPC
import Storage

@main
enum Program {
  static var commands: [any Command.Type] {
    [
      ClassifyCommand.self, SampleCommand.self, SuggestCommand.self, ExplainCommand.self,
      PairCommand.self,
      VerifyCommand.self, ReassignCommand.self, ReportCommand.self, ServeCommand.self,
      StatusCommand.self,
      DecideCommand.self, DecisionsCommand.self, RunsCommand.self,
      LoadCommand.self, ImportCommand.self, ExportCommand.self, BackupCommand.self,
      DoctorCommand.self,
      EvaluateClassificationCommand.self,
      EvaluatePartnersCommand.self,
      TrainCommand.self, FitWeightsCommand.self, ProgrammeCheckCommand.self,
      ProgrammeShowCommand.self,
      ModelBuildCommand.self, ModelCheckCommand.self,
    ]
  }

  static func main() async {
    // A reader that goes away, such as 'head', must not end the program with a trap.
    signal(SIGPIPE, SIG_DFL)
    exit(await run(Array(CommandLine.arguments.dropFirst()), Console()))
  }

  static func run(_ words: [String], _ console: Console) async -> Int32 {
    do {
      guard let first = words.first, !["--help", "-h", "help"].contains(first) else {
        console.print(overview)
        return words.isEmpty ? ExitCode.usage : 0
      }
      guard let (command, rest) = find(words) else {
        let nearest = EditDistance.nearest(
          to: first, in: commands.map { String($0.syntax.name.prefix { $0 != " " }) })
        throw UsageError(
          message: "unknown command '\(words.prefix(2).joined(separator: " "))'"
            + (nearest.map { "; did you mean \($0)?" } ?? ""))
      }
      let arguments = try Arguments(rest, syntax: command.syntax)
      if arguments.has("--help") {
        console.print(help(command.syntax))
        return 0
      }
      return try await command.run(arguments, console)
    } catch let error as UsageError {
      console.error(error.message)
      let command = error.command.map { " \($0)" } ?? ""
      console.error("see 'encuentro\(command) --help'")
      return ExitCode.usage
    } catch is CancellationError {
      return ExitCode.interrupted
    } catch {
      return report(error, console)
    }
  }

  private static func report(_ error: any Error, _ console: Console) -> Int32 {
    switch error {
    case let error as Input.Missing:
      console.error(error.description)
      return ExitCode.noInput
    case let error as LoadCommand.ServerUnreachable:
      console.error(error.description)
      return ExitCode.unavailable
    case let error as ServerFailure:
      console.error(error.description)
      return ExitCode.unavailable
    case let error as StoreError:
      console.error(error.description)
      return error.isUnavailable ? ExitCode.unavailable : ExitCode.data
    case let error as any CustomStringConvertible & Error where Failure.isUnavailable(error):
      console.error(error.description)
      return ExitCode.unavailable
    case let error as any CustomStringConvertible & Error:
      console.error(error.description)
      return ExitCode.data
    default:
      console.error(error.localizedDescription)
      return ExitCode.software
    }
  }

  /// Commands have one word or two.
  private static func find(_ words: [String]) -> ((any Command.Type), [String])? {
    for length in [2, 1] where words.count >= length {
      let name = words.prefix(length).joined(separator: " ")
      if let command = commands.first(where: { $0.syntax.name == name }) {
        return (command, Array(words.dropFirst(length)))
      }
    }
    return nil
  }

  private static var overview: String {
    let syntaxes = commands.map { $0.syntax }
    let width = syntaxes.map(\.name.count).max() ?? 0
    let list = syntaxes.map {
      "  " + $0.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.summary
    }
    return """
      Encuentro sorts city and region plans into the IURC's seven thematic networks.

      usage: encuentro COMMAND [OPTION…] [OPERAND…]

      \(list.joined(separator: "\n"))

      'encuentro COMMAND --help' explains a command. Exit codes: 0 done, 64 wrong usage,
      65 bad data, 66 no input, 69 a needed part is missing, 70 an error of the program,
      74 the output cannot be written, 130 interrupted. After 74 and 130, JSON that was
      printed is not whole.
      """
  }

  private static func help(_ syntax: CommandSyntax) -> String {
    let options = (syntax.options + CommandSyntax.common).map {
      ($0.name + ($0.value.map { " \($0)" } ?? ""), $0.help)
    }
    let width = options.map(\.0.count).max() ?? 0
    let list = options.map {
      "  " + $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1
    }
    let usage = ["usage: encuentro", syntax.name, "[OPTION…]", syntax.operands]
      .filter { !$0.isEmpty }.joined(separator: " ")
    return [
      "\(syntax.name): \(syntax.summary)", usage, syntax.details,
      "options:\n" + list.joined(separator: "\n"),
    ].filter { !$0.isEmpty }.joined(separator: "\n\n")
  }
}
