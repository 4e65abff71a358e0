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
  ///   - limit: how many passages to list.
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
    let passage = PassageLogits(heads: heads)
    let parts = passage.contributions(
      passage.tokenScores(of: 0, in: batch), network: head)
    for (token, part) in parts.enumerated() { contributions[token + 1] += part }
    batch.removeAll()
    // The first and the last are the marks; an empty text has one unknown token.
    let inner = contributions.dropFirst().prefix(tokens.count)
    let fixed = Double(heads.bias[head]) + contributions.reduce(0, +) - inner.reduce(0, +)
    return PassageEvidence(
      start: range.lowerBound, end: range.upperBound, share: share,
      logit: Double(heads.bias[head]) + contributions.reduce(0, +), constant: fixed,
      words: Self.words(tokens, contributions: Array(inner), in: bytes, offset: range.lowerBound))
  }

  /// Joins the pieces of each word.
  static func words(
    _ tokens: [Token], contributions: [Double], in bytes: [UInt8], offset: Int
  ) -> [WordEvidence] {
    var words: [WordEvidence] = []
    for (token, contribution) in zip(tokens, contributions) {
      var start = offset + Int(token.start)
      let end = offset + Int(token.end)
      let startsWord = start >= end || startsNewWord(bytes, at: start) || words.isEmpty
      while start < end, PlainText.isSpace(bytes[start]) { start += 1 }
      if !startsWord, let last = words.indices.last, words[last].end >= start {
        words[last].end = max(words[last].end, end)
        words[last].contribution += contribution
      } else {
        words.append(WordEvidence(start: start, end: end, contribution: contribution))
      }
    }
    return words
  }

  /// White space, punctuation and the scripts that write without spaces.
  private static func startsNewWord(_ bytes: [UInt8], at position: Int) -> Bool {
    let byte = bytes[position]
    guard byte < 0x80 else { return byte >= 0xE3 || isPunctuation(bytes, before: position) }
    let isLetterOrDigit =
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    return !isLetterOrDigit || isPunctuation(bytes, before: position)
  }

  private static func isPunctuation(_ bytes: [UInt8], before position: Int) -> Bool {
    guard position > 0, bytes[position - 1] < 0x80 else { return false }
    let byte = bytes[position - 1]
    return (0x21...0x2F).contains(byte) || (0x3A...0x40).contains(byte)
  }
}
