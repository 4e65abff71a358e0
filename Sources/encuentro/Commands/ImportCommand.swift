import EncuentroClient
import EncuentroWire
import Foundation
import MatchmakingService
import Programme
import Results
import Storage

enum ImportCommand: Command {
  static let syntax = CommandSyntax(
    name: "import", summary: "put participants from a CSV or JSON Lines file into a store",
    operands: "FILE…",
    details: """
      New ones are added, those with a known id replaced. All or nothing: with one wrong
      line nothing is written, and every wrong line is named. The columns of CSV are the
      fields of the JSON form ('encuentro export --csv' shows them); lists are separated by
      semicolons. --sample puts the bulletin's 91 participants in.
      """,
    options: StoreOption.either + [
      .init(name: "--sample", value: nil, help: "the sample, instead of files"),
      .init(name: "--partial", value: nil, help: "leave wrong participants out, write the others"),
      .init(name: "--dry-run", value: nil, help: "only check"),
      StoreOption.actor, SharedOption.programme,
    ])

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    guard arguments.has("--sample") != !arguments.operands.isEmpty else {
      throw UsageError(
        message: arguments.operands.isEmpty
          ? "name a file, or write --sample" : "--sample goes with no files",
        command: syntax.name)
    }
    // What is wrong with the command line is said before files are read.
    if !arguments.has("--dry-run") { _ = try arguments.storePlace(syntax.name) }
    let programme = try arguments.programme()
    var left: [Finding] = []
    let participants =
      arguments.has("--sample")
      ? try SampleData.participants()
      : try read(arguments.operands, programme, arguments.has("--partial"), &left)
    for finding in left { console.error(finding.description) }
    let outcome =
      arguments.has("--dry-run")
      ? ImportOutcome(checked: participants.count)
      : try await write(participants, arguments, console)
    if arguments.has("--json") {
      try console.json(outcome)
    } else {
      console.print(outcome.text)
    }
    return left.isEmpty ? 0 : ExitCode.data
  }

  private static func read(
    _ paths: [String], _ programme: ProgrammeDefinition, _ isPartial: Bool,
    _ left: inout [Finding]
  ) throws -> [Participant] {
    var participants: [Participant] = []
    var owners: [String: String] = [:]
    var errors: [String] = []
    for path in paths {
      let data = try Input.data(path)
      var result = ParticipantFile.check(data, source: path, definition: programme)
      if isPartial, result.value == nil {
        left += result.errors
        result = ParticipantFile.check(
          data, source: path, definition: programme, without: Set(result.errors.map(\.line)))
      }
      do {
        for participant in try result.get() {
          if let other = owners.updateValue(path, forKey: participant.id), other != path {
            errors.append("the id '\(participant.id)' is in \(other) and in \(path)")
          }
          participants.append(participant)
        }
      } catch { errors.append(error.description) }
    }
    guard errors.isEmpty else {
      throw InputError(description: (errors + ["nothing was written"]).joined(separator: "\n"))
    }
    return participants
  }

  private static func write(
    _ participants: [Participant], _ arguments: Arguments, _ console: Console
  ) async throws -> ImportOutcome {
    let progress = Console.Progress(console)
    defer { progress.finish() }
    progress.update("writing \(participants.count) participants", 0.5)
    switch try arguments.storePlace(syntax.name) {
    case .folder(let folder):
      let request = WriteRequest(
        .upsert(participants), actor: arguments.actor,
        time: Int64(Date().timeIntervalSince1970 * 1e6))
      let results = try SQLiteStore(folder: folder).write([request])
      guard let receipt = try results.first?.get() else { return ImportOutcome(checked: 0) }
      return ImportOutcome(
        checked: participants.count, created: receipt.created, updated: receipt.updated,
        unchanged: receipt.unchanged, revision: receipt.revision)
    case .server(let client):
      let response = try await RemoteAnswers.asking {
        try await client.upload(
          Contract.upsertParticipants,
          UpsertParticipantsRequest.requests(participants, by: arguments.authorship))
      }
      return ImportOutcome(
        checked: participants.count, created: response.created, updated: response.updated,
        unchanged: response.unchanged, revision: response.revision)
    }
  }
}

/// What `encuentro import --json` prints.
private struct ImportOutcome: Codable {
  /// Participants that were found right.
  var checked: Int
  var created = 0
  var updated = 0
  var unchanged = 0
  /// The store's revision afterwards; 0 when nothing was written.
  var revision: UInt64 = 0

  var text: String {
    revision == 0
      ? "\(checked) participants are right; nothing was written"
      : "\(created) created, \(updated) updated, \(unchanged) unchanged; the store is at revision "
        + "\(revision)"
  }
}

enum ExportCommand: Command {
  static let syntax = CommandSyntax(
    name: "export", summary: "print a store's participants as JSON Lines or CSV",
    operands: "",
    details: """
      What is printed can be imported again as it was. --sample prints the bulletin's
      participants, to start a file of one's own from.
      """,
    options: StoreOption.either + [
      .init(name: "--csv", value: nil, help: "CSV instead of JSON Lines"),
      .init(name: "--sample", value: nil, help: "the sample, instead of a store"),
    ])

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    let participants =
      arguments.has("--sample")
      ? try SampleData.participants() : try await stored(arguments)
    if arguments.has("--csv") {
      console.print(try ParticipantTable.csv(participants), terminator: "")
      return 0
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for participant in participants {
      console.print(String(decoding: try encoder.encode(participant), as: UTF8.self))
    }
    return 0
  }

  /// The participants of the folder or the server that the options name.
  static func stored(_ arguments: Arguments) async throws -> [Participant] {
    switch try arguments.storePlace(syntax.name) {
    case .folder(let folder): return try SQLiteStore(folder: folder).snapshot().participants
    case .server(let client):
      return try await RemoteAnswers.asking {
        var participants: [Participant] = []
        var page = PageRequest(size: 1000)
        repeat {
          let response = try await client.call(
            Contract.listParticipants, ListParticipantsRequest(page: page))
          participants += response.participants.map(\.participant)
          page.token = response.nextPageToken
        } while !page.token.isEmpty
        return participants
      }
    }
  }
}
