private import CVectorKernels
import Foundation

/// The two views that make a passage's logits; see `Heads`.
struct PassageLogits {
  let heads: Heads

  /// What every token of a sequence scores for every network, the marks at both
  /// ends left out: `[token][network]`.
  func tokenScores(of sequence: Int, in batch: EncoderBatch) -> [Float] {
    let networks = heads.labels.count
    let width = Encoder.featureCount
    return batch.withFeatures(of: sequence) { features in
      let tokens = features.count / width - 2
      guard tokens > 0, let start = features.baseAddress else { return [] }
      return [Float](unsafeUninitializedCapacity: tokens * networks) { scores, count in
        guard let target = scores.baseAddress else { return }
        vk_row_products(start + width, tokens, width, heads.tokenWeights, networks, target)
        for at in 0..<tokens * networks { target[at] -= heads.tokenOffsets[at % networks] }
        count = tokens * networks
      }
    }
  }

  /// (1/r) · log(mean of exp(r · score)) over the tokens of a sequence.
  func pooled(_ scores: [Float], network: Int) -> Double {
    let networks = heads.labels.count
    let tokens = scores.count / networks
    guard tokens > 0 else { return 0 }
    let sharpness = heads.sharpness[network]
    var top = -Float.infinity
    for token in 0..<tokens { top = max(top, scores[token * networks + network]) }
    var sum: Float = 0
    for token in 0..<tokens { sum += expf(sharpness * (scores[token * networks + network] - top)) }
    return Double(top) + log(Double(sum) / Double(tokens)) / Double(sharpness)
  }

  /// The pooled token scores of all sequences of an encoded batch:
  /// `[sequence][network]`.
  func pooled(_ batch: EncoderBatch) -> [[Double]] {
    (0..<batch.count).map { sequence in
      let scores = tokenScores(of: sequence, in: batch)
      return heads.labels.indices.map { pooled(scores, network: $0) }
    }
  }

  /// The logits of sequences, from their pooled scores and their embeddings:
  /// `[sequence][network]`.
  func logits(pooled: [[Double]], embeddings: [Float]) -> [[Double]] {
    let networks = heads.labels.count
    var linear = [Float](repeating: 0, count: pooled.count * networks)
    vk_row_products(
      embeddings, pooled.count, Encoder.embeddingLength, heads.embeddingWeights, networks, &linear)
    return pooled.enumerated().map { sequence, pooled in
      (0..<networks).map { network in
        pooled[network] + Double(linear[sequence * networks + network])
          + Double(heads.bias[network])
      }
    }
  }

  /// Each token's part in the pooled score, summing to it: the integrated
  /// gradient along the straight way from the average token's score, 0, to the
  /// token's own (M. Sundararajan et al., ICML 2017). The integral is taken at
  /// eight Gauss–Legendre points, and what rounding leaves is shared out in
  /// proportion.
  func contributions(_ scores: [Float], network: Int) -> [Double] {
    let networks = heads.labels.count
    let own = stride(from: network, to: scores.count, by: networks).map { Double(scores[$0]) }
    guard !own.isEmpty else { return [] }
    let sharpness = Double(heads.sharpness[network])
    var shares = [Double](repeating: 0, count: own.count)
    for (node, weight) in Self.gaussLegendre {
      let top = own.reduce(-.infinity) { max($0, node * $1) }
      let powers = own.map { exp(sharpness * (node * $0 - top)) }
      let sum = powers.reduce(0, +)
      for token in own.indices { shares[token] += weight * powers[token] / sum }
    }
    var parts = zip(own, shares).map { $0 * $1 }
    let rest = pooled(scores, network: network) - parts.reduce(0, +)
    let size = parts.reduce(0) { $0 + abs($1) }
    if size > 0 { for token in parts.indices { parts[token] += rest * abs(parts[token]) / size } }
    return parts
  }

  /// Nodes and weights on 0…1.
  private static let gaussLegendre: [(node: Double, weight: Double)] = {
    let upperHalf: [(Double, Double)] = [
      (0.1834346424956498, 0.3626837833783620), (0.5255324099163290, 0.3137066458778873),
      (0.7966664774136267, 0.2223810344533745), (0.9602898564975363, 0.1012285362903763),
    ]
    var table: [(node: Double, weight: Double)] = []
    for (node, weight) in upperHalf {
      table.append(((1 - node) / 2, weight / 2))
      table.append(((1 + node) / 2, weight / 2))
    }
    return table
  }()
}
