/// Where and why a text is not JSON.
struct JSONSyntaxError: Error, Equatable {
  let line: Int
  /// From 1, in bytes.
  let column: Int
  let problem: String
  let remedy: String
}

/// Reads JSON (RFC 8259) into nodes that know their lines, which Foundation's
/// parsers do not tell; nor do they report a key that comes twice.
struct JSONParser {
  /// Deeper nesting is refused; nothing of ours comes near it.
  static let maximumDepth = 64

  private let bytes: ArraySlice<UInt8>
  private var at: Int
  private var line: Int
  private var lineStart: Int

  /// The one value that the bytes hold.
  ///
  /// - Parameter line: the number of the first line.
  /// - Complexity: O(n).
  static func parse(_ bytes: ArraySlice<UInt8>, line: Int = 1) throws(JSONSyntaxError) -> JSONNode {
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    var parser = JSONParser(hasMark ? bytes.dropFirst(3) : bytes, line: line)
    let node = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.next == nil else {
      throw parser.error(
        "there is \(parser.found) after its end", "keep one value and remove what follows it")
    }
    return node
  }

  private init(_ bytes: ArraySlice<UInt8>, line: Int) {
    self.bytes = bytes
    self.line = line
    at = bytes.startIndex
    lineStart = bytes.startIndex
  }

  private var next: UInt8? { at < bytes.endIndex ? bytes[at] : nil }

