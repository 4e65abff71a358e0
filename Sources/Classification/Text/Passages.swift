/// Cuts a text into passages of about a hundred words: whole paragraphs where
/// they are short enough, whole sentences where they are not. A heading stays
/// with what follows it.
enum Passages {
  /// A passage ends at the next good place after this many bytes …
  static let target = 1000
  /// … and at this many at the latest.
  static let maximum = 1500

  /// The ranges of a text's passages, in order, without the white space around
  /// them; together they hold every other byte exactly once.
  ///
  /// - Complexity: O(n).
  static func ranges(in bytes: [UInt8]) -> [Range<Int>] {
    var passages: [Range<Int>] = []
    var open: Range<Int>?
    func close() {
      if let range = open { passages.append(range) }
      open = nil
    }
    forEachUnit(in: bytes) { unit in
      if let range = open {
        let isFull = range.count >= target
        if isFull || unit.upperBound - range.lowerBound > maximum { close() }
      }
      let start = open?.lowerBound ?? unit.lowerBound
      open = start..<unit.upperBound
    }
    // A short rest belongs to what came before it.
    if let rest = open, let last = passages.last, rest.count < target / 4,
      rest.upperBound - last.lowerBound <= maximum
    {
      passages[passages.count - 1] = last.lowerBound..<rest.upperBound
      open = nil
    }
    close()
    return passages
  }

  /// Paragraphs, or the sentences of long ones, or pieces of endless sentences;
  /// headings are one with what follows them.
  ///
  /// They are handed on one by one: a text of the largest size may have millions.
  private static func forEachUnit(in bytes: [UInt8], _ body: (Range<Int>) -> Void) {
    var heading: Int?
    func add(_ unit: Range<Int>) {
      if let start = heading, unit.upperBound - start <= maximum {
        body(trimmed(bytes, start..<unit.upperBound))
      } else {
        if let start = heading { body(trimmed(bytes, start..<unit.lowerBound)) }
        body(trimmed(bytes, unit))
      }
      heading = nil
    }
    forEachParagraph(in: bytes) { paragraph in
      if isHeading(bytes, paragraph), heading.map({ paragraph.upperBound - $0 < target }) ?? true {
        heading = heading ?? paragraph.lowerBound
      } else if paragraph.count <= target {
        add(paragraph)
      } else {
        for sentence in sentences(in: bytes, paragraph) {
          for piece in pieces(of: sentence, in: bytes) { add(piece) }
        }
      }
    }
    if let start = heading { body(trimmed(bytes, start..<bytes.count)) }
  }

  /// A short line of its own that does not end like a sentence.
  private static func isHeading(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    range.count <= 120 && !".!?;,".utf8.contains(bytes[range.upperBound - 1])
      && !bytes[range].contains(0x0A)
  }

  private static func trimmed(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
    var end = range.upperBound
    while end > range.lowerBound, PlainText.isSpace(bytes[end - 1]) { end -= 1 }
    return range.lowerBound..<end
  }

  /// Ranges between empty lines.
  private static func forEachParagraph(in bytes: [UInt8], _ body: (Range<Int>) -> Void) {
    var start: Int?
    var end = 0
    var breaks = 0
    for (at, byte) in bytes.enumerated() {
      if PlainText.isSpace(byte) {
        if byte == 0x0A || byte == 0x0C { breaks += byte == 0x0C ? 2 : 1 }
        continue
      }
      if breaks >= 2, let first = start {
        body(first..<end)
        start = nil
      }
      breaks = 0
      if start == nil { start = at }
      end = at + 1
    }
    if let first = start { body(first..<end) }
  }

  /// Ranges that end behind a full stop, a question or an exclamation mark with
  /// white space after it, or behind an ideographic one, or at a line's end
  /// when the next line starts like a list item.
  private static func sentences(in bytes: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = range.lowerBound
    var at = range.lowerBound
    func cut(at end: Int) {
      var end = end
      while end > start, PlainText.isSpace(bytes[end - 1]) { end -= 1 }
      if end > start { found.append(start..<end) }
      start = end
      while start < range.upperBound, PlainText.isSpace(bytes[start]) { start += 1 }
      at = max(at, start)
    }
    while at < range.upperBound {
      let byte = bytes[at]
      let next = at + 1
      switch byte {
      case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
        if next < range.upperBound, PlainText.isSpace(bytes[next]), at - start >= 20 {
          at = next
          cut(at: next)
          continue
        }
      case 0xE3 where next + 1 < range.upperBound && bytes[next] == 0x80 && bytes[next + 1] == 0x82,
        0xEF
      where next + 1 < range.upperBound && bytes[next] == 0xBC
        && (bytes[next + 1] == 0x81 || bytes[next + 1] == 0x9F):
        at += 3
        cut(at: at)
        continue
      case 0x0A:
        if next < range.upperBound, "-*•".utf8.contains(bytes[next]) {
          cut(at: at)
          continue
        }
      default: break
      }
      at += 1
    }
    cut(at: range.upperBound)
    return found
  }

  /// Cuts what has no end of sentence for too long, at white space if there is
  /// any, and never inside a character.
  private static func pieces(of range: Range<Int>, in bytes: [UInt8]) -> [Range<Int>] {
    guard range.count > maximum else { return [range] }
    var found: [Range<Int>] = []
    var start = range.lowerBound
    while range.upperBound - start > maximum {
      var end = start + maximum
      let earliest = start + target
      while end > earliest, !PlainText.isSpace(bytes[end]) { end -= 1 }
      if !PlainText.isSpace(bytes[end]) {
        end = start + maximum
        while bytes[end] & 0xC0 == 0x80 { end -= 1 }
      }
      found.append(start..<end)
      start = end
      while start < range.upperBound, PlainText.isSpace(bytes[start]) { start += 1 }
    }
    if start < range.upperBound { found.append(start..<range.upperBound) }
    return found.map { trimmed(bytes, $0) }
  }
}
