import Foundation
import TestSupport

@testable import Classification

/// The committed corpus and texts made of it.
enum TestCorpus {
  static let networks = (1...7).map { "N\($0)" }
  static let folder = Repository.root.appending(path: "Corpus")

  static let whole: Result<Corpus, any Error> = Result {
    try Corpus(folder: folder, networks: networks)
  }

  static var texts: [LabelledText] { get throws { try whole.get().texts } }

  /// The passages of one file, such as "en-none".
  static func passages(_ file: String) throws -> [LabelledText] {
    let data = try Data(contentsOf: folder.appending(path: "\(file).jsonl"))
    return try LabelledText.read(jsonl: data, source: file, networks: networks)
  }

  /// Heads with random weights.
  static func randomHeads(_ generator: inout TestGenerator, labels: [String]) -> Heads {
    let count = labels.count + 1
    return Heads(
      labels: labels, encoder: Encoder.name,
      tokenWeights: generator.floats(count * Encoder.featureCount).map { $0 * 0.2 },
      tokenOffsets: generator.floats(count),
      sharpness: (0..<count).map { _ in 0.1 + abs(generator.float()) },
      bounds: (0..<count).map { _ in 1 + 9 * abs(generator.float()) }, window: 2,
      embeddingWeights: generator.floats(count * Encoder.embeddingLength),
      bias: generator.floats(count), thresholds: labels.map { _ in 0.5 }, topicThreshold: 0.3,
      content: ContentSpace(
        embeddings: generator.floats(Encoder.embeddingLength * 3), languages: ["en", "es", "pt"]),
      corpus: .init(passages: 1, files: ["a.jsonl"], checksum: "0123456789abcdef"),
      metrics: .init(
        folds: 5, macroF1: 0.5, microF1: 0.25, primaryAccuracy: 0.125, inLabels: 1, lrap: 0.75,
        ece: 0.01, noneRecall: 0.1))
  }
}

extension TestGenerator {
  /// Valid Unicode text of any kind: scripts of all lengths in UTF-8, marks that
  /// combine, emoji, spaces, and (when asked) controls and what nobody assigned.
  mutating func text(_ count: Int, withControls: Bool) -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<count {
      let range: ClosedRange<Int> =
        switch int(0...(withControls ? 12 : 9)) {
        case 0...2: 0x61...0x7A
        case 3: 0x20...0x20
        case 4: 0x21...0x7E
        case 5: 0xC0...0x24F
        case 6: 0x391...0x3A1
        case 7: 0x4E00...0x9FFF
        case 8: 0xAC00...0xD7A3
        case 9: 0x1F600...0x1F64F
        case 10: 0x300...0x36F
        case 11: 0x1...0xFFFF
        default: 0x1_0000...0x10_FFFF
        }
      if let scalar = Unicode.Scalar(UInt32(int(range))) { scalars.append(scalar) }
    }
    return String(scalars)
  }
}

/// Whether a position in UTF-8 lies between two characters (scalars).
func isBoundary(_ at: Int, in bytes: [UInt8]) -> Bool {
  at == bytes.count || (bytes.indices.contains(at) && bytes[at] & 0xC0 != 0x80)
}
