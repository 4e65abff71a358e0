/// A JSON value that knows on which line it starts.
struct JSONNode {
  enum Value {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSONNode])
    /// The members in the order of the file; a key may come twice.
    case object([(key: String, node: JSONNode)])
  }

  let value: Value
  let line: Int

  /// What it is, for a message: "the text 'abc'".
  var summary: String {
    switch value {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .number(let number): "the number \(Display.number(number))"
    case .text(let text): text.isEmpty ? "an empty text" : "the text \(Display.quoted(text))"
    case .list: "a list"
    case .object: "an object"
    }
  }
}

/// How values of a file look in a message.
enum Display {
  /// In single quotes, shortened, and without control characters, which could
  /// make a terminal do things.
  static func quoted(_ text: String) -> String {
    "'\(harmless(text))'"
  }

  /// Without ".0" where the number is whole.
  static func number(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }

  /// As a step of a JSON path: `.key`, or `["odd key"]`.
  static func step(_ key: String) -> String {
    let isPlain = key.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
    }
    return isPlain && !key.isEmpty && key.utf8.count <= 40 ? ".\(key)" : "[\"\(harmless(key))\"]"
  }

  private static func harmless(_ text: String) -> String {
    let start = text.unicodeScalars.prefix(40)
    let isWhole = start.endIndex == text.unicodeScalars.endIndex
    var shown = ""
    for scalar in start {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: shown += "\u{FFFD}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return isWhole ? shown : shown + "…"
  }
}
