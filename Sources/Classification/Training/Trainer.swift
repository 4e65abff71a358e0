import Foundation

/// Trains heads on a corpus.
///
/// Each passage is learnt from as it stands, as a part of itself (some of its
/// sentences), and amid sentences of a "none of these" passage in its language:
/// real texts bury their topic in context. The logits are calibrated on
/// passages that the fold's heads have not seen.
public struct Trainer {
  /// What training depends on besides the corpus.
  public struct Options: Sendable, Equatable {
    /// Strength of the L2 penalty.
    public var penalty = 0.2
    /// Weight of each altered copy of a passage against the passage itself.
    public var copyWeight = 0.5
    /// Altered copies of each kind.
    public var copies = 1
    public var folds = 10
    public var seed: UInt64 = 20_201_130

    public static let defaults = Options()
    public init() {}
  }

  /// What training is doing, for a progress display.
  public enum Step: Sendable, Equatable {
    case encoding(done: Int, of: Int)
    case validating(fold: Int, of: Int)
    case fitting(network: String)
  }

  let encoder: Encoder
  let networks: [String]
  let options: Options

  /// - Parameter networks: labels of the programme's networks, in their order.
  public init(encoder: Encoder, networks: [String], options: Options = .defaults) {
    self.encoder = encoder
    self.networks = networks
    self.options = options
  }

  /// Trains, validates and calibrates; deterministic.
  ///
  /// - Throws: `TrainingError` when a network has fewer passages than folds.
  /// - Complexity: dominated by encoding (10 µs a token) and by
  ///   (folds + 1) · networks fits of some hundred passes over the examples.
  public func train(_ corpus: Corpus, progress: (Step) -> Void = { _ in }) throws -> Heads {
    for network in networks {
      let count = corpus.texts.count(where: { $0.labels.contains(network) })
      guard count >= options.folds else {
        throw TrainingError(network: network, passages: count, needed: options.folds)
      }
    }
    var generator = SeededGenerator(seed: options.seed)
    let examples = try encode(corpus.texts, generator: &generator, progress: progress)
    let fold = Self.folds(corpus.texts, count: options.folds, generator: &generator)

    var heldBack = corpus.texts.map { _ in [Double](repeating: 0, count: networks.count) }
    for held in 0..<options.folds {
      progress(.validating(fold: held + 1, of: options.folds))
      for (index, network) in networks.enumerated() {
        let model = fit(examples, network, corpus) { fold[$0] != held }
        for text in fold.indices where fold[text] == held {
          heldBack[text][index] = score(model, examples.original(text))
        }
      }
    }
    let actual = networks.map { network in corpus.texts.map { $0.labels.contains(network) } }
    let calibrations = networks.indices.map { index in
      Calibration(scores: heldBack.map { $0[index] }, targets: actual[index])
    }
    for text in heldBack.indices {
      for index in networks.indices {
        heldBack[text][index] = calibrations[index](heldBack[text][index])
      }
    }
    let thresholds = networks.indices.map { index in
      Self.bestThreshold(heldBack.map { logistic($0[index]) }, targets: actual[index])
    }
    let noneThreshold = Self.bestThreshold(
      heldBack.map { logistic($0.max() ?? 0) }, targets: corpus.texts.map { $0.primary != nil })

    var weights: [[Float]] = []
    var bias: [Float] = []
    for (index, network) in networks.enumerated() {
      progress(.fitting(network: network))
      let model = fit(examples, network, corpus) { _ in true }
      // Calibration is linear, so it can live in the weights.
      weights.append(model.weights.map { Float(calibrations[index].slope) * $0 })
      bias.append(
        Float(calibrations[index].slope * Double(model.bias) + calibrations[index].offset))
    }
    var heads = Heads(
      labels: networks, encoder: Encoder.name, weights: weights, bias: bias,
      thresholds: thresholds, noneThreshold: noneThreshold, corpus: corpus.summary,
      metrics: .init(
        folds: options.folds, macroF1: 0, microF1: 0, primaryAccuracy: 0, inLabels: 0, lrap: 0,
        ece: 0, noneRecall: 0))
    heads.metrics = metrics(heads, corpus, heldBack)
    return heads
  }

  // MARK: - Examples

  /// Embeddings of the passages and then of their altered copies.
  struct Examples {
    var embeddings: [Float]
    /// The passage that each row was made of.
    var source: [Int]

    func original(_ text: Int) -> ArraySlice<Float> {
      embeddings[text * Encoder.embeddingLength..<(text + 1) * Encoder.embeddingLength]
    }
  }

