public import Foundation
public import Programme

/// A text with the networks that it belongs to: what training learns from and
/// evaluation measures against.
public struct LabelledText: Codable, Sendable, Equatable {
  public var id: String
  public var language: String
  public var text: String
  /// Labels of all networks that fit, `[]` for "none of these".
  public var labels: [String]
  /// The one that fits best, nil for "none of these".
  @OrNull public var primary: String?

  private enum CodingKeys: String, CodingKey {
    case id, text, labels, primary
    case language = "lang"
  }

  public init(id: String, language: String, text: String, labels: [String], primary: String?) {
    self.id = id
    self.language = language
    self.text = text
    self.labels = labels
    self.primary = primary
  }

  /// What is wrong with a line of a file of labelled texts.
  public struct LineError: Error, Equatable, Sendable, CustomStringConvertible {
    public var source: String
    /// From 1.
    public var line: Int
    public var reason: String

    public var description: String { "\(source):\(line): \(reason)" }
  }

  /// What is wrong with a whole file of labelled texts.
  public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// All wrong lines, in order.
    public var lines: [LineError]

    public var description: String { lines.map(\.description).joined(separator: "\n") }
  }

  /// Reads JSON Lines: `{"id","lang","text","labels":["N6","N4"],"primary":"N6"}`,
  /// `id` optional. Empty lines are skipped.
  ///
  /// - Parameters:
  ///   - source: the file's name, for errors and for ids that are not given.
  ///   - networks: the labels that may occur.
  /// - Throws: `FileError` with every wrong line, never only the first.
  public static func read(
    jsonl data: Data, source: String, networks: [String]
  ) throws(FileError) -> [LabelledText] {
    var places: [String: String] = [:]
    return try read(jsonl: data, source: source, networks: networks, places: &places)
  }

  /// Reads one of several files whose ids must differ.
  ///
  /// - Parameter places: where each id stands, as "source:line".
  static func read(
    jsonl data: Data, source: String, networks: [String], places: inout [String: String]
  ) throws(FileError) -> [LabelledText] {
    var texts: [LabelledText] = []
    var errors: [LineError] = []
    let decoder = JSONDecoder()
    for (index, line) in data.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    {
      guard line.contains(where: { !PlainText.isSpace($0) }) else { continue }
      do {
        let raw = try decoder.decode(RawLine.self, from: line)
        let place = "\(source):\(index + 1)"
        let text = try raw.checked(networks: networks, id: place)
        if let earlier = places[text.id] {
          throw Reason(text: "the id '\(text.id)' stands in \(earlier) already")
        }
        places[text.id] = place
        texts.append(text)
      } catch {
        errors.append(
          LineError(source: source, line: index + 1, reason: Self.describe(error, line: line)))
      }
    }
    if errors.isEmpty, texts.isEmpty {
      errors.append(LineError(source: source, line: 1, reason: "the file holds no texts"))
    }
    guard errors.isEmpty else { throw FileError(lines: errors) }
    return texts
  }

  private struct Reason: Error { var text: String }

  private struct RawLine: Decodable {
    var id: String?
    var lang: String?
    var text: String
    var labels: [String]
    var primary: String?

    func checked(networks: [String], id fallback: String) throws -> LabelledText {
      if let unknown = (labels + (primary.map { [$0] } ?? [])).first(where: {
        !networks.contains($0)
      }) {
        throw Reason(
          text: "unknown network '\(unknown)'; known are \(networks.joined(separator: ", "))")
      }
      if Set(labels).count != labels.count { throw Reason(text: "a label is given twice") }
      if let primary, !labels.contains(primary) {
        throw Reason(text: "the primary network '\(primary)' is not among the labels")
      }
      if primary == nil, !labels.isEmpty {
        throw Reason(text: "labels are given and no primary network; name one of them")
      }
      do {
        _ = try PlainText(text)
      } catch {
        throw Reason(text: error.description)
      }
      return LabelledText(
        id: id ?? fallback, language: lang ?? "und", text: text, labels: labels, primary: primary)
    }
  }

  private static func describe(_ error: any Error, line: Data) -> String {
    switch error {
    case let reason as Reason: return reason.text
    case DecodingError.keyNotFound(let key, _): return "the key '\(key.stringValue)' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return "the value of '\(path)' has the wrong type"
    case DecodingError.dataCorrupted(let context):
      let detail = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey]
      if let offset = PlainText.firstInvalid([UInt8](line)) {
        return "not valid UTF-8 at byte \(offset) of the line"
      }
      return "not valid JSON: \(detail as? String ?? context.debugDescription)"
    default: return "\(error)"
    }
  }
}
