/// Comma-separated values (RFC 4180).
package enum CSV {
  /// Rows with CRLF at their ends; fields are quoted where they must be. A field that
  /// a spreadsheet would take for a formula gets an apostrophe in front, and so does one
  /// that begins as if it had got one.
  package static func text(_ rows: [[String]]) -> String {
    rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    var text = text
    // As scalars, because CR and LF together are one character, and so is a sign with
    // an accent on it.
    if isFormula(text) || hasApostrophe(text) { text = "'" + text }
    guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else {
      return text
    }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  private static func isFormula(_ text: some StringProtocol) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    return "=+-@\t\r\n".unicodeScalars.contains(first) && Double(text) == nil
  }

  /// Whether the text begins with apostrophes before what a spreadsheet would compute.
  private static func hasApostrophe(_ text: some StringProtocol) -> Bool {
    guard text.unicodeScalars.first == "'" else { return false }
    return isFormula(text.drop { $0 == "'" })
  }

  /// A record with the line on which it begins, from 1.
  package struct Record: Hashable, Sendable {
    package var line: Int
    package var fields: [String]
  }

  /// What is wrong with a file's quotes.
  package struct SyntaxError: Error, Hashable, Sendable {
    package var line: Int
    package var problem: String
  }

  /// The records of a text, with CRLF, LF or CR at their ends, and the apostrophes taken
  /// away that `text` puts in front. Empty lines are passed over.
  ///
  /// - Throws: `SyntaxError` for quotes that do not end, or end within a field.
  /// - Complexity: O(n).
  package static func records(_ text: String) throws(SyntaxError) -> [Record] {
    var reader = Reader(text)
    return try reader.records()
  }

  private struct Reader {
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1

    init(_ text: String) {
      bytes = Array(text.utf8)
      // A byte order mark is no part of the first field.
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    }

    mutating func records() throws(SyntaxError) -> [Record] {
      var records: [Record] = []
      while at < bytes.count {
        let record = Record(line: line, fields: try fields())
        if record.fields != [""] { records.append(record) }
      }
      return records
    }

    /// The fields up to the end of the record, which is taken as well.
    private mutating func fields() throws(SyntaxError) -> [String] {
      var fields: [String] = []
      while true {
        fields.append(CSV.unescaped(try field()))
        guard at < bytes.count else { return fields }
        let separator = bytes[at]
        at += 1
        if separator == UInt8(ascii: ",") { continue }
        line += 1
        if separator == 0x0D, at < bytes.count, bytes[at] == 0x0A { at += 1 }
        return fields
      }
    }

    private mutating func field() throws(SyntaxError) -> String {
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
        let start = at
        while at < bytes.count, ![UInt8(ascii: ","), 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
        return String(decoding: bytes[start..<at], as: UTF8.self)
      }
      let first = line
      var content: [UInt8] = []
      at += 1
      while at < bytes.count {
        let byte = bytes[at]
        at += 1
        if byte == UInt8(ascii: "\"") {
          guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
            guard at == bytes.count || [UInt8(ascii: ","), 0x0A, 0x0D].contains(bytes[at]) else {
              throw SyntaxError(
                line: line, problem: "text follows a closing quote; write quotes within as \"\"")
            }
            return String(decoding: content, as: UTF8.self)
          }
          at += 1
        } else if byte == 0x0A || byte == 0x0D && !(at < bytes.count && bytes[at] == 0x0A) {
          line += 1
        }
        content.append(byte)
      }
      throw SyntaxError(line: first, problem: "a quote is opened and never closed")
    }
  }

  private static func unescaped(_ field: String) -> String {
    hasApostrophe(field) ? String(field.unicodeScalars.dropFirst()) : field
  }
}
