package import Foundation

/// Participants as a table: the fields of the JSON form as columns. Lists are separated
/// by semicolons; `survey` and `event` are "N1=3;N2=0.5"; `gcom` is
/// "mitigation=plan;adaptation=target"; a cell that begins with "[" or "{" is JSON, as
/// `plan` always is.
package enum ParticipantTable {
  private enum Kind {
    case text, number, flag, list, pairs, numberPairs, json
  }

  private static let columns: [(name: String, kind: Kind)] = [
    ("id", .text), ("name", .text), ("aliases", .list), ("kind", .text), ("members", .list),
    ("country", .text), ("latitude", .number), ("longitude", .number), ("population", .number),
    ("populationYear", .number), ("languages", .list), ("alumni", .flag), ("capacity", .number),
    ("partners", .list), ("ris3", .list), ("gcom", .pairs), ("survey", .numberPairs),
    ("event", .numberPairs), ("plan", .json),
  ]

  // MARK: - Reading

  /// Checks a table, and reports all that is wrong with it at once; lines are those of
  /// the file.
  ///
  /// - Parameters:
  ///   - source: the name of the file, for the findings.
  ///   - left: lines of records that are left out.
  package static func check(
    csv: Data, source: String, definition: ProgrammeDefinition, without left: Set<Int> = []
  ) -> CheckResult<[Participant]> {
    let log = FindingLog(source: source)
    guard let jsonl = jsonl(csv, log, left) else { return log.result(nil) }
    let result = Participant.check(jsonl: jsonl, source: source, definition: definition)
    guard log.hasErrors else { return result }
    let own: CheckResult<[Participant]> = log.result(nil)
    return CheckResult(
      value: nil,
      findings: (own.findings + result.findings).sorted { $0.line < $1.line },
      omitted: own.omitted + result.omitted)
  }

  /// Each record as JSON on the line on which it begins; nil when no record can be read.
  private static func jsonl(_ csv: Data, _ log: FindingLog, _ left: Set<Int>) -> Data? {
    func fail(_ line: Int, _ path: String, _ problem: String, _ remedy: String) {
      log.add(.error, line: line, path: path, problem: problem, remedy: remedy)
    }
    guard let text = String(data: csv, encoding: .utf8) else {
      fail(1, "$", "is not UTF-8", "save it as UTF-8")
      return nil
    }
    let records: [CSV.Record]
    do {
      records = try CSV.records(text)
    } catch {
      fail(error.line, "$", error.problem, "mend the quotes")
      return nil
    }
    guard let head = records.first else {
      fail(1, "$", "is empty", "begin with a line of column names")
      return nil
    }
    var kinds: [(name: String, kind: Kind)] = []
    for name in head.fields {
      guard let column = columns.first(where: { $0.name == name }) else {
        let nearest = EditDistance.nearest(to: name, in: columns.map(\.name))
        fail(
          head.line, "$.\(name)", "is no column of participants",
          nearest.map { "write \"\($0)\"" } ?? "remove it")
        return nil
      }
      if kinds.contains(where: { $0.name == name }) {
        fail(head.line, "$.\(name)", "is there twice", "remove one")
        return nil
      }
      kinds.append(column)
    }
    var lines = Data()
    var line = 1
    for record in records.dropFirst() where !left.contains(record.line) {
      guard record.fields.count == kinds.count else {
        fail(
          record.line, "$", "has \(record.fields.count) fields, the first line \(kinds.count)",
          "see whether a comma within a field lacks its quotes")
        continue
      }
      while line < record.line {
        lines.append(0x0A)
        line += 1
      }
      let members = zip(kinds, record.fields).compactMap { column, field in
        value(field, column.kind).map { "\(quoted(column.name)):\($0)" }
      }
      lines += Data("{\(members.joined(separator: ","))}".utf8)
    }
    return lines
  }

  /// A cell as JSON; nil when it is empty, and so not known.
  private static func value(_ field: String, _ kind: Kind) -> String? {
    if field.isEmpty { return nil }
    switch kind {
    case .text: return quoted(field)
    case .number: return isNumber(field) ? field : quoted(field)
    case .flag: return ["true", "false"].contains(field) ? field : quoted(field)
    // Line ends within JSON are white space, and would move the lines that follow.
    case .json: return oneLine(field)
    case .list, .pairs, .numberPairs:
      if field.hasPrefix("[") || field.hasPrefix("{") { return oneLine(field) }
    }
    let parts = field.split(separator: ";", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard kind != .list else { return "[\(parts.map(quoted).joined(separator: ","))]" }
    let members = parts.map { part in
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = sides.count > 1 ? String(sides[1]) : ""
      let isPlain = kind == .numberPairs && isNumber(value)
      return "\(quoted(String(sides[0]))):\(isPlain ? value : quoted(value))"
    }
    return "{\(members.joined(separator: ","))}"
  }

  /// Whether JSON takes the text for a number (RFC 8259, section 6).
  private static func isNumber(_ text: String) -> Bool {
    text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
  }

  private static func oneLine(_ json: String) -> String {
    String(json.map { $0.isNewline ? " " : $0 })
  }

  private static func quoted(_ text: String) -> String {
    // A string always has a JSON form.
    String(decoding: (try? JSONEncoder().encode(text)) ?? Data("\"\"".utf8), as: UTF8.self)
  }

  // MARK: - Writing

  /// Participants as a table, which `check` reads as they were.
  package static func csv(_ participants: [Participant]) throws -> String {
    CSV.text([columns.map(\.name)] + (try participants.map(row)))
  }

  private static func row(_ participant: Participant) throws -> [String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let object = try JSONDecoder().decode([String: Cell].self, from: encoder.encode(participant))
    return try columns.map { column in
      guard let cell = object[column.name] else { return "" }
      return try cell.text(encoder)
    }
  }

  /// A value of the JSON form.
  private enum Cell: Codable {
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([Cell])
    case object([String: Cell])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Bool.self) {
        self = .flag(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let value = try? container.decode(String.self) {
        self = .text(value)
      } else if let value = try? container.decode([Cell].self) {
        self = .list(value)
      } else {
        self = .object(try container.decode([String: Cell].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .flag(let value): try container.encode(value)
      case .number(let value):
        if let whole = Int64(exactly: value) {
          try container.encode(whole)
        } else {
          try container.encode(value)
        }
      case .text(let value): try container.encode(value)
      case .list(let value): try container.encode(value)
      case .object(let value): try container.encode(value)
      }
    }

    func text(_ encoder: JSONEncoder) throws -> String {
      func json() throws -> String { String(decoding: try encoder.encode(self), as: UTF8.self) }
      switch self {
      case .flag(let value): return "\(value)"
      case .text(let value): return value
      case .number: return try json()
      case .list(let cells):
        let texts = cells.compactMap { cell -> String? in
          if case .text(let text) = cell { text } else { nil }
        }
        let isPlain =
          texts.count == cells.count && !texts.isEmpty
          && texts.allSatisfy { text in
            !text.isEmpty && !text.contains(";") && !text.contains(where: \.isNewline)
              && text == text.trimmingCharacters(in: .whitespaces)
          } && texts.first.map { !$0.hasPrefix("[") && !$0.hasPrefix("{") } ?? false
        if isPlain { return texts.joined(separator: ";") }
        // An empty list is what an empty cell says.
        return cells.isEmpty ? "" : try json()
      case .object(let members):
        let pairs = try members.sorted { $0.key < $1.key }.map { key, cell -> String? in
          switch cell {
          case .number: "\(key)=\(try cell.text(encoder))"
          case .text(let text) where !text.contains(";"): "\(key)=\(text)"
          default: nil
          }
        }
        let isPlain = !pairs.isEmpty && pairs.allSatisfy { $0 != nil }
        return isPlain ? pairs.compactMap(\.self).joined(separator: ";") : try json()
      }
    }
  }
}
