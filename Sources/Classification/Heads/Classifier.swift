import Foundation

/// Sorts texts into the programme's networks, with exact evidence.
public struct Classifier: Sendable {
  public let encoder: Encoder
  public let heads: Heads

  /// Tokens that are encoded together: enough to read the weights from memory
  /// seldom, few enough to stay in the cache.
  package static let batchTokens = 256

  public init(encoder: Encoder, heads: Heads) {
    self.encoder = encoder
    self.heads = heads
  }

  /// The classifier of a model file and the heads that ship with the program.
  public init(modelPath: String) throws {
    self.init(encoder: try Encoder(path: modelPath), heads: try Heads.shipped())
  }

  /// How a text's bytes are to be read.
  public enum Markup: Sendable {
    case plain, markdown
  }

  /// Classifies a text passage by passage and pools.
  ///
  /// - Complexity: O(tokens), about 5 µs a token where AVX-512 is; memory for
  ///   one batch and for eight numbers a passage.
  /// - Throws: `CancellationError` when the task is cancelled between batches.
  public func classify(
    _ text: PlainText, markup: Markup = .plain, workspace: Workspace = Workspace()
  ) throws -> Classification {
    try read(text, markup: markup, workspace: workspace).classification
  }

  /// Classifies a text and places its content in the space of contents: the mean
  /// of its passages' places, weighted as in the classification.
  ///
  /// - Returns: the content has `ContentSpace.dimensions` values; its length means
  ///   nothing.
  /// - Complexity: as `classify`.
  /// - Throws: `CancellationError` when the task is cancelled between batches.
  public func read(
    _ text: PlainText, markup: Markup = .plain, workspace: Workspace = Workspace()
  ) throws -> (classification: Classification, content: [Float]) {
    let bytes = Self.prose(of: text, markup)
    let found = Passages.ranges(in: bytes)
    // Markdown may hold no prose at all: then the whole is one empty passage.
    let ranges = found.isEmpty ? [0..<bytes.count] : found
    var logits: [[Double]] = []
    logits.reserveCapacity(ranges.count)
    var tokens = 0
    let batch = workspace.batch
    batch.removeAll()
    // Passages whose tokens are scored and whose embeddings are still to come.
    var pooled: [[Double]] = []
    var sums = FeatureSums()
    let parts = PassageLogits(heads: heads)
    var content = [Float](repeating: 0, count: ContentSpace.dimensions)
    func finish() {
      let embeddings = encoder.embeddings(of: sums)
      let start = logits.count
      logits += parts.logits(pooled: pooled, embeddings: embeddings)
      for (passage, embedding) in embeddings.chunked(Encoder.embeddingLength).enumerated() {
        let at = start + passage
        let say = Pooling.say(topic: logits[at][heads.labels.count], length: ranges[at].count)
        let place = heads.content(Array(embedding))
        for index in content.indices { content[index] += Float(say) * place[index] }
      }
      pooled.removeAll(keepingCapacity: true)
      sums.removeAll()
    }
    func flush() throws {
      guard batch.count > 0 else { return }
      try Task.checkCancellation()
      encoder.encode(batch)
      tokens += batch.tokenCount
      pooled += parts.pooled(batch)
      encoder.add(batch, to: &sums)
      batch.removeAll()
      if sums.count >= FeatureSums.enough { finish() }
    }
    for range in ranges {
      tokenize(bytes, range, workspace)
      if batch.tokenCount + workspace.scratch.tokens.count > Self.batchTokens { try flush() }
      batch.append(workspace.scratch.tokens)
    }
    try flush()
    finish()
    return (classification(passages: ranges, logits: logits, tokens: tokens), content)
  }

  /// The places of short texts, such as terms, in the space of contents.
  ///
  /// - Complexity: O(tokens); many texts at once share what is read of the weights.
  public func contents(of texts: [String], workspace: Workspace = Workspace()) -> [[Float]] {
    guard !texts.isEmpty else { return [] }
    let batch = workspace.batch
    batch.removeAll()
    for text in texts { batch.append(encoder.tokenizer.tokens(of: text)) }
    encoder.encode(batch)
    let embeddings = encoder.embeddings(of: batch)
    batch.removeAll()
    let length = Encoder.embeddingLength
    return texts.indices.map {
      heads.content(Array(embeddings[$0 * length..<($0 + 1) * length]))
    }
  }

  /// Buffers that calls on one thread reuse.
  public final class Workspace {
    let batch = EncoderBatch()
    var scratch = Tokenizer.Scratch()

    public init() {}
  }

  /// The passages' text with markup blanked out; offsets stay as they are.
  static func prose(of text: PlainText, _ markup: Markup) -> [UInt8] {
    switch markup {
    case .plain: text.utf8
    case .markdown: Markdown.prose(text.utf8)
    }
  }

  func tokenize(_ bytes: [UInt8], _ range: Range<Int>, _ workspace: Workspace) {
    bytes.withUnsafeBufferPointer {
      encoder.tokenizer.tokenize(
        UnsafeBufferPointer(rebasing: $0[range]), scratch: &workspace.scratch)
    }
  }

  private func classification(
    passages: [Range<Int>], logits: [[Double]], tokens: Int
  ) -> Classification {
    let topics = logits.map { $0[heads.labels.count] }
    let weights = Pooling.weights(topics: topics, lengths: passages.map(\.count))
    let scores = heads.labels.enumerated().map { index, label in
      let logit = Pooling.logit(weights: weights, logits: logits.map { $0[index] })
      return NetworkScore(network: label, logit: logit, probability: logistic(logit))
    }
    let topic = logistic(Pooling.logit(weights: weights, logits: topics))
    let (primary, further) = decide(scores, topic: topic)
    return Classification(
      primary: primary, further: further, scores: scores, topic: topic,
      passages: passages.indices.map {
        PassageScore(
          start: passages[$0].lowerBound, end: passages[$0].upperBound,
          logits: Array(logits[$0].dropLast()), topic: topics[$0], weight: weights[$0])
      }, tokens: tokens)
  }

  /// The primary network and those above their thresholds; neither for a text
  /// that is about none.
  func decide(_ scores: [NetworkScore], topic: Double) -> (primary: String?, further: [String]) {
    // Equal logits go to the network with the lower number.
    let ranked = scores.indices.sorted {
      (scores[$1].logit, $0) < (scores[$0].logit, $1)
    }
    guard let best = ranked.first, topic >= heads.topicThreshold else { return (nil, []) }
    let further = ranked.dropFirst().filter { scores[$0].probability >= heads.thresholds[$0] }
    return (scores[best].network, further.map { scores[$0].network })
  }
}

extension Array {
  /// Pieces of a size, one after another.
  fileprivate func chunked(_ size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
