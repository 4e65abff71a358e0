import Foundation
import TestSupport
import Testing

@testable import Classification

@Suite("Passages")
struct PassagesTests {
  /// What every cutting must hold.
  private func check(_ bytes: [UInt8], _ comment: Comment) {
    let ranges = Passages.ranges(in: bytes)
    var position = 0
    for range in ranges {
      #expect(range.lowerBound >= position && !range.isEmpty, comment)
      #expect(range.count <= Passages.maximum, comment)
      #expect(
        bytes[position..<max(position, range.lowerBound)].allSatisfy(PlainText.isSpace), comment)
      #expect(isBoundary(range.lowerBound, in: bytes), comment)
      #expect(isBoundary(range.upperBound, in: bytes), comment)
      #expect(!PlainText.isSpace(bytes[range.lowerBound]), comment)
      #expect(!PlainText.isSpace(bytes[range.upperBound - 1]), comment)
      position = range.upperBound
    }
    #expect(bytes[position...].allSatisfy(PlainText.isSpace), comment)
  }

  @Test("hold every byte once, in order, none too long", arguments: TestGenerator.seeds(40))
  func invariants(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let words: [[String]] = [
      ["city", "año", "Straße", "łódź", "x", String(repeating: "long", count: 30)],
      ["都市", "参加型予算", "住民。", "！", "？", "。"], ["🚲", "👩🏽‍🚒", "e\u{301}\u{323}"],
    ]
    let kind = generator.int(0...3)
    let spaces = generator.int(0...20)
    var text = ""
    for _ in 0..<generator.int(1...900) {
      text += generator.pick(kind == 3 ? words.joined().map { $0 } : words[kind])
      switch generator.int(0...30) {
      case 0: text += ". "
      case 1: text += generator.pick(["\n\n", "\n", "\r\n\r\n", "\u{C}", "\n- ", "\n \n\n"])
      case 2: text += generator.pick(["! ", "?\n", ".", "...", " "])
      case 3...max(4, spaces): text += " "
      default: break
      }
    }
    check(Array(text.utf8), "seed \(seed)")
  }

  @Test("texts without any space", arguments: ["a", "é", "字", "😀", "字。", "字！", ". "])
  func endless(part: String) {
    for count in [1, 499, 500, 501, 750, 999, 1000, 1001, 1499, 1500, 1501, 3001] {
      check(Array(String(repeating: part, count: count).utf8), "\(count) of '\(part)'")
    }
  }

  @Test("nothing of white space", arguments: ["", " ", "\n\n \u{C}\t"])
  func empty(text: String) {
    #expect(Passages.ranges(in: Array(text.utf8)).isEmpty)
  }

  @Test("a short text is one passage, without the space around it")
  func short() {
    let bytes = Array("\n\n  One.\n\nTwo.  \n".utf8)
    #expect(Passages.ranges(in: bytes) == [4..<14])
  }

  /// A paragraph of sentences, exactly `count` bytes long.
  private func paragraph(_ count: Int) -> String {
    let text = String(repeating: "The council met and agreed on it. ", count: count / 34 + 1)
    return String(text.prefix(count - 2)) + "x."
  }

  @Test(
    "a heading stays with the paragraph that follows",
    arguments: [50, 300, 600, 700, 900, 960, 970, 990, 1000], [300, 700, 950])
  func headings(before: Int, after: Int) throws {
    let heading = "Chapter two: how we move"
    let text = paragraph(before) + "\n\n" + heading + "\n\n" + paragraph(after)
    let bytes = Array(text.utf8)
    let start = before + 2
    let behind = start + heading.utf8.count + 2
    let ranges = Passages.ranges(in: bytes)
    let holder = try #require(ranges.first { $0.contains(start) })
    #expect(holder.contains(behind), "cut into \(ranges), the heading lies at \(start)")
  }

  @Test("sentences stay whole where they can")
  func sentences() {
    let text = paragraph(4000)
    let bytes = Array(text.utf8)
    let ranges = Passages.ranges(in: bytes)
    #expect(ranges.count >= 3)
    for range in ranges { #expect(bytes[range.upperBound - 1] == UInt8(ascii: ".")) }
  }

  @Test("a long word is cut at white space where there is any in reach")
  func whiteSpace() {
    let bytes = Array(String(repeating: "word ", count: 1000).utf8)
    for range in Passages.ranges(in: bytes) {
      #expect(range.lowerBound % 5 == 0 && range.upperBound % 5 == 4)
    }
    // The only space in reach is the nearest allowed one.
    let far = Array(
      (String(repeating: "a", count: Passages.target) + " " + String(repeating: "b", count: 900))
        .utf8)
    #expect(Passages.ranges(in: far).first == 0..<Passages.target)
  }
}

@Suite("Markdown")
struct MarkdownTests {
  private func prose(_ text: String) -> String {
    String(decoding: Markdown.prose(Array(text.utf8)), as: UTF8.self)
  }

  @Test(
    "keeps length, line breaks, and all bytes that it does not blank",
    arguments: TestGenerator.seeds(30))
  func invariants(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let parts = [
      "# ", "## ", "- ", "* ", "> ", "+ ", "**", "_", "`", "```", "```swift", "\n", "\n\n", "[",
      "](",
      ")", "](http://a.org/b_c)", "![", "!", "https://example.org/x?y=z", "http://", "| ", "~~",
      "ciudad", "año ", "字", "😀", " ", "---", "[text](target)", "]",
    ]
    let text = (0..<generator.int(0...80)).map { _ in generator.pick(parts) }.joined()
    let source = Array(text.utf8)
    let result = Markdown.prose(source)
    #expect(result.count == source.count)
    #expect(zip(source, result).allSatisfy { $0 == $1 || ($1 == 0x20 && $0 != 0x0A) }, "\(text)")
    #expect(PlainText.firstInvalid(result) == nil, "\(text)")
  }

  @Test(
    "blanks what is not prose",
    arguments: [
      ("# Title", "  Title"), ("### Deep", "    Deep"), ("- item", "  item"), ("+ item", "  item"),
      ("> quoted", "  quoted"), ("**bold** _it_", "  bold    it "), ("| a | b |", "  a   b  "),
      ("see [the plan](https://a.org/p) now", "see  the plan                   now"),
      ("![map](m.png) x", "  map         x"),
      ("at https://a.org/b, and", "at                  and"),
      ("well-known C# + more!", "well-known C# + more!"), ("a `b` c", "a  b  c"),
      ("x\n```\ncode # y\n```\nz", "x\n   \n        \n   \nz"),
      ("```\nopen", "   \n    "), ("[a](b\nc)", " a (b\nc)"), ("half [a](b", "half  a (b"),
      ("~~old~~", "  old  "),
    ])
  func blanks(source: String, expected: String) {
    #expect(prose(source) == expected)
  }
}
