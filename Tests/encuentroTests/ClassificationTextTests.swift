import Foundation
import Programme
import Results
import Testing

@testable import MatchmakingService
@testable import encuentro

@Suite struct ClassificationTextTests {
  private typealias Word = ClassificationView.WordView

  /// A view of one passage that starts at byte 100 of its document.
  private func view(_ text: String, _ words: [(String, Double)]) throws -> ClassificationView {
    var views: [Word] = []
    var from = text.startIndex
    for (word, contribution) in words {
      let range = try #require(text.range(of: word, range: from..<text.endIndex))
      from = range.upperBound
      let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
      views.append(Word(text: word, start: 100 + start, contribution: contribution))
    }
    let passage = ClassificationView.PassageView(
      start: 100, end: 100 + text.utf8.count, share: 1, logit: 1, constant: 0, text: text,
      words: views)
    return ClassificationView(
      document: "plan.txt", primary: "N1", further: [], scores: [], topic: 1, passages: 1,
      tokens: 9,
      evidence: [
        .init(network: "N1", logit: 1, dilution: 0, otherPassages: 0, passages: [passage])
      ])
  }

  /// The passage's lines, with [ ] round what is highlighted strongly and ( )
  /// round what is highlighted.
  private func passage(_ view: ClassificationView) throws -> [String] {
    let console = Console(isColoured: true, showsProgress: false)
    let text = ClassificationText(view, try ProgrammeDefinition.bulletin, console).text
    return text.replacing(/\u{1B}\[1;30;43m(.*?)\u{1B}\[0m/) { "[\($0.output.1)]" }
      .replacing(/\u{1B}\[33m(.*?)\u{1B}\[0m/) { "(\($0.output.1))" }
      .split(separator: "\n").filter { $0.hasPrefix("    ") && !$0.contains("carried by") }
      .map { String($0.dropFirst(4)) }
  }

  @Test func wordsAreHighlightedWhereTheyStand() throws {
    let text = "Trams, buses: “trams”—tramway tram-trams."
    let found = try passage(
      view(text, [("Trams", 2), ("buses", 1.5), ("trams", 2), ("tramway", -1), ("trams", 2)]))
    #expect(found == ["[Trams], (buses): “[trams]”—tramway tram-[trams]."])
  }

  @Test(arguments: [
    ("改善公共交通，让居民出行", "公共交通", "改善[公共交通]，让居民出行"),
    ("ขยายเส้นทางจักรยาน", "จักรยาน", "ขยายเส้นทาง[จักรยาน]"),
    ("تبني المدينة مسارات آمنة", "مسارات", "تبني المدينة [مسارات] آمنة"),
    ("bicicletas 👩🏽‍🚒 año", "año", "bicicletas 👩🏽‍🚒 [año]"),
  ])
  func everyScript(text: String, word: String, expected: String) throws {
    #expect(try passage(view(text, [(word, 1)])) == [expected])
  }

  @Test func aWordOverWhiteSpaceIsLeftAsItIs() throws {
    #expect(
      try passage(view("cycle\u{B}paths trams", [("cycle\u{B}paths", 1), ("trams", 2)])) == [
        "cycle paths [trams]"
      ])
  }

  @Test func highlightingDoesNotCountAsWidth() throws {
    let text = (0..<60).map { _ in "tram" }.joined(separator: " ")
    let lines = try passage(view(text, Array(repeating: ("tram", 1), count: 60)))
    let plain = try passage(view(text, []))
    #expect(lines.count == plain.count && lines.count > 1)
    #expect(lines.map { $0.replacing(/[\[\]]/, with: "") } == plain)
  }

  @Test(arguments: [
    ("a\u{1B}[2Jb", "a\u{FFFD}[2Jb"), ("\u{202E}x\u{2069}", "\u{FFFD}x\u{FFFD}"),
    ("\u{9B}31m\u{7F}", "\u{FFFD}31m\u{FFFD}"), ("año 字 👩🏽‍🚒 مدينة", "año 字 👩🏽‍🚒 مدينة"),
    ("a\r\nb", "a\u{FFFD}\u{FFFD}b"),
  ])
  func harmless(text: String, expected: String) { #expect(text.harmless == expected) }
}
