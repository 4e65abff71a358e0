import Foundation
import TestSupport
import Testing

@testable import Classification

/// The texts of encoder-texts.jsonl against what the Python package gives for
/// them (dev/record-encoder-reference.py).
@Suite("Encoder against its reference")
struct EncoderReferenceTests {
  private struct Source: Decodable {
    let lang: String
    let text: String
  }

  /// A line of encoder-reference.jsonl.
  private struct Reference: Decodable {
    let ids: [Int32]
    let embedding: Halves
    let mean: Halves
    /// Rows of which the features were recorded too.
    let rows: [Int]?
    let features: Halves?
  }

  /// Numbers kept as base64 of little-endian float16.
  private struct Halves: Decodable {
    let values: [Float]

    init(from decoder: any Decoder) throws {
      let bytes = [UInt8](try decoder.singleValueContainer().decode(Data.self))
      values = stride(from: 0, to: bytes.count - 1, by: 2).map {
        Float(Float16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8))
      }
    }
  }

  private struct Example {
    /// Language and line, to find a text that fails.
    let name: String
    let language: String
    let text: String
    let reference: Reference
  }

  private let encoder = TestModel.encoder
  private let examples: [Example]

  init() throws {
    func lines<Line: Decodable>(_ name: String) throws -> [Line] {
      let url = try #require(
        Bundle.module.url(forResource: name, withExtension: "jsonl", subdirectory: "Fixtures"))
      return try Data(contentsOf: url).split(separator: UInt8(ascii: "\n")).map {
        try JSONDecoder().decode(Line.self, from: $0)
      }
    }
    let sources: [Source] = try lines("encoder-texts")
    let references: [Reference] = try lines("encoder-reference")
    try #require(sources.count == references.count, "record the reference again")
    examples = zip(sources, references).enumerated().map { index, pair in
      Example(
        name: "\(pair.0.lang), line \(index + 1)", language: pair.0.lang, text: pair.0.text,
        reference: pair.1)
    }
  }

  @Test("the fixtures cover every language of the encoder")
  func coverage() {
    #expect(examples.count == 200)
    let counts = Dictionary(grouping: examples, by: \.language).mapValues(\.count)
    #expect(
      Set(counts.keys) == [
        "ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh-cn",
        "zh-tw",
      ])
    #expect(counts.values.allSatisfy { $0 >= 12 })
    #expect(examples.count { $0.reference.rows != nil } == 20)
  }

  @Test("gives the same token ids")
  func ids() {
    for example in examples {
      let ids = encoder.tokenizer.tokens(of: example.text).map(\.id)
      #expect(ids == example.reference.ids, "\(example.name)")
    }
  }

  @Test("gives the same embeddings and features, up to quantisation")
  func values() throws {
    let width = Encoder.featureCount
    let batch = EncoderBatch()
    for example in examples {
      encode([example], in: batch)
      let name = Comment(rawValue: example.name)
      let reference = example.reference
      #expect(try cosine(encoder.embeddings(of: batch), reference.embedding.values) >= 0.999, name)

      var mean = [Float](repeating: 0, count: width)
      let tokens = encoder.addFeatures(of: 0, in: batch, to: &mean, at: 0)
      #expect(tokens == reference.ids.count + 2, name)
      for index in mean.indices { mean[index] /= Float(tokens) }
      #expect(try cosine(mean, reference.mean.values) >= 0.999, name)

      guard let rows = reference.rows else { continue }
      let recorded = try #require(reference.features, name).values
      try #require(recorded.count == rows.count * width, name)
      for (index, row) in rows.enumerated() {
        try #require(row < tokens, name)
        let features = batch.withFeatures(of: 0) { Array($0[row * width..<(row + 1) * width]) }
        let expected = recorded[index * width..<(index + 1) * width]
        #expect(try cosine(features, Array(expected)) >= 0.999, "\(name), row \(row)")
      }
    }
  }

  @Test("gives the same bits in one batch with all other texts")
  func oneBatch() throws {
    let alone = alone()
    let batch = EncoderBatch()
    encode(examples, in: batch)
    for (index, bits) in bits(of: batch).enumerated() {
      #expect(bits == alone[index], "\(examples[index].name)")
    }
  }

  @Test("gives the same bits in batches of any company", arguments: TestGenerator.seeds(3))
  func anyBatch(seed: UInt64) throws {
    let alone = alone()
    var generator = TestGenerator(seed: seed)
    var rest = Array(examples.indices.shuffled(using: &generator))
    // One batch for all, so that each finds what the one before left there.
    let batch = EncoderBatch()
    while !rest.isEmpty {
      let group = Array(rest.prefix(generator.int(1...9)))
      rest.removeFirst(group.count)
      encode(group.map { examples[$0] }, in: batch)
      for (index, bits) in zip(group, bits(of: batch)) {
        #expect(bits == alone[index], "\(examples[index].name), with \(group)")
      }
    }
  }

  // MARK: - Helpers

  /// All bytes that the encoder gives for a text.
  private struct Bits: Equatable, CustomTestStringConvertible {
    let embedding: Data
    let features: Data

    var testDescription: String { "\(embedding.count) + \(features.count) bytes" }
  }

  private func encode(_ examples: [Example], in batch: EncoderBatch) {
    batch.removeAll()
    for example in examples { batch.append(encoder.tokenizer.tokens(of: example.text)) }
    encoder.encode(batch)
  }

  private func bits(of batch: EncoderBatch) -> [Bits] {
    let embeddings = encoder.embeddings(of: batch)
    return (0..<batch.count).map { sequence in
      let start = sequence * Encoder.embeddingLength
      return Bits(
        embedding: embeddings[start..<start + Encoder.embeddingLength].withUnsafeBytes { Data($0) },
        features: batch.withFeatures(of: sequence) { Data(buffer: $0) })
    }
  }

  /// What each text gives in a batch of its own.
  private func alone() -> [Bits] {
    examples.flatMap { example in
      let batch = EncoderBatch()
      encode([example], in: batch)
      return bits(of: batch)
    }
  }

  private func cosine(_ a: [Float], _ b: [Float]) throws -> Double {
    try #require(a.count == b.count)
    var product = 0.0
    var squares = (0.0, 0.0)
    for (x, y) in zip(a, b) {
      product += Double(x) * Double(y)
      squares.0 += Double(x) * Double(x)
      squares.1 += Double(y) * Double(y)
    }
    return product / (squares.0 * squares.1).squareRoot()
  }
}
