import Foundation
import Testing

@testable import Classification
@testable import Programme

@Suite("OrNull")
struct OrNullTests {
  private struct Record: Codable, Equatable {
    @OrNull var primary: String?
    var further: [String]
  }

  private let encoder = JSONEncoder()

  init() { encoder.outputFormatting = .sortedKeys }

  @Test(
    "keeps its key, and is read as it was written",
    arguments: [
      (nil, #"{"further":[],"primary":null}"#), ("N1", #"{"further":[],"primary":"N1"}"#),
    ]
  )
  func roundTrip(primary: String?, expected: String) throws {
    let record = Record(primary: primary, further: [])
    let data = try encoder.encode(record)
    #expect(String(decoding: data, as: UTF8.self) == expected)
    #expect(try JSONDecoder().decode(Record.self, from: data) == record)
  }

  @Test("a classification and a labelled text of no network say so")
  func records() throws {
    let none = Classification(
      primary: nil, further: [], scores: [], topic: 0, passages: [], tokens: 0)
    let text = LabelledText(id: "x", language: "en", text: "a", labels: [], primary: nil)
    for data in [try encoder.encode(none), try encoder.encode(text)] {
      #expect(String(decoding: data, as: UTF8.self).contains(#""primary":null"#))
    }
  }
}
