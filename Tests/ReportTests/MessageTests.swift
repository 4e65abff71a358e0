import Foundation
import TestSupport
import Testing

@testable import Report

@Suite struct MessageTests {
  private static let tables: [(name: String, messages: [(key: String, message: Message)])] = [
    table(SharedKey.self), table(CohortKey.self), table(ReasonKey.self), table(PeopleKey.self),
    table(ParticipantKey.self), table(ReassignmentKey.self), table(FactorKey.self),
    table(KindKey.self), table(VerdictKey.self), table(ObjectiveKey.self), table(SignalKey.self),
    (
      "CountKey",
      CountKey.allCases.flatMap {
        [("\($0).one", $0.message.one), ("\($0).many", $0.message.many)]
      }
    ),
  ]

  private static func table<Key: MessageKey>(
    _ type: Key.Type
  ) -> (name: String, messages: [(key: String, message: Message)]) {
    ("\(type)", Key.allCases.map { ("\($0)", $0.message) })
  }

  @Test func everyMessageSaysTheSameInEveryLanguage() {
    for table in Self.tables {
      for (key, message) in table.messages {
        let texts = Language.allCases.map { message[$0] }
        let places = texts.map { Set($0.matches(of: /\{\d\}/).map { String($0.output) }) }
        #expect(Set(places).count == 1, "\(table.name).\(key)")
        for text in texts {
          #expect(
            !text.isEmpty && text == text.trimmingCharacters(in: .whitespaces),
            "\(table.name).\(key)")
          #expect(text.hasSuffix(".") == texts[0].hasSuffix("."), "\(table.name).\(key)")
        }
      }
    }
  }

  @Test func wordsAreFilledInOnce() {
    let words = Words(.english)
    #expect(words(SharedKey.reachedOf, "{1}", "{0}") == "{1} of {0}")
    #expect(words.count(.pairs, 1) == "1 pair")
    #expect(words.count(.pairs, 0) == "0 pairs")
    #expect(words.count(.moves, 2, "91") == "2 of 91 participants move")
  }

  @Test(arguments: [
    (Language.english, "1,234,567", "0.541", "−1,234.50", "93%", "26 November 2026"),
    (
      .spanish, "1\u{202F}234\u{202F}567", "0,541", "−1234,50", "93\u{A0}%",
      "26 de noviembre de 2026"
    ),
    (.portuguese, "1.234.567", "0,541", "−1.234,50", "93\u{A0}%", "26 de novembro de 2026"),
  ])
  func formats(
    language: Language, whole: String, score: String, negative: String, percent: String,
    date: String
  ) {
    let formats = Formats(language)
    #expect(formats.whole(1_234_567) == whole)
    #expect(formats.whole(999) == "999")
    #expect(formats.score(0.5411) == score)
    #expect(formats.number(-1234.5, decimals: 2) == negative)
    #expect(formats.percent(0.9273) == percent)
    #expect(formats.date(Day(year: 2026, month: 11, day: 26)) == date)
    #expect(formats.signed(-0.001) == formats.signed(0))
    #expect(formats.score(.nan) == "–")
  }

  @Test(arguments: [
    ("2026-11-26", true), ("2024-02-29", true), ("2026-02-29", false), ("2026-13-01", false),
    ("26-11-2026", false), ("2026-1-1", false), ("", false), ("2026-11-00", false),
  ])
  func days(text: String, isDay: Bool) {
    #expect((Day(text) != nil) == isDay)
    if isDay { #expect(Day(text)?.iso == text) }
  }
}
