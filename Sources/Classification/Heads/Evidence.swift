import Foundation

/// A word and what it adds to a logit.
public struct WordEvidence: Codable, Sendable, Equatable {
  /// Byte range in the text.
  public var start: Int
  public var end: Int
  public var contribution: Double
}

/// One passage's part in a network's logit.
public struct PassageEvidence: Codable, Sendable, Equatable {
  public var start: Int
  public var end: Int
  /// The passage's share in the network's pooled odds.
  public var share: Double
  /// The passage's own logit: `constant` plus the words' contributions.
  public var logit: Double
  /// What no word carries: the head's bias and the marks round the passage.
  public var constant: Double
  public var words: [WordEvidence]
}

/// Why a text has its logit for one network.
///
/// Exact, not approximate: `logit` is the sum over all passages of share · logit,
/// plus `dilution`; and a passage's logit is its constant plus the sum of its
/// words' contributions. (The embedding's homogeneous stages split without a
/// rest; see `SentenceNetwork`.)
public struct Evidence: Codable, Sendable, Equatable {
  public var network: String
  public var logit: Double
  /// What pooling over passages takes away, never positive.
  public var dilution: Double
  /// What the passages beyond the listed ones add: sum of share · logit.
  public var otherPassages: Double
  /// The passages with the largest shares, largest first.
  public var passages: [PassageEvidence]
}

extension Classifier {
  /// Explains a classification's logit for a network.
  ///
  /// - Parameters:
  ///   - classification: what `classify` gave for the same text and markup.
  ///   - network: a label such as "N1".
  ///   - limit: how many passages to list; none below 1.
  /// - Returns: nil when the classification has no such network.
  /// - Complexity: O(tokens of the listed passages), each encoded again.
  public func evidence(
    for network: String, in text: PlainText, markup: Markup = .plain,
    classification: Classification, limit: Int = 3, workspace: Workspace = Workspace()
  ) -> Evidence? {
    guard let index = heads.labels.firstIndex(of: network),
      let score = classification.score(of: network)
    else { return nil }
    let bytes = Self.prose(of: text, markup)
    let passages = classification.passages
    let weights = passages.map(\.weight)
    let shares = Pooling.shares(weights: weights, logits: passages.map { $0.logits[index] })
    let order = passages.indices.sorted { (shares[$1], $0) < (shares[$0], $1) }
    let limit = max(0, limit)
    let listed = order.prefix(limit).map { at in
      explain(
        bytes, passages[at].start..<passages[at].end, head: index, share: shares[at],
        workspace: workspace)
    }
    let others = order.dropFirst(limit).reduce(0) { $0 + shares[$1] * passages[$1].logits[index] }
    return Evidence(
      network: network, logit: score.logit,
      dilution: Pooling.dilution(weights: weights, shares: shares), otherPassages: others,
      passages: listed)
  }

  private func explain(
    _ bytes: [UInt8], _ range: Range<Int>, head: Int, share: Double, workspace: Workspace
  ) -> PassageEvidence {
    tokenize(bytes, range, workspace)
    let tokens = workspace.scratch.tokens
    let batch = workspace.batch
    batch.removeAll()
    batch.append(tokens)
    encoder.encode(batch)
    var sum = [Float](repeating: 0, count: Encoder.featureCount)
    let count = encoder.addFeatures(of: 0, in: batch, to: &sum, at: 0)
    let state = encoder.network.activations(featureSums: sum, tokens: [count])
    let width = Encoder.embeddingLength
    let (weights, constant) = encoder.network.tokenWeights(
      direction: Array(heads.embeddingWeights[head * width..<(head + 1) * width]), state: state,
      tokens: count)
    var contributions = batch.withFeatures(of: 0) { features in
      (0..<count).map { row in
        let start = row * Encoder.featureCount
        return Double(constant)
          + zip(features[start..<start + Encoder.featureCount], weights)
          .reduce(into: 0.0) { $0 += Double($1.0) * Double($1.1) }
      }
    }
    let parts = PassageLogits(heads: heads).contributions(of: 0, in: batch, output: head)
    for (token, part) in parts.enumerated() { contributions[token + 1] += part }
    batch.removeAll()
    // The first and the last are the marks; an empty text has one unknown token.
    let inner = contributions.dropFirst().prefix(tokens.count)
    let fixed = Double(heads.bias[head]) + contributions.reduce(0, +) - inner.reduce(0, +)
    return PassageEvidence(
      start: range.lowerBound, end: range.upperBound, share: share,
      logit: Double(heads.bias[head]) + contributions.reduce(0, +), constant: fixed,
      words: EvidenceWords.join(
        tokens, contributions: Array(inner), in: bytes, offset: range.lowerBound))
  }
}
