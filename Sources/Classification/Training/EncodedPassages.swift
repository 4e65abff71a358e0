private import CVectorKernels
import Foundation

/// Token features and embeddings of many passages, for training.
///
/// Features are kept along the principal axes of some of the tokens: what the
/// other axes hold is noise to a corpus of any size that people write, and
/// learning takes a third of the time and of the memory without them.
struct EncodedPassages {
  /// Features of every token, `width` values each, the marks left out, passage
  /// after passage.
  private(set) var features: [Float] = []
  let width: Int
  /// 512 values for each passage.
  private(set) var embeddings: [Float] = []
  /// First token of each passage, and the number of all tokens at the end.
  private(set) var starts: [Int] = [0]
  /// The mean of all tokens' features, `width` values.
  private(set) var mean: [Float] = []
  /// The mean of all tokens' features as the encoder gives them.
  private(set) var fullMean: [Float]
  /// `width` axes of 1,280 values; nil when features are as the encoder gives
  /// them.
  private let axes: [Float]?

  var count: Int { starts.count - 1 }

  /// Tokens that the axes are found from.
  private static let sample = 20_000

  /// - Parameter axes: how many axes to keep; nil for features as they are.
  init(
    _ texts: [String], encoder: Encoder, axes count: Int?, progress: (Int) throws -> Void
  ) rethrows {
    axes = count.flatMap { Self.axes(of: texts, encoder: encoder, count: $0) }
    width = axes.map { $0.count / Encoder.featureCount } ?? Encoder.featureCount
    fullMean = [Float](repeating: 0, count: Encoder.featureCount)
    try Self.encode(texts, encoder: encoder) { batch, embeddings, done in
      self.embeddings += embeddings
      for sequence in 0..<batch.count { add(sequence, of: batch) }
      try progress(done)
    }
    mean = [Float](repeating: 0, count: width)
    guard let tokens = starts.last, tokens > 0 else { return }
    vk_add_rows(features, tokens, width, width, &mean)
    for index in mean.indices { mean[index] /= Float(tokens) }
    for index in fullMean.indices { fullMean[index] /= Float(tokens) }
  }

  private mutating func add(_ sequence: Int, of batch: EncoderBatch) {
    let full = Encoder.featureCount
    batch.withFeatures(of: sequence) { rows in
      let own = UnsafeBufferPointer(rebasing: rows[full..<max(full, rows.count - full)])
      let tokens = own.count / full
      guard tokens > 0, let start = own.baseAddress else { return }
      vk_add_rows(start, tokens, full, full, &fullMean)
      if let axes {
        features += [Float](unsafeUninitializedCapacity: tokens * width) { projected, count in
          guard let target = projected.baseAddress else { return }
          vk_row_products(start, tokens, full, axes, width, target)
          count = tokens * width
        }
      } else {
        features += own
      }
    }
    starts.append(features.count / width)
  }

  /// Weights of the features here as weights of features as the encoder gives
  /// them.
  func fullWeights(_ weights: ArraySlice<Float>) -> [Float] {
    guard let axes else { return Array(weights) }
    var full = [Float](repeating: 0, count: Encoder.featureCount)
    vk_add_weighted_rows(axes, width, Encoder.featureCount, Array(weights), 1, &full)
    return full
  }

  private static func encode(
    _ texts: [String], encoder: Encoder,
    receive: (_ batch: EncoderBatch, _ embeddings: [Float], _ done: Int) throws -> Void
  ) rethrows {
    let batch = EncoderBatch()
    for (done, text) in texts.enumerated() {
      batch.append(encoder.tokenizer.tokens(of: text))
      guard batch.tokenCount >= Classifier.batchTokens || done == texts.count - 1 else { continue }
      encoder.encode(batch)
      try receive(batch, encoder.embeddings(of: batch), done + 1)
      batch.removeAll()
    }
  }

  private static func axes(of texts: [String], encoder: Encoder, count: Int) -> [Float]? {
    let full = Encoder.featureCount
    var rows: [Float] = []
    var tokens = 0
    encode(texts, encoder: encoder) { batch, _, _ in tokens += batch.tokenCount }
    // Every nth token, so that all files and languages have their say.
    let step = max(1, tokens / sample)
    var next = 0
    encode(texts, encoder: encoder) { batch, _, _ in
      for sequence in 0..<batch.count {
        batch.withFeatures(of: sequence) { features in
          for row in 0..<features.count / full {
            if next % step == 0 { rows += features[row * full..<(row + 1) * full] }
            next += 1
          }
        }
      }
    }
    return PrincipalAxes.find(rows, length: full, count: count)?.axes.flatMap {
      $0.map(Float.init)
    }
  }
}
