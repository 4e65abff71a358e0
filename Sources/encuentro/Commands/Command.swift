import EncuentroClient
import Foundation
import MatchmakingService
import Programme
import RPC
import Results

/// One command of the program.
protocol Command {
  static var syntax: CommandSyntax { get }

  /// - Returns: the exit code.
  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32
}

/// Exit codes, those of sysexits.h.
enum ExitCode {
  static let usage: Int32 = 64
  static let data: Int32 = 65
  static let noInput: Int32 = 66
  static let unavailable: Int32 = 69
  static let software: Int32 = 70
  static let output: Int32 = 74
  static let interrupted: Int32 = 130
}

/// Options that several commands share.
enum SharedOption {
  static let model = CommandSyntax.Option(
    name: "--model", value: "FILE", help: "the encoder's model file (also ENCUENTRO_MODEL)")
  static let heads = CommandSyntax.Option(
    name: "--heads", value: "FILE", help: "heads that 'encuentro train' made")
  static let programme = CommandSyntax.Option(
    name: "--programme", value: "FILE", help: "a programme definition (default: the bulletin's)")

  static let participants = CommandSyntax.Option(
    name: "--participants", value: "FILE",
    help: "participants instead of the sample, JSON Lines")

  static let server = CommandSyntax.Option(
    name: "--server", value: "HOST:PORT",
    help: "ask a server, about its participants, instead of working it out here")

  /// For what only a server has.
  static let onlyServer = CommandSyntax.Option(
    name: "--server", value: "HOST:PORT", help: "the server; needed")
  /// For what a server can keep.
  static let commit = [
    CommandSyntax.Option(
      name: "--commit", value: nil,
      help: "keep the result in the server's store ('encuentro runs' lists what is kept)"),
    StoreOption.actor,
  ]

  static let engine = [model, heads, programme]
  static let answers = [server, participants] + engine
}

extension Arguments {
  /// Who commits a result; nil for a dry run.
  ///
  /// - Throws: `UsageError` without a server, which alone can keep it.
  func commit(_ command: String) throws -> Authorship? {
    guard has("--commit") else { return nil }
    guard !has("--dry-run") else {
      throw UsageError(message: "--commit goes with no --dry-run", command: command)
    }
    guard string("--server") != nil else {
      throw UsageError(
        message: "--commit needs --server HOST:PORT, whose store keeps the result",
        command: command)
    }
    return authorship
  }

  /// The programme definition that `--programme` names, or the bulletin's.
  func programme() throws -> ProgrammeDefinition {
    guard let path = string("--programme") else { return try ProgrammeDefinition.bulletin }
    return try ProgrammeDefinition.check(Input.data(path), source: path).get()
  }

  /// The participants of the file that `--participants` names, or the sample's.
  func participants(_ programme: ProgrammeDefinition) throws -> [Participant] {
    guard let path = string("--participants") else { return try SampleData.participants() }
    return try Participant.decode(
      jsonl: Input.data(path), source: path, definition: programme)
  }

  /// Whoever is to answer: the server that `--server` names, or this process.
  func answers() async throws -> any Answering {
    if let address = try address("--server") {
      for option in ["--participants", "--model", "--heads", "--programme"]
      where string(option) != nil {
        throw UsageError(message: "\(option) goes with no --server, which has its own")
      }
      return RemoteAnswers(try Connection(to: address, agent: "encuentro").client)
    }
    let engine = try engine()
    let programme = engine.programme
    return LocalAnswers(engine) { [self] in try participants(programme) }
  }

  func engine() throws -> ClassificationEngine {
    try ClassificationEngine(
      model: string("--model"), heads: string("--heads"), programme: programme())
  }
}

/// Files and standard input.
enum Input {
  /// More than any file of participants or labelled texts needs.
  private static let largest = 128 << 20

  struct Missing: Error, CustomStringConvertible {
    var description: String
  }

  /// - Throws: `Missing` or `InputError`, with the file's name and the reason.
  static func data(_ path: String) throws -> Data {
    do {
      return path == "-"
        ? try BoundedBytes.read(STDIN_FILENO, limit: largest)
        : try BoundedBytes.read(path: path, limit: largest)
    } catch BoundedBytes.Failure.tooMany(let limit) {
      throw InputError(description: "\(path): \(BoundedBytes.Failure.tooMany(limit: limit))")
    } catch {
      throw Missing(description: "\(path): \(error)")
    }
  }
}
