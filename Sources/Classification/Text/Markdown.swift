/// Blanks out what in a Markdown text is not prose: marks of headings, lists,
/// emphasis and tables, link targets, code and bare addresses.
///
/// Every byte is kept or becomes a space, so that offsets stay those of the
/// original.
enum Markdown {
  /// - Complexity: O(n).
  static func prose(_ source: [UInt8]) -> [UInt8] {
    var bytes = source
    blankFences(&bytes)
    var lineStart = true
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 0x0A {
        lineStart = true
        at += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "#"), UInt8(ascii: ">"), UInt8(ascii: "+"), UInt8(ascii: "-"):
        if lineStart { bytes[at] = 0x20 }
      case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"),
        UInt8(ascii: "~"):
        bytes[at] = 0x20
      case UInt8(ascii: "]"):
        if at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "(") { blankTarget(&bytes, at + 1) }
        bytes[at] = 0x20
      case UInt8(ascii: "["), UInt8(ascii: "!"):
        if byte == UInt8(ascii: "[")
          || (at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "["))
        {
          bytes[at] = 0x20
        }
      case UInt8(ascii: "h"):
        if bytes[at...].starts(with: "http://".utf8) || bytes[at...].starts(with: "https://".utf8) {
          while at < bytes.count, !PlainText.isSpace(bytes[at]) {
            bytes[at] = 0x20
            at += 1
          }
          continue
        }
      default: break
      }
      if !PlainText.isSpace(bytes[at]) { lineStart = false }
      at += 1
    }
    return bytes
  }

  private static func blankTarget(_ bytes: inout [UInt8], _ start: Int) {
    guard
      let end = bytes[start...].prefix(2048).firstIndex(of: UInt8(ascii: ")")),
      !bytes[start..<end].contains(0x0A)
    else { return }
    for at in start...end { bytes[at] = 0x20 }
  }

  private static func blankFences(_ bytes: inout [UInt8]) {
    var inFence = false
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      let isFence = bytes[start..<end].starts(with: "```".utf8)
      if isFence || inFence {
        for at in start..<end { bytes[at] = 0x20 }
      }
      if isFence { inFence.toggle() }
      start = end + 1
    }
  }
}
