import Foundation
import TestSupport
import Testing

@testable import Classification

@Suite("Tokenizer")
struct TokenizerTests {
  private let tokenizer = TestModel.encoder.tokenizer

  /// Tokens stand side by side, on boundaries; gives false if not.
  private func areInOrder(_ tokens: [Token], in bytes: [UInt8]) -> Bool {
    var previous: UInt32?
    for token in tokens {
      guard token.start <= token.end, Int(token.end) <= bytes.count,
        isBoundary(Int(token.start), in: bytes), isBoundary(Int(token.end), in: bytes),
        previous.map({ $0 == token.start }) ?? true,
        (0..<Int32(EncoderShape.vocabulary)).contains(token.id)
      else { return false }
      previous = token.end
    }
    return true
  }

  @Test(
    "random Unicode never crashes, and offsets stay in order", arguments: TestGenerator.seeds(20))
  func fuzz(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    for _ in 0..<100 {
      let text = generator.text(generator.int(0...40), withControls: true)
      let tokens = tokenizer.tokens(of: text)
      #expect(areInOrder(tokens, in: Array(text.utf8)), "\(text.unicodeScalars.map(\.value))")
    }
  }

  @Test("tokens cover all but the spaces round a text", arguments: TestGenerator.seeds(10))
  func coverage(seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    for _ in 0..<30 {
      let text = generator.text(generator.int(1...60), withControls: false)
      let bytes = Array(text.utf8)
      let tokens = tokenizer.tokens(of: text)
      let start = tokens.first.map { Int($0.start) } ?? bytes.count
      let end = tokens.last.map { Int($0.end) } ?? bytes.count
      #expect(bytes[..<start].allSatisfy(PlainText.isSpace), "\(text.debugDescription)")
      #expect(bytes[end...].allSatisfy(PlainText.isSpace), "\(text.debugDescription)")
      #expect(areInOrder(tokens, in: bytes), "\(text.debugDescription)")
    }
  }

  @Test(
    "no text and white space have no tokens",
    arguments: ["", " ", "   \t\n\r\n ", "\u{3000}\u{A0}"])
  func empty(text: String) {
    #expect(tokenizer.tokens(of: text).isEmpty)
  }

  @Test("one emoji")
  func emoji() {
    for text in ["🚲", "👩🏽‍🚒", "🇪🇸"] {
      let tokens = tokenizer.tokens(of: text)
      #expect(!tokens.isEmpty)
      #expect(tokens.first?.start == 0)
      #expect(tokens.last.map { Int($0.end) } == text.utf8.count)
      #expect(areInOrder(tokens, in: Array(text.utf8)))
    }
  }

  @Test(
    "a word of 10,000 characters",
    arguments: ["a", "ß", "Straßenbahn", "\u{10348}", "字", "e\u{301}"])
  func longWord(part: String) {
    let text = String(repeating: part, count: 10_000 / part.unicodeScalars.count)
    let tokens = tokenizer.tokens(of: text)
    #expect(tokens.first?.start == 0)
    #expect(tokens.last.map { Int($0.end) } == text.utf8.count)
    #expect(areInOrder(tokens, in: Array(text.utf8)))
  }

  @Test("a run of unknown characters is one token")
  func unknownRun() {
    let tokens = tokenizer.tokens(of: "x \u{10348}\u{10349}\u{1034A} y")
    #expect(tokens.count(where: { $0.id == Tokenizer.unknown }) == 1)
  }

  @Test(
    "composed and decomposed letters give the same ids",
    arguments: [
      "La participación ciudadana en el año 2023", "Políticas de habitação e educação",
      "Une stratégie européenne, déjà adoptée", "Für größere Städte und Bürgermeister",
      "Łódź, Kraków i Gdańsk — usługi społeczne", "Città più vivibili, perché no",
    ])
  func normalisation(text: String) {
    let composed = text.precomposedStringWithCanonicalMapping
    let decomposed = text.decomposedStringWithCanonicalMapping
    #expect(Array(composed.utf8) != Array(decomposed.utf8))
    let tokens = tokenizer.tokens(of: decomposed)
    #expect(tokens.map(\.id) == tokenizer.tokens(of: composed).map(\.id))
    #expect(areInOrder(tokens, in: Array(decomposed.utf8)))
  }

  @Test("a kept scratch changes nothing")
  func scratch() {
    var scratch = Tokenizer.Scratch()
    for text in [String(repeating: "wide ", count: 500), "", "one", " ", "zwei drei"] {
      Array(text.utf8).withUnsafeBufferPointer { tokenizer.tokenize($0, scratch: &scratch) }
      #expect(scratch.tokens == tokenizer.tokens(of: text))
    }
  }
}

@Suite("DoubleArrayBuilder")
struct DoubleArrayBuilderTests {
  private func find(_ key: [UInt8], in units: [TrieUnit]) -> TrieUnit? {
    var state = 0
    for byte in key {
      let target = Int(units[state].base) + Int(byte)
      guard units.indices.contains(target), units[target].check == Int32(state), target != 0 else {
        return nil
      }
      state = target
    }
    return units[state].key >= 0 ? units[state] : nil
  }

  @Test("finds exactly the keys", arguments: TestGenerator.seeds(8))
  func findsExactlyTheKeys(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let alphabet = generator.pick([1, 2, 5, 40, 255])
    func key(_ generator: inout TestGenerator) -> [UInt8] {
      (0..<generator.int(1...generator.pick([2, 4, 12]))).map { _ in
        UInt8(generator.int(1...alphabet))
      }
    }
    var scores: [[UInt8]: (key: Int32, score: Float)] = [:]
    for index in 0..<generator.int(0...600) {
      scores[key(&generator)] = (Int32(index), generator.float())
    }
    let units = DoubleArrayBuilder(
      keys: scores.map { (bytes: $0.key, key: $0.value.key, score: $0.value.score) }
    ).units
    for (bytes, value) in scores {
      let unit = find(bytes, in: units)
      #expect(unit?.key == value.key && unit?.score == value.score)
    }
    for _ in 0..<500 {
      var other = key(&generator)
      if generator.int(0...1) == 0, let known = scores.keys.first {
        other = known + [UInt8(generator.int(0...255))]
      }
      #expect(find(other, in: units)?.key == scores[other]?.key)
    }
    // No look-up of any byte from any state leaves the array.
    #expect(units.allSatisfy { Int($0.base) + 255 < units.count })
  }
}
