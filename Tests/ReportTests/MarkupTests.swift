import Foundation
import TestSupport
import Testing

@testable import Report

@Suite struct MarkupTests {
  private func scalar(_ value: UInt32) -> String {
    Unicode.Scalar(value).map { String(Character($0)) } ?? ""
  }

  /// Texts with much that a parser could take for its own.
  private func text(_ random: inout TestGenerator) -> String {
    let pieces = [
      "<", ">", "&", "\"", "'", "<script>alert(1)</script>", "]]>", "<![CDATA[", "<!--", "-->",
      "&amp;", "&#0;", "&lt", "</", "ñ", "字", "👩🏽‍🚒", "שלום", "\u{202E}", "\u{0}", "\u{1B}", "\u{7F}",
      "\u{85}", scalar(0xFFFE), scalar(0xFDD0), scalar(0x1FFFF), "\r\n", "\r", "\n", "\t", "a", " ",
      "style=",
      "javascript:", "\u{10FFFD}", "e\u{301}", "\\u003c",
    ]
    return (0..<random.int(0...12)).map { _ in
      random.int(0...5) == 0
        ? scalar(UInt32(random.int(0x20...0xD7FF)))
        : pieces[random.int(0...pieces.count - 1)]
    }.joined()
  }

  /// What a page can hold of a text.
  private func holdable(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    var isAfterReturn = false
    for scalar in text.unicodeScalars {
      defer { isAfterReturn = scalar == "\r" }
      switch scalar.value {
      case 0x0A where isAfterReturn: continue
      case 0x0D: scalars.append("\n")
      case 0x09, 0x0A: scalars.append(scalar)
      case 0..<0x20, 0x7F..<0xA0, 0xFDD0...0xFDEF: scalars.append("\u{FFFD}")
      case let value where value & 0xFFFE == 0xFFFE: scalars.append("\u{FFFD}")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  @Test(arguments: TestGenerator.seeds(400))
  func everyTextComesThroughAParser(seed: UInt64) {
    var random = TestGenerator(seed: seed)
    let (text, value) = (text(&random), text(&random))
    let node = tag("p", Attribute("title", value)) {
      text
      tag("b") { "|" }
    }
    let parsed = ParsedMarkup(MarkupWriter.bytes(of: [node]))
    #expect(parsed.problem == nil)
    #expect(Array(parsed.text.unicodeScalars) == Array((holdable(text) + "|").unicodeScalars))
    // A parser makes spaces of line ends and tabs in attributes.
    let shown = String(
      String.UnicodeScalarView(
        holdable(value).unicodeScalars.map { ["\n", "\t"].contains($0) ? " " : $0 }))
    #expect(
      Array((parsed.elements.first?.attributes["title"] ?? "").unicodeScalars)
        == Array(shown.unicodeScalars))
    #expect(parsed.elements.map(\.name) == ["p", "b"])
  }

  @Test(arguments: TestGenerator.seeds(200))
  func dataForTheScriptComesBack(seed: UInt64) throws {
    var random = TestGenerator(seed: seed)
    let texts = (0..<3).map { _ in text(&random) }
    let bytes = MarkupWriter.bytes(of: [ScriptData.node(Anchor("data"), texts)])
    let markup = String(decoding: bytes, as: UTF8.self)
    let json = try #require(
      markup.split(separator: ">", maxSplits: 1).last?.split(separator: "<").first)
    #expect(try JSONDecoder().decode([String].self, from: Data(json.utf8)) == texts)
    #expect(markup.components(separatedBy: "<").count == 3)
  }

  @Test func whatWouldEndAScriptIsLeftOut() {
    for text in ["</script>", "<!--", "]]>"] {
      let bytes = MarkupWriter.bytes(of: [tag("script") { text }])
      #expect(String(decoding: bytes, as: UTF8.self) == "<script></script>")
    }
  }

  @Test(arguments: [
    ("sao-paulo", "p-sao-paulo"), ("a b", "p-a_20b"), ("a_b", "p-a_5fb"), ("", "p"),
    ("é", "p-_c3_a9"), ("\"><x", "p-_22_3e_3cx"),
  ])
  func anchorsAreIds(name: String, id: String) {
    #expect(Anchor("p", name).id == id)
  }

  @Test(arguments: [
    (0, "0"), (-0.04, "0"), (12.34, "12.3"), (-0.5, "-0.5"), (1e3, "1000"), (.nan, "0"),
  ])
  func coordinates(value: Double, text: String) {
    #expect(coordinate(value) == text)
  }
}
