import Foundation
import Testing

@testable import Programme

@Suite("JSON parser")
struct JSONParserTests {
  private func parse(_ text: String) throws -> JSONNode {
    try JSONParser.parse(Array(text.utf8)[...])
  }

  @Test(
    "refuses what is not JSON, says where and what to do",
    arguments: [
      ("", 1, 1, "there is the end", "cut off"),
      ("{\n  \"a\": 1,\n}", 2, 9, "',' before the closing '}'", "remove"),
      ("[1, 2,]", 1, 6, "',' before the closing ']'", "remove"),
      ("[1 2]", 1, 4, "'2' where ',' or ']' should stand", "put a ','"),
      ("{\"a\" 1}", 1, 6, "'1' after the key 'a'", "':'"),
      ("{a: 1}", 1, 2, "'a' where a key should stand", "double quotes"),
      ("[\n\n'a']", 3, 1, "''' where a value should stand", "double quotes"),
      ("[01]", 1, 3, "a number in a form", "12 or 0.5"),
      ("[1.]", 1, 4, "a number in a form", "12 or 0.5"),
      ("[-]", 1, 3, "a number in a form", "12 or 0.5"),
      ("[1e+]", 1, 5, "a number in a form", "12 or 0.5"),
      ("[NaN]", 1, 2, "'N' where a value should stand", "write a number"),
      ("\"abc", 1, 5, "a text that does not end", "close it"),
      ("\"a\nb\"", 1, 3, "goes on over the end of its line", "close the text"),
      ("\"a\u{1}b\"", 1, 3, "a control character", "\\u00XX"),
      ("\"\\x\"", 1, 4, "nothing valid behind it", "\\\\"),
      ("\"\\ud83d\"", 1, 8, "nothing valid behind it", "\\\\"),
      ("\"\\udc00\"", 1, 8, "nothing valid behind it", "\\\\"),
      ("\"\\u12", 1, 4, "nothing valid behind it", "\\\\"),
      ("{} {}", 1, 4, "'{' after its end", "keep one value"),
      ("[1, 2", 1, 6, "the end where ','", "cut off"),
      ("// note\n{}", 1, 1, "'/' where a value should stand", "write"),
    ])
  func refusals(_ text: String, _ line: Int, _ column: Int, _ problem: String, _ remedy: String)
    throws
  {
    let error = try #require(throws: JSONSyntaxError.self) { try parse(text) }
    #expect(error.line == line)
    #expect(error.column == column)
    #expect(error.problem.contains(problem), "\(error.problem)")
    #expect(error.remedy.contains(remedy), "\(error.remedy)")
  }

  @Test("refuses text that is not UTF-8")
  func encoding() throws {
    let bytes = Array("[\"M".utf8) + [0xE1] + Array("laga\"]".utf8)
    let error = try #require(throws: JSONSyntaxError.self) { try JSONParser.parse(bytes[...]) }
    #expect(error.problem.contains("not UTF-8"))
    #expect(error.remedy.contains("save the file"))
  }

  @Test("refuses nesting only beyond its limit")
  func nesting() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try parse(nested(JSONParser.maximumDepth))
    #expect(throws: JSONSyntaxError.self) { try parse(nested(JSONParser.maximumDepth + 1)) }
    #expect(throws: JSONSyntaxError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
  }

  @Test(
    "reads texts",
    arguments: [
      (#""""#, ""), (#""São Paulo""#, "São Paulo"), (#""\u0053\u00e3o""#, "São"),
      (#""a\"b\\c\/d\b\f\n\r\t""#, "a\"b\\c/d\u{8}\u{C}\n\r\t"), (#""\ud83d\ude8c!""#, "🚌!"),
      ("\u{FEFF}\"x\"", "x"),
    ])
  func texts(_ json: String, _ expected: String) throws {
    guard case .text(let text) = try parse(json).value else {
      Issue.record("no text")
      return
    }
    #expect(text == expected)
  }

  @Test("knows the line of each value")
  func lines() throws {
    guard case .object(let members) = try parse("\n{ \"a\": 1,\r\n \"b\":\n [\n2] }").value,
      case .list(let elements) = members[1].node.value
    else {
      Issue.record("no object with a list")
      return
    }
    #expect(members.map(\.key) == ["a", "b"])
    #expect(members.map(\.node.line) == [2, 4])
    #expect(elements.map(\.line) == [5])
  }

  @Test("agrees with Foundation about what is JSON, on 3,000 damaged texts")
  func agreement() throws {
    let text = "{\"name\": \"Río\\n\", \"list\": [1, -2.5e3, true, null, {\"a\": {}}], \"x\": [] }"
    let original = Array(text.utf8)
    let material = Array("{}[]\",:\\0123456789eE+-.truefalsn \n\t".utf8)
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<3000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...2, using: &generator) {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes.remove(at: at)
        case 1: bytes.insert(material.randomElement(using: &generator) ?? 0, at: at)
        default: bytes[at] = material.randomElement(using: &generator) ?? 0
        }
      }
      let theirs = (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
      do {
        _ = try JSONParser.parse(bytes[...])
        #expect(theirs, "\(String(decoding: bytes, as: UTF8.self))")
      } catch  where !error.problem.contains("',' before the closing") {
        #expect(!theirs, "\(error): \(String(decoding: bytes, as: UTF8.self))")
      } catch {
        // Foundation lets such a comma pass; the standard does not.
      }
    }
  }
}