  private func encode(
    _ texts: [LabelledText], generator: inout SeededGenerator, progress: (Step) -> Void
  ) throws -> Examples {
    var rows = texts.map(\.text)
    var source = Array(texts.indices)
    let context = Dictionary(
      grouping: texts.indices.filter { texts[$0].primary == nil }, by: { texts[$0].language })
    for _ in 0..<options.copies {
      for index in texts.indices {
        let sentences = Self.sentences(of: texts[index].text)
        if sentences.count > 1 {
          let part = Self.part(of: sentences, upTo: sentences.count - 1, using: &generator)
          rows.append(part.joined(separator: " "))
          source.append(index)
        }
        if texts[index].primary != nil,
          let other = context[texts[index].language]?.randomElement(using: &generator)
        {
          let around = Self.sentences(of: texts[other].text)
          let part = Self.part(of: around, upTo: around.count / 2 + 1, using: &generator)
          let joined = Bool.random(using: &generator) ? Array(part) + sentences : sentences + Array(part)
          rows.append(joined.joined(separator: " "))
          source.append(index)
        }
      }
    }
    let batch = EncoderBatch()
    var embeddings: [Float] = []
    embeddings.reserveCapacity(rows.count * Encoder.embeddingLength)
    for (done, row) in rows.enumerated() {
      batch.append(encoder.tokenizer.tokens(of: row))
      if batch.tokenCount >= Classifier.batchTokens || done == rows.count - 1 {
        encoder.encode(batch)
        embeddings += encoder.embeddings(of: batch)
        batch.removeAll()
        progress(.encoding(done: done + 1, of: rows.count))
        try Task.checkCancellation()
      }
    }
    return Examples(embeddings: embeddings, source: source)
  }

  private static func sentences(of text: String) -> [String] {
    let bytes = Array(text.utf8)
    return Passages.sentences(in: bytes, 0..<bytes.count).map {
      String(decoding: bytes[$0], as: UTF8.self)
    }
  }

  private static func part(
    of sentences: [String], upTo most: Int, using generator: inout SeededGenerator
  ) -> ArraySlice<String> {
    let count = Int.random(in: 1...max(1, min(most, sentences.count)), using: &generator)
    let start = Int.random(in: 0...(sentences.count - count), using: &generator)
    return sentences[start..<start + count]
  }

  /// A fold for each text; every primary network is spread evenly.
  static func folds(
    _ texts: [LabelledText], count: Int, generator: inout SeededGenerator
  ) -> [Int] {
    var fold = [Int](repeating: 0, count: texts.count)
    let groups = Dictionary(grouping: texts.indices) { texts[$0].primary ?? "" }
    var next = 0
    for (_, members) in groups.sorted(by: { $0.key < $1.key }) {
      for member in members.shuffled(using: &generator) {
        fold[member] = next % count
        next += 1
      }
    }
    return fold
  }

  // MARK: - Fitting

  private func fit(
    _ examples: Examples, _ network: String, _ corpus: Corpus, where include: (Int) -> Bool
  ) -> LogisticRegression {
    let length = Encoder.embeddingLength
    var rows: [Float] = []
    var targets: [Bool] = []
    var weights: [Double] = []
    rows.reserveCapacity(examples.embeddings.count)
    for (row, text) in examples.source.enumerated() where include(text) {
      rows += examples.embeddings[row * length..<(row + 1) * length]
      targets.append(corpus.texts[text].labels.contains(network))
      weights.append(row < corpus.texts.count ? 1 : options.copyWeight)
    }
    return LogisticRegression(
      .init(rows: rows, length: length, targets: targets, weights: weights),
      penalty: options.penalty)
  }

  private func score(_ model: LogisticRegression, _ embedding: ArraySlice<Float>) -> Double {
    zip(model.weights, embedding).reduce(Double(model.bias)) { $0 + Double($1.0) * Double($1.1) }
  }

  /// The probability that separates best by F1, looked for in steps of 0.01.
  static func bestThreshold(_ probabilities: [Double], targets: [Bool]) -> Double {
    var best = (threshold: 0.5, f1: -1.0)
    for step in 10...80 {
      let threshold = Double(step) / 100
      var counts = RankingMetrics.Counts()
      for (probability, target) in zip(probabilities, targets) {
        counts.add(predicted: probability >= threshold, actual: target)
      }
      if counts.f1 > best.f1 { best = (threshold, counts.f1) }
    }
    return best.threshold
  }

  private func metrics(
    _ heads: Heads, _ corpus: Corpus, _ logits: [[Double]]
  ) -> Heads.Metrics {
    let index = Dictionary(uniqueKeysWithValues: networks.enumerated().map { ($1, $0) })
    let classifier = Classifier(encoder: encoder, heads: heads)
    let outcomes = zip(corpus.texts, logits).map { text, logits in
      let scores = zip(networks, logits).map {
        NetworkScore(network: $0, logit: $1, probability: logistic($1))
      }
      let (primary, further) = classifier.decide(scores)
      let assigned = (primary.map { [$0] } ?? []) + further
      return ClassificationReport.Outcome(
        language: text.language, labels: Set(text.labels.compactMap { index[$0] }),
        primary: text.primary.flatMap { index[$0] }, logits: logits,
        assignedPrimary: primary.flatMap { index[$0] },
        assigned: Set(assigned.compactMap { index[$0] }))
    }
    let report = ClassificationReport(outcomes, networks: networks)
    let none = outcomes.filter { $0.primary == nil }
    let recognised = none.count(where: { $0.assignedPrimary == nil })
    func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
    return Heads.Metrics(
      folds: options.folds, macroF1: rounded(report.macroF1), microF1: rounded(report.microF1),
      primaryAccuracy: rounded(report.primaryAccuracy), inLabels: rounded(report.inLabels),
      lrap: rounded(report.lrap), ece: rounded(report.ece),
      noneRecall: rounded(none.isEmpty ? 1 : Double(recognised) / Double(none.count)))
  }
}

/// A corpus that cannot be trained on.
public struct TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
  public var network: String
  public var passages: Int
  public var needed: Int

  public var description: String {
    "network \(network) has \(passages) passages, training needs at least \(needed); add more"
  }
}
