private import CVectorKernels
import Foundation

/// The two views that make a passage's logits; see `Heads`. Outputs are the
/// networks and then the topic.
struct PassageLogits {
  private let heads: Heads
  private let pooling: TokenPooling

  init(heads: Heads) {
    self.heads = heads
    pooling = heads.pooling
  }

  /// What every token of a sequence scores for every output, the marks at both
  /// ends left out: `[token][output]`.
  func tokenScores(of sequence: Int, in batch: EncoderBatch) -> [Float] {
    let outputs = heads.outputs
    let width = Encoder.featureCount
    return batch.withFeatures(of: sequence) { features in
      let tokens = features.count / width - 2
      guard tokens > 0, let start = features.baseAddress else { return [] }
      return [Float](unsafeUninitializedCapacity: tokens * outputs) { scores, count in
        guard let target = scores.baseAddress else { return }
        vk_row_products(start + width, tokens, width, heads.tokenWeights, outputs, target)
        for at in 0..<tokens * outputs { target[at] -= heads.tokenOffsets[at % outputs] }
        count = tokens * outputs
      }
    }
  }

  /// The pooled token scores of all sequences of an encoded batch:
  /// `[sequence][output]`.
  func pooled(_ batch: EncoderBatch) -> [[Double]] {
    (0..<batch.count).map { pooling(tokenScores(of: $0, in: batch)) }
  }

  /// The logits of sequences, from their pooled scores and their embeddings:
  /// `[sequence][output]`.
  func logits(pooled: [[Double]], embeddings: [Float]) -> [[Double]] {
    let outputs = heads.outputs
    var linear = [Float](repeating: 0, count: pooled.count * outputs)
    vk_row_products(
      embeddings, pooled.count, Encoder.embeddingLength, heads.embeddingWeights, outputs, &linear)
    return pooled.enumerated().map { sequence, pooled in
      (0..<outputs).map { output in
        pooled[output] + Double(linear[sequence * outputs + output]) + Double(heads.bias[output])
      }
    }
  }

  /// Each token's part in an output's pooled score, summing to it.
  func contributions(of sequence: Int, in batch: EncoderBatch, output: Int) -> [Double] {
    pooling.contributions(tokenScores(of: sequence, in: batch), network: output)
  }
}
