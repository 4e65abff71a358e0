import Foundation
import TestSupport
import Testing

@testable import Classification

@Suite("PlainText")
struct PlainTextTests {
  struct Wrong: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    let offset: Int
    var testDescription: String { name }
  }

  static let wrong: [Wrong] = [
    Wrong(name: "a lone continuation", bytes: [0x61, 0x80, 0x62], offset: 1),
    Wrong(name: "a lone last continuation", bytes: [0x61, 0xBF], offset: 1),
    Wrong(name: "overlong NUL", bytes: [0xC0, 0x80], offset: 0),
    Wrong(name: "overlong slash", bytes: [0x61, 0xC1, 0xAF], offset: 1),
    Wrong(name: "overlong in three", bytes: [0xE0, 0x9F, 0xBF], offset: 0),
    Wrong(name: "overlong in four", bytes: [0xF0, 0x8F, 0xBF, 0xBF], offset: 0),
    Wrong(name: "first surrogate", bytes: [0x61, 0x62, 0xED, 0xA0, 0x80], offset: 2),
    Wrong(name: "last surrogate", bytes: [0xED, 0xBF, 0xBF], offset: 0),
    Wrong(name: "a pair of surrogates", bytes: [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], offset: 0),
    Wrong(name: "U+110000", bytes: [0x61, 0xF4, 0x90, 0x80, 0x80], offset: 1),
    Wrong(name: "lead F5", bytes: [0xF5, 0x80, 0x80, 0x80], offset: 0),
    Wrong(name: "FE and FF", bytes: [0x61, 0xFE, 0xFF], offset: 1),
    Wrong(name: "cut off after one of two", bytes: [0x61, 0xC3], offset: 1),
    Wrong(name: "cut off after two of three", bytes: [0xE2, 0x82], offset: 0),
    Wrong(name: "cut off after three of four", bytes: [0x20, 0xF0, 0x9F, 0x98], offset: 1),
    Wrong(name: "two of three and a letter", bytes: [0xE2, 0x82, 0x61], offset: 0),
    Wrong(name: "three of four and a letter", bytes: [0xF0, 0x9F, 0x98, 0x61], offset: 0),
    Wrong(name: "behind good ones", bytes: Array("aé€😀".utf8) + [0xFF], offset: 10),
    Wrong(name: "Latin-1", bytes: [0x61, 0xF1, 0x6F], offset: 1),
    Wrong(name: "behind a mark", bytes: [0xEF, 0xBB, 0xBF, 0x61, 0xFF], offset: 4),
    Wrong(name: "right behind a mark", bytes: [0xEF, 0xBB, 0xBF, 0xC3], offset: 3),
    Wrong(name: "half a mark", bytes: [0xEF, 0xBB], offset: 0),
  ]

  @Test("names the first wrong byte", arguments: wrong)
  func invalidUTF8(_ wrong: Wrong) {
    #expect(throws: TextError.invalidUTF8(offset: wrong.offset)) {
      try PlainText(Data(wrong.bytes))
    }
    // A slice of a larger buffer counts from its own start.
    #expect(throws: TextError.invalidUTF8(offset: wrong.offset)) {
      try PlainText((Data([1, 2, 3]) + Data(wrong.bytes)).dropFirst(3))
    }
  }

  @Test("accepts the ends of every range")
  func rangeEnds() throws {
    for value: UInt32 in [1, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x1_0000, 0x10_FFFF]
    {
      let scalar = try #require(Unicode.Scalar(value))
      let text = "a" + String(Character(scalar))
      #expect(try PlainText(text).utf8 == Array(text.utf8))
    }
  }

  @Test(
    "firstInvalid is where the longest valid beginning ends", arguments: TestGenerator.seeds(10))
  func firstInvalid(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let frequent: [UInt8] = [
      0x61, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF,
      0xF0, 0xF1, 0xF4, 0xF5,
    ]
    for _ in 0..<300 {
      let bytes: [UInt8] = (0..<generator.int(0...8)).map { _ in
        generator.int(0...4) == 0 ? UInt8(generator.int(0...255)) : generator.pick(frequent)
      }
      let valid = (0...bytes.count).last {
        String(validating: bytes[..<$0], as: UTF8.self) != nil
      }
      let expected = valid == bytes.count ? nil : valid
      #expect(PlainText.firstInvalid(bytes) == expected, "\(bytes)")
    }
  }

  @Test("a NUL, with its offset")
  func nul() {
    #expect(throws: TextError.nul(offset: 0)) { try PlainText("\0") }
    #expect(throws: TextError.nul(offset: 3)) { try PlainText("añ\0b") }
    #expect(throws: TextError.nul(offset: 4)) { try PlainText("\u{FEFF}a\0") }
    #expect(throws: TextError.nul(offset: 1)) {
      try PlainText(Data("hello".utf16.flatMap { [UInt8($0), 0] }))
    }
  }

  @Test(
    "empty and white space", arguments: ["", " ", "\n\r\t \u{B}\u{C}", "\u{FEFF}", "\u{FEFF} \n"])
  func empty(text: String) {
    #expect(throws: TextError.empty) { try PlainText(text) }
  }

  @Test("the limit counts bytes and is allowed")
  func limit() throws {
    #expect(try PlainText(String(repeating: "é", count: 49) + "a", limit: 100).utf8.count == 99)
    #expect(try PlainText(String(repeating: "é", count: 50), limit: 100).utf8.count == 100)
    #expect(throws: TextError.tooLarge(bytes: 101, limit: 100)) {
      try PlainText(String(repeating: "é", count: 50) + "a", limit: 100)
    }
    #expect(throws: TextError.tooLarge(bytes: 1, limit: 0)) { try PlainText("a", limit: 0) }
  }

  @Test("a byte order mark is dropped, only the first")
  func mark() throws {
    #expect(try PlainText("\u{FEFF}ab").utf8 == Array("ab".utf8))
    #expect(try PlainText("\u{FEFF}\u{FEFF}ab").utf8 == Array("\u{FEFF}ab".utf8))
  }

  @Test("every error says what to do")
  func descriptions() {
    #expect(TextError.empty.description.contains("empty"))
    #expect(TextError.tooLarge(bytes: 7, limit: 5).description.contains("7 bytes, the limit is 5"))
    #expect(TextError.invalidUTF8(offset: 12).description.contains("byte 12"))
    #expect(TextError.nul(offset: 12).description.contains("byte 12"))
  }

  @Test("16 MiB are read and cut; a byte more is refused")
  func largest() throws {
    let line = "Año tras año, la ciudad abre sus datos y escucha a sus vecinos. \n"
    var data = Data(repeating: 0x61, count: PlainText.defaultLimit)
    let unit = Data(String(repeating: line, count: 1000).utf8)
    for start in stride(from: 0, to: data.count - unit.count, by: unit.count) {
      data.replaceSubrange(start..<start + unit.count, with: unit)
    }
    let text = try PlainText(data)
    let ranges = Passages.ranges(in: text.utf8)
    #expect(ranges.count >= PlainText.defaultLimit / Passages.maximum)
    #expect(ranges.allSatisfy { $0.count <= Passages.maximum })
    data.append(0x61)
    #expect(throws: TextError.tooLarge(bytes: data.count, limit: PlainText.defaultLimit)) {
      try PlainText(data)
    }
  }
}
