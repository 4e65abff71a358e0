import Foundation
import MatchmakingService
import Programme

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

  static let engine = [model, heads, programme]
}

extension Arguments {
  /// The programme definition that `--programme` names, or the bulletin's.
  func programme() throws -> ProgrammeDefinition {
    guard let path = string("--programme") else { return try ProgrammeDefinition.bulletin }
    return try ProgrammeDefinition.check(Input.data(path), source: path).get()
  }

  func engine() throws -> ClassificationEngine {
    try ClassificationEngine(
      model: string("--model"), heads: string("--heads"), programme: programme())
  }
}

/// Files and standard input.
enum Input {
  struct Missing: Error, CustomStringConvertible {
    var description: String
  }

  /// - Throws: `Missing` with the file's name and the reason.
  static func data(_ path: String) throws -> Data {
    if path == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
    do {
      return try Data(contentsOf: URL(filePath: path))
    } catch {
      throw Missing(description: "\(path): \(error.localizedDescription)")
    }
  }
}
