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
        let byte = utf8[at]
        switch byte {
        case UInt8(ascii: "&"): append("&amp;")
        case UInt8(ascii: "<"): append("&lt;")
        case UInt8(ascii: ">"): append("&gt;")
        case UInt8(ascii: "\""): append("&quot;")
        case UInt8(ascii: "'"): append("&#39;")
        case 0x0D:
          // A line end, in whatever form, is one line feed.
          if at + 1 == utf8.count || utf8[at + 1] != 0x0A { bytes.append(0x0A) }
        case 0x09, 0x0A: bytes.append(byte)
        case 0x00..<0x20, 0x7F: append("\u{FFFD}")
        case 0xC2 where utf8[at + 1] < 0xA0:
          append("\u{FFFD}")
          at += 1
        // U+FDD0 to U+FDEF, and the last two of each plane, are no characters.
        case 0xEF where Self.isNoCharacter(utf8[at + 1], utf8[at + 2]):
          append("\u{FFFD}")
          at += 2
        case 0xF0...
        where
          utf8[at + 1] & 0x0F == 0x0F && utf8[at + 2] == 0xBF && utf8[at + 3] >= 0xBE:
          append("\u{FFFD}")
          at += 3
        default: bytes.append(byte)
        }
        at += 1
      }
    }
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
    ["br", "hr", "meta", "link", "input", "col", "wbr"].contains("\(name)")
  }

  private static func isRaw(_ name: StaticString) -> Bool {
    ["script", "style"].contains("\(name)")
  }
}
