import EncuentroClient
import Foundation
import MatchmakingService
import Programme
import RPC
import Results
import Storage

/// Options of commands that are about a store.
enum StoreOption {
  static let data = CommandSyntax.Option(
    name: "--data", value: "FOLDER", help: "the store's folder; no server may be using it")
  static let actor = CommandSyntax.Option(
    name: "--actor", value: "NAME", help: "who does it, for the log (default: the user)")
  static let either = [data, SharedOption.server]
}

/// Where a store is reached.
enum StorePlace {
  case folder(String)
  case server(Client)
}

extension Arguments {
  func storePlace(_ command: String) throws -> StorePlace {
    switch (string("--data"), try address("--server")) {
    case (let folder?, nil): return .folder(folder)
    case (nil, let address?): return .server(try Connection(to: address, agent: "encuentro").client)
    case (nil, nil):
      throw UsageError(
        message: "name the store: --data FOLDER or --server HOST:PORT", command: command)
    case (_?, _?):
      throw UsageError(message: "--data goes with no --server", command: command)
    }
  }

  /// The server that a command cannot do without.
  func client(_ command: String) throws -> Client {
    guard let address = try address("--server") else {
      throw UsageError(message: "--server HOST:PORT is missing", command: command)
    }
    return try Connection(to: address, agent: "encuentro").client
  }

  /// Who acts.
  var actor: String {
    string("--actor") ?? ProcessInfo.processInfo.environment["USER"] ?? "unknown"
  }

  /// Who acts, once.
  var authorship: Authorship { Authorship(actor: actor, idempotencyKey: UUID().uuidString) }
}

enum BackupCommand: Command {
  static let syntax = CommandSyntax(
    name: "backup", summary: "copy a store to a file, while a server uses it",
    operands: "FILE",
    details: """
      The copy is of one moment, checked, and complete or not there. To restore it, put it
      into an empty folder as encuentro.sqlite.
      """,
    options: [
      .init(
        name: "--data", value: "FOLDER", help: "the store's folder, which a server may be using")
    ])

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    let file = try arguments.single("FILE")
    let folder = try arguments.required("--data")
    let progress = Console.Progress(console)
    try SQLiteStore.backUp(folder: folder, to: file) { done, total in
      progress.report(JobProgress(phase: "pages", done: done, total: total))
    }
    progress.finish()
    console.print("wrote \(file)")
    return 0
  }
}

enum DoctorCommand: Command {
  static let syntax = CommandSyntax(
    name: "doctor", summary: "look through a store for damage",
    operands: "",
    details: """
      Checks the database's structure, its version, that everything in it can be read, that
      nothing is about somebody who never was there, and that the log tells how all of it
      came there. Exit code 0 when nothing is wrong, 65 otherwise.
      """, options: [StoreOption.data])

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    let report = try StoreReport.examine(folder: arguments.required("--data"))
    if arguments.has("--json") {
      try console.json(report)
    } else {
      console.print(
        """
        \(report.path): format \(report.format), revision \(report.revision)
        \(report.participants) participants, \(report.decisions) decisions, \(report.runs) runs, \
        \(report.assignments) assignments, \(report.auditEntries) log entries, \(report.keys) keys
        """)
      for fault in report.faults {
        console.print("  \(fault.kind) \(fault.subject.harmless): \(fault.message.harmless)")
      }
      console.print(report.faults.isEmpty ? "nothing is wrong" : "\(report.faults.count) faults")
    }
    return report.faults.isEmpty ? 0 : ExitCode.data
  }
}
