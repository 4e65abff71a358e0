/// Comma-separated values (RFC 4180).
enum CSV {
  /// Rows with CRLF at their ends; fields are quoted where they must be. A field that
  /// a spreadsheet would take for a formula gets an apostrophe in front.
  static func text(_ rows: [[String]]) -> String {
    rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    var text = text
    // As scalars, because CR and LF together are one character, and so is a sign with
    // an accent on it.
    if let first = text.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first),
      Double(text) == nil
    {
      text = "'" + text
    }
    guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else {
      return text
    }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
