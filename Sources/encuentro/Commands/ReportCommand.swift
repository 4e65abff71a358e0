import Foundation
import MatchmakingService
import Programme
import Report
import Results

enum ReportCommand: Command {
  static let syntax = CommandSyntax(
    name: "report", summary: "write a dossier to look at: maps, charts and pages in one file",
    operands: "",
    details: """
      One HTML file that holds all it shows: it opens without a network, prints, and reads
      well on a phone. The cohort is paired as 'encuentro pair' does, or read from what
      that printed with --json; a result that is read is checked again. A reassignment
      page is there with --reassignment, or with sizes to reassign within. Of more than
      300 participants, pages of their own are left out; --participant makes one alone.
      """,
    options: [
      .init(name: "--out", value: "FILE", help: "where to write it (default dossier.html)"),
      .init(name: "--participant", value: "NAME", help: "the page of one participant alone"),
      .init(name: "--cohort", value: "FILE", help: "what 'encuentro pair --json' printed"),
      .init(
        name: "--reassignment", value: "FILE", help: "what 'encuentro reassign --json' printed"),
      .init(name: "--min-size", value: "N", help: "reassign: the fewest of a network"),
      .init(name: "--max-size", value: "N", help: "reassign: the most of a network"),
      .init(name: "--no-quotas", value: nil, help: "pair without the programme's quotas"),
      .init(name: "--lang", value: "CODE", help: "en (default), es or pt"),
      .init(name: "--top", value: "N", help: "partners on each participant's page (default 5)"),
      .init(name: "--all-pages", value: nil, help: "participants' pages however many they are"),
      .init(name: "--author", value: "NAME", help: "who answers for the dossier"),
      .init(name: "--date", value: "DAY", help: "the dossier's day, 2026-11-26 (default today)"),
    ] + SharedOption.answers)

  static func run(_ arguments: Arguments, _ console: Console) async throws -> Int32 {
    try arguments.noOperands()
    let maker = try maker(arguments)
    let path = arguments.string("--out") ?? "dossier.html"
    let answers = try await arguments.answers()
    let programme = try await answers.programme()
    let progress = Console.Progress(console)
    let dossier = try await maker.dossier(
      answers, participants: try await participants(arguments, programme),
      progress: progress.report)
    let start = ContinuousClock.now
    let bytes = Document(dossier).bytes()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    progress.finish()
    if path == "-" {
      console.print(String(decoding: bytes, as: UTF8.self), terminator: "")
      return 0
    }
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      console.error(
        "\(path.harmless) cannot be written: \(error.localizedDescription); name another file "
          + "with --out")
      return ExitCode.output
    }
    let written = Written(
      file: path, bytes: bytes.count, pages: dossier.people.count { $0.details != nil },
      seconds: seconds)
    if arguments.has("--json") {
      try console.json(written)
    } else {
      console.print(written.text)
    }
    return 0
  }

  private struct Written: Encodable {
    var file: String
    var bytes: Int
    /// Pages of participants.
    var pages: Int
    /// What laying it out has taken, once the results were there.
    var seconds: Double

    var text: String {
      let kilobytes = max(1, bytes / 1000)
      return "\(file.harmless) is written (\(kilobytes) kB, \(pages) "
        + "\(pages == 1 ? "participant's page" : "participants' pages"), laid out in "
        + "\(String(format: "%.2f", seconds)) s); open it in a browser"
    }
  }

  private static func maker(_ arguments: Arguments) throws -> DossierMaker {
    var provenance = Dossier.Provenance(source: .sample, day: Day(Date()))
    if let server = arguments.string("--server") {
      provenance.source = .server(server)
    } else if let file = arguments.string("--participants") {
      provenance.source = .file(name(file))
    }
    provenance.author = arguments.string("--author")
    if let text = arguments.string("--date") {
      guard let day = Day(text) else {
        throw UsageError(
          message: "--date takes a day such as 2026-11-26, not '\(text)'", command: syntax.name)
      }
      provenance.day = day
    }
    var maker = DossierMaker(provenance: provenance)
    if let code = arguments.string("--lang") {
      guard let language = Language(rawValue: code.lowercased()) else {
        throw UsageError(
          message: "--lang takes en, es or pt, not '\(code)'", command: syntax.name)
      }
      maker.language = language
    }
    maker.participant = arguments.string("--participant")
    maker.cohort = try saved(arguments, "--cohort")
    maker.reassignment = try saved(arguments, "--reassignment")
    maker.pairing.appliesQuotas = !arguments.has("--no-quotas")
    maker.sizes = try sizes(arguments)
    maker.top = try arguments.integer("--top", default: 5, in: 0...100)
    maker.hasAllPages = arguments.has("--all-pages")
    try check(arguments)
    return maker
  }

  /// That no option is given that another one makes void.
  private static func check(_ arguments: Arguments) throws(UsageError) {
    let cohort = ["--cohort", "--reassignment", "--min-size", "--max-size"]
    for (option, others) in [
      ("--participant", cohort), ("--reassignment", ["--min-size", "--max-size"]),
    ] where arguments.string(option) != nil {
      for other in others where arguments.string(other) != nil {
        throw UsageError(message: "\(option) goes with no \(other)", command: syntax.name)
      }
    }
    if arguments.has("--no-quotas"), arguments.string("--cohort") != nil {
      throw UsageError(
        message: "--no-quotas goes with no --cohort, which is paired already",
        command: syntax.name)
    }
  }

  private static func sizes(_ arguments: Arguments) throws -> DossierMaker.Sizes? {
    func size(_ option: String) throws -> Int? {
      arguments.string(option) == nil
        ? nil : try arguments.integer(option, default: 0, in: 0...Int.max)
    }
    let (minimum, maximum) = (try size("--min-size"), try size("--max-size"))
    guard minimum != nil || maximum != nil else { return nil }
    return DossierMaker.Sizes(minimum: minimum, maximum: maximum)
  }

  private static func saved(
    _ arguments: Arguments, _ option: String
  ) throws -> DossierMaker.Saved? {
    guard let path = arguments.string(option) else { return nil }
    return DossierMaker.Saved(data: try Input.data(path), name: name(path))
  }

  /// A file's name without its folders, which are nobody's business who gets the dossier.
  private static func name(_ path: String) -> String {
    path == "-" ? "standard input" : URL(filePath: path).lastPathComponent
  }

  private static func participants(
    _ arguments: Arguments, _ programme: ProgrammeDefinition
  ) async throws -> [Participant] {
    guard arguments.string("--server") != nil else { return try arguments.participants(programme) }
    return try await ExportCommand.stored(arguments)
  }
}
