import Foundation
import Testing

@testable import Classification

@Suite("LabelledText")
struct LabelledTextTests {
  private let networks = ["N1", "N2"]

  private func read(_ data: Data) throws(LabelledText.FileError) -> [LabelledText] {
    try LabelledText.read(jsonl: data, source: "a.jsonl", networks: networks)
  }

  @Test("reads what is right")
  func right() throws {
    let text = """
      {"id":"x","lang":"es","text":"Año","labels":["N2","N1"],"primary":"N2"}

      {"text":"b","labels":[],"primary":null}\r
      {"text":"c \\ud83d\\ude00","labels":["N1"],"primary":"N1","extra":1}
      """
    let texts = try read(Data(text.utf8))
    #expect(
      texts == [
        LabelledText(id: "x", language: "es", text: "Año", labels: ["N2", "N1"], primary: "N2"),
        LabelledText(id: "a.jsonl:3", language: "und", text: "b", labels: [], primary: nil),
        LabelledText(id: "a.jsonl:4", language: "und", text: "c 😀", labels: ["N1"], primary: "N1"),
      ])
    let encoded = try texts.map { try JSONEncoder().encode($0) + [0x0A] }.reduce(Data(), +)
    #expect(try read(encoded) == texts)
  }

  struct Wrong: CustomTestStringConvertible, Sendable {
    let line: [UInt8]
    let reason: String
    var testDescription: String { reason + ": " + String(decoding: line, as: UTF8.self) }

    init(_ line: String, _ reason: String) { (self.line, self.reason) = (Array(line.utf8), reason) }
    init(bytes: [UInt8], _ reason: String) { (line, self.reason) = (bytes, reason) }
  }

  static let wrong = [
    Wrong(#"{"text":"a","labels":["N9"],"primary":"N9"}"#, "unknown network 'N9'"),
    Wrong(#"{"text":"a","labels":["N1"],"primary":"N8"}"#, "unknown network 'N8'"),
    Wrong(#"{"text":"a","labels":["N1"],"primary":"N2"}"#, "not among the labels"),
    Wrong(#"{"text":"a","labels":[],"primary":"N2"}"#, "not among the labels"),
    Wrong(#"{"text":"a","labels":["N1"]}"#, "no primary network"),
    Wrong(#"{"text":"a","labels":["N1","N1"],"primary":"N1"}"#, "twice"),
    Wrong(#"{"labels":[],"primary":null}"#, "'text' is missing"),
    Wrong(#"{"text":"a","primary":null}"#, "'labels' is missing"),
    Wrong(#"{"text":3,"labels":[]}"#, "'text' has the wrong type"),
    Wrong(#"{"text":null,"labels":[]}"#, "'text' has the wrong type"),
    Wrong(#"{"text":"a","labels":"N1"}"#, "'labels' has the wrong type"),
    Wrong(#"{"text":"a","labels":[1]}"#, "wrong type"),
    Wrong(#"{"id":7,"text":"a","labels":[]}"#, "'id' has the wrong type"),
    Wrong(#"{"text":"a","labels":[]"#, "not valid JSON"),
    Wrong("hello", "not valid JSON"),
    Wrong(#"{"text":"a","labels":[]} {}"#, "not valid JSON"),
    Wrong(#"{"text":"a \ud800 b","labels":[]}"#, "not valid JSON"),
    Wrong(#"{"text":"a \udc00","labels":[]}"#, "not valid JSON"),
    Wrong(#"{"text":"a\u0000b","labels":[]}"#, "NUL at byte 1"),
    Wrong(#"{"text":"","labels":[]}"#, "empty"),
    Wrong(#"{"text":" \n","labels":[]}"#, "empty"),
    Wrong(bytes: Array(#"{"text":"a"#.utf8) + [0xFF] + Array(#"","labels":[]}"#.utf8), "byte 10"),
    Wrong(bytes: [0x7B, 0], "not valid JSON"),
    Wrong("[]", "wrong type"),
    Wrong(String(repeating: "[", count: 5000), "not valid JSON"),
  ]

  @Test("names what is wrong", arguments: wrong)
  func one(_ wrong: Wrong) {
    let error = #expect(throws: LabelledText.FileError.self) { try read(Data(wrong.line)) }
    #expect(error?.lines.count == 1)
    #expect(error?.lines.first?.line == 1)
    #expect(error?.lines.first?.reason.contains(wrong.reason) == true, "\(error as Any)")
    #expect(error?.description.hasPrefix("a.jsonl:1: ") == true)
  }

  @Test("names all wrong lines at once")
  func all() {
    let good = Array(#"{"text":"good","labels":["N1"],"primary":"N1"}"#.utf8)
    var data = Data()
    for wrong in Self.wrong { data += Data(good + [0x0A] + wrong.line + [0x0A, 0x0A]) }
    let error = #expect(throws: LabelledText.FileError.self) { try read(data) }
    #expect(error?.lines.map(\.line) == Self.wrong.indices.map { $0 * 3 + 2 })
    for (line, wrong) in zip(error?.lines ?? [], Self.wrong) {
      #expect(line.reason.contains(wrong.reason), "\(line)")
    }
  }

  @Test("an id stands once")
  func duplicateIdentifier() {
    let line = #"{"id":"x","text":"a","labels":[]}"# + "\n"
    let error = #expect(throws: LabelledText.FileError.self) { try read(Data((line + line).utf8)) }
    #expect(error?.lines.map(\.line) == [2])
    #expect(error?.lines.first?.reason.contains("'x' stands in a.jsonl:1") == true)
  }

  @Test("a file without texts", arguments: ["", "\n", " \r\n\n"])
  func empty(text: String) {
    let error = #expect(throws: LabelledText.FileError.self) { try read(Data(text.utf8)) }
    #expect(error?.lines.map(\.line) == [1])
    #expect(error?.description.contains("no texts") == true)
  }
}