  private var hasDigit: Bool {
    next.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONNode {
    skipSpace()
    let start = line
    switch next {
    case UInt8(ascii: "{"): return JSONNode(value: try object(depth: depth + 1), line: start)
    case UInt8(ascii: "["): return JSONNode(value: try list(depth: depth + 1), line: start)
    case UInt8(ascii: "\""): return JSONNode(value: .text(try text()), line: start)
    case UInt8(ascii: "-"): return JSONNode(value: .number(try number()), line: start)
    default: break
    }
    if hasDigit { return JSONNode(value: .number(try number()), line: start) }
    if take("true") { return JSONNode(value: .flag(true), line: start) }
    if take("false") { return JSONNode(value: .flag(false), line: start) }
    if take("null") { return JSONNode(value: .null, line: start) }
    throw error(
      "there is \(found) where a value should stand",
      next == nil
        ? "complete it: it looks cut off"
        : "write a number, a text in double quotes, true, false, null, a list or an object")
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONNode.Value {
    var members: [(key: String, node: JSONNode)] = []
    try elements(until: "}", depth: depth) { (parser: inout Self) throws(JSONSyntaxError) in
      guard parser.next == UInt8(ascii: "\"") else {
        throw parser.error(
          "there is \(parser.found) where a key should stand", "write the key in double quotes")
      }
      let key = try parser.text()
      parser.skipSpace()
      guard parser.take(":") else {
        throw parser.error(
          "there is \(parser.found) after the key \(Display.quoted(key))",
          "write ':' and the value after a key")
      }
      members.append((key, try parser.value(depth: depth)))
    }
    return .object(members)
  }

  private mutating func list(depth: Int) throws(JSONSyntaxError) -> JSONNode.Value {
    var nodes: [JSONNode] = []
    try elements(until: "]", depth: depth) { (parser: inout Self) throws(JSONSyntaxError) in
      nodes.append(try parser.value(depth: depth))
    }
    return .list(nodes)
  }

  /// From the opening bracket to the closing one, calling `element` at the
  /// start of each element.
  private mutating func elements(
    until end: StaticString, depth: Int,
    _ element: (inout Self) throws(JSONSyntaxError) -> Void
  ) throws(JSONSyntaxError) {
    guard depth <= Self.maximumDepth else {
      throw error(
        "is nested more than \(Self.maximumDepth) levels deep", "check where brackets are left open"
      )
    }
    at += 1
    skipSpace()
    if take(end) { return }
    while true {
      try element(&self)
      skipSpace()
      if take(end) { return }
      guard take(",") else {
        throw error(
          "there is \(found) where ',' or '\(end)' should stand",
          next == nil ? "complete it: it looks cut off" : "put a ',' between two elements")
      }
      var comma = self
      comma.at -= 1
      skipSpace()
      if take(end) {
        throw comma.error("there is a ',' before the closing '\(end)'", "remove the ','")
      }
    }
  }

  private mutating func number() throws(JSONSyntaxError) -> Double {
    let start = at
    func fail(_ parser: Self) -> JSONSyntaxError {
      parser.error("there is a number in a form that JSON does not have", "write it like 12 or 0.5")
    }
    _ = take("-")
    if !take("0"), !digits() { throw fail(self) }
    if take("."), !digits() { throw fail(self) }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      if !digits() { throw fail(self) }
    }
    if hasDigit { throw fail(self) }
    guard let number = Double(String(decoding: bytes[start..<at], as: UTF8.self)) else {
      throw fail(self)
    }
    return number
  }

  /// Goes past digits; false if there is none.
  private mutating func digits() -> Bool {
    let start = at
    while hasDigit { at += 1 }
    return at > start
  }

  private mutating func text() throws(JSONSyntaxError) -> String {
    at += 1
    var unescaped: [UInt8] = []
    var start = at
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        let rest = bytes[start..<at]
        let text =
          unescaped.isEmpty
          ? String(validating: rest, as: UTF8.self)
          : String(validating: unescaped + rest, as: UTF8.self)
        guard let text else {
          throw error("there is a text that is not UTF-8", "save the file in the encoding UTF-8")
        }
        at += 1
        return text
      case UInt8(ascii: "\\"):
        unescaped += bytes[start..<at]
        at += 1
        unescaped.append(contentsOf: String(try escaped()).utf8)
        start = at
      case 0..<0x20:
        throw error(
          byte == 0x0A || byte == 0x0D
            ? "there is a text that goes on over the end of its line"
            : "there is a control character in a text",
          "close the text with '\"', or write \\n, \\t or \\u00XX")
      default: at += 1
      }
    }
    throw error("there is a text that does not end", "close it with '\"': it looks cut off")
  }

  /// What stands behind a backslash.
  private mutating func escaped() throws(JSONSyntaxError) -> Unicode.Scalar {
    let letter = next
    at += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      if let unit = hexadecimal() {
        if let scalar = Unicode.Scalar(unit) { return scalar }
        if UTF16.isLeadSurrogate(UInt16(unit)), take("\\u"), let second = hexadecimal(),
          UTF16.isTrailSurrogate(UInt16(second)),
          let scalar = Unicode.Scalar(0x10000 + ((unit & 0x3FF) << 10 | second & 0x3FF))
        {
          return scalar
        }
      }
    default: break
    }
    throw error(
      "there is a '\\' in a text with nothing valid behind it",
      "write '\\\\' for the character itself, or one of \\\" \\/ \\b \\f \\n \\r \\t \\uXXXX")
  }

  /// Four hexadecimal digits.
  private mutating func hexadecimal() -> UInt32? {
    guard bytes.endIndex - at >= 4 else { return nil }
    let digits = bytes[at..<at + 4]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    at += 4
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  /// Goes past a word if it stands here.
  private mutating func take(_ word: StaticString) -> Bool {
    let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes[at...].starts(with: expected) else { return false }
    at += expected.count
    return true
  }

  private mutating func skipSpace() {
    while let byte = next {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): at += 1
      case UInt8(ascii: "\n"):
        at += 1
        line += 1
        lineStart = at
      default: return
      }
    }
  }

  /// What stands here, for a message.
  private var found: String {
    switch next {
    case nil: "the end"
    case .some(let byte) where (0x21..<0x7F).contains(byte): "'\(Unicode.Scalar(byte))'"
    default: "an unexpected character"
    }
  }

  private func error(_ problem: String, _ remedy: String) -> JSONSyntaxError {
    JSONSyntaxError(
      line: line, column: min(at, bytes.endIndex) - lineStart + 1, problem: problem, remedy: remedy)
  }
}
