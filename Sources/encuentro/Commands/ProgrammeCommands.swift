import Foundation
import MatchmakingService
import Programme

enum ProgrammeCheckCommand: Command {
  static let syntax = CommandSyntax(
    name: "programme check", summary: "check a programme definition file", operands: "FILE",
    details: "Reports every error at once, with its line, its JSON path and the remedy.")

  struct FindingView: Codable {
    var severity, path, problem, remedy: String
    var line: Int
  }

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    let path = try arguments.single("FILE")
    let result = ProgrammeDefinition.check(try Input.data(path), source: path)
    if arguments.has("--json") {
      try console.json(
        result.findings.map {
          FindingView(
            severity: $0.severity.rawValue, path: $0.path, problem: $0.problem, remedy: $0.remedy,
            line: $0.line)
        })
    } else {
      for finding in result.findings { console.print(finding.description.harmless) }
      if result.omitted > 0 { console.print("and \(result.omitted) more") }
      if let value = result.value {
        console.print(
          "\(path.harmless) is a valid programme definition: \(value.networks.count) networks, "
            + "\(value.regions.count) world regions, \(value.quotas.count) quotas")
      }
    }
    return result.value == nil ? ExitCode.data : 0
  }
}

enum ProgrammeShowCommand: Command {
  static let syntax = CommandSyntax(
    name: "programme show", summary: "print the shipped programme definition, to start from",
    operands: "")

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    console.print(
      String(decoding: try ProgrammeDefinition.bulletinFile, as: UTF8.self), terminator: "")
    return 0
  }
}

enum ModelBuildCommand: Command {
  static let syntax = CommandSyntax(
    name: "model build", summary: "convert unpacked encoder weights (what 'make model' calls)",
    operands: "FOLDER",
    options: [
      .init(name: "--output", value: "FILE", help: "default Model/encoder.bin"),
      .init(name: "--source", value: "TEXT", help: "where the weights come from, kept in the file"),
    ])

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    let output = arguments.string("--output") ?? "Model/encoder.bin"
    try ModelJob.build(
      from: try arguments.single("FOLDER"), to: output,
      source: arguments.string("--source") ?? "unknown")
    console.print("wrote \(output)")
    return 0
  }
}

enum ModelCheckCommand: Command {
  static let syntax = CommandSyntax(
    name: "model check", summary: "verify every checksum of the encoder's model file",
    operands: "", options: [SharedOption.model])

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    console.print("\(try ModelJob.check(explicit: arguments.string("--model"))) is sound")
    return 0
  }
}
