import Foundation

/// Writes nodes as markup that is HTML and well-formed XML alike.
package struct MarkupWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// The markup of some nodes.
  package static func bytes(of nodes: [Node]) -> [UInt8] {
    var writer = MarkupWriter()
    for node in nodes { writer.write(node) }
    return writer.bytes
  }

  package mutating func write(_ node: Node) {
    switch node {
    case .text(let text): write(text: text)
    case .group(let nodes): for node in nodes { write(node) }
    case .element(let element): write(element)
    case .later(let make): write(make())
    }
  }

  /// The line that makes browsers keep to the standard.
  package mutating func writeDoctype() { append("<!DOCTYPE html>\n") }

  private mutating func write(_ element: Node.Element) {
    append("<")
    append(element.name)
    for attribute in element.attributes {
      append(" ")
      append(attribute.name)
      append("=\"")
      write(text: attribute.value)
      append("\"")
    }
    if Self.isVoid(element.name) {
      append("/>")
      return
    }
    append(">")
    if Self.isRaw(element.name) {
      for case .text(let text) in element.children { write(raw: text) }
    } else {
      for child in element.children { write(child) }
    }
    append("</")
    append(element.name)
    append(">")
  }

  /// Text with everything replaced that means something to a parser, or that neither
  /// HTML nor XML can hold.
  private mutating func write(text: String) {
    var text = text
    text.withUTF8 { utf8 in
      var at = 0
      while at < utf8.count {
        // Most text is plain and is taken in one piece.
        let start = at
        while at < utf8.count, Self.isPlain(utf8[at]) { at += 1 }
        if at > start { bytes.append(contentsOf: utf8[start..<at]) }
        if at < utf8.count { at += write(special: utf8[at...]) }
      }
    }
  }

  /// Whether a byte is written as it is, whatever follows.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
      UInt8(ascii: "'"), 0..<0x20, 0x7F, 0xC2, 0xEF, 0xF0...:
      false
    default: true
    }
  }

  /// Writes the character that some bytes begin with.
  ///
  /// - Returns: how many bytes it takes.
  private mutating func write(special utf8: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    let first = utf8.startIndex
    func byte(_ offset: Int) -> UInt8 { utf8[first + offset] }
    switch byte(0) {
    case UInt8(ascii: "&"): append("&amp;")
    case UInt8(ascii: "<"): append("&lt;")
    case UInt8(ascii: ">"): append("&gt;")
    case UInt8(ascii: "\""): append("&quot;")
    case UInt8(ascii: "'"): append("&#39;")
    case 0x0D:
      // A line end, in whatever form, is one line feed.
      if utf8.count == 1 || byte(1) != 0x0A { bytes.append(0x0A) }
    case 0x09, 0x0A: bytes.append(byte(0))
    case 0x00..<0x20, 0x7F: append("\u{FFFD}")
    case 0xC2 where byte(1) < 0xA0:
      append("\u{FFFD}")
      return 2
    // U+FDD0 to U+FDEF, and the last two of each plane, are no characters.
    case 0xEF where Self.isNoCharacter(byte(1), byte(2)):
      append("\u{FFFD}")
      return 3
    case 0xF0... where byte(1) & 0x0F == 0x0F && byte(2) == 0xBF && byte(3) >= 0xBE:
      append("\u{FFFD}")
      return 4
    default: bytes.append(byte(0))
    }
    return 1
  }

  private static func isNoCharacter(_ second: UInt8, _ third: UInt8) -> Bool {
    second == 0xBF && third >= 0xBE || second == 0xB7 && (0x90...0xAF).contains(third)
  }

  /// What stands in a script or a style element, which knows no escapes: the comments
  /// make it plain text to a parser of XML as well. A text that would end the element is
  /// left out whole; ours never does, and data come from `ScriptData`, which has none of
  /// these characters.
  private mutating func write(raw text: String) {
    guard !text.contains("</"), !text.contains("<!--"), !text.contains("]]>") else { return }
    let isPlain = !text.utf8.contains { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }
    if !isPlain { append("/*<![CDATA[*/") }
    bytes.append(contentsOf: text.utf8)
    if !isPlain { append("/*]]>*/") }
  }

  private mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  private static func isVoid(_ name: StaticString) -> Bool {
    voidElements.contains { isSame($0, name) }
  }

  private static func isRaw(_ name: StaticString) -> Bool {
    isSame(name, "script") || isSame(name, "style")
  }

  private static let voidElements: [StaticString] = [
    "br", "hr", "meta", "link", "input", "col", "wbr",
  ]

  /// By bytes: a string of each name would cost more than all else.
  private static func isSame(_ one: StaticString, _ other: StaticString) -> Bool {
    one.utf8CodeUnitCount == other.utf8CodeUnitCount
      && memcmp(one.utf8Start, other.utf8Start, one.utf8CodeUnitCount) == 0
  }
}
