import Foundation
import Programme

/// Trains heads on a corpus, and calibrates them on passages that the fold's
/// model has not seen.
public struct Trainer {
  /// What training depends on besides the corpus.
  public struct Options: Sendable, Equatable {
    public var folds = 5
    public var seed: UInt64 = 20_201_130
    var model = PassageModel.Options()

    public static let defaults = Options()
    public init() {}
  }

  /// What training is doing, for a progress display.
  public enum Step: Sendable, Equatable {
    case encoding(done: Int, of: Int)
    case validating(fold: Int, of: Int)
    case fitting
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

  /// Trains, validates and calibrates; the same corpus and seed give the same
  /// heads.
  ///
  /// - Throws: `TrainingError` when a network has fewer passages than folds;
  ///   `CancellationError`.
  /// - Complexity: 1.5 KB of memory and some microseconds of encoding a token, then
  ///   folds + 1 fits of `PassageModel`.
  public func train(_ corpus: Corpus, progress: (Step) -> Void = { _ in }) throws -> Heads {
    for network in networks {
      let count = corpus.texts.count(where: { $0.labels.contains(network) })
      guard count >= options.folds else {
        throw TrainingError(network: network, passages: count, needed: options.folds)
      }
    }
    var generator = SeededGenerator(seed: options.seed)
    let passages = try EncodedPassages(
      corpus.texts.map(\.text), encoder: encoder, axes: options.model.axes
    ) { done in
      progress(.encoding(done: done, of: corpus.texts.count))
      try Task.checkCancellation()
    }
    let targets = corpus.texts.map { PassageTarget($0, networks: networks) }
    let fold = Self.folds(corpus.texts, count: options.folds, generator: &generator)

    var heldBack = targets.map { _ in [Double]() }
    for held in 0..<options.folds {
      try Task.checkCancellation()
      progress(.validating(fold: held + 1, of: options.folds))
      let model = PassageModel(
        passages, targets: targets, include: fold.indices.filter { fold[$0] != held },
        options: options.model, generator: &generator)
      for text in fold.indices where fold[text] == held {
        heldBack[text] = model.logits(passages, text)
      }
    }
    let calibrations = (0...networks.count).map { index in
      Calibration(scores: heldBack.map { $0[index] }, targets: targets.map { $0.outputs[index] })
    }
    heldBack = heldBack.map { logits in
      zip(calibrations, logits).map { $0.0($0.1) }
    }

    progress(.fitting)
    let model = PassageModel(
      passages, targets: targets, include: Array(targets.indices), options: options.model,
      generator: &generator)
    let parameters = model.parameters(passages, calibrations: calibrations)
    var heads = Heads(
      labels: networks, encoder: Encoder.name, tokenWeights: parameters.tokenWeights,
      tokenOffsets: parameters.tokenOffsets, sharpness: parameters.pooling.sharpness,
      bounds: parameters.pooling.bounds, window: parameters.pooling.window,
      embeddingWeights: parameters.embeddingWeights, bias: parameters.bias,
      thresholds: networks.indices.map { index in
        Self.bestThreshold(
          heldBack.map { logistic($0[index]) }, targets: targets.map { $0.outputs[index] })
      },
      topicThreshold: Self.topicThreshold(
        heldBack.map { logistic($0[networks.count]) }, targets: targets.map { $0.primary != nil }),
      content: ContentSpace(
        embeddings: passages.embeddings, languages: corpus.texts.map(\.language)),
      corpus: corpus.summary,
      metrics: .init(
        folds: options.folds, macroF1: 0, microF1: 0, primaryAccuracy: 0, inLabels: 0, lrap: 0,
        ece: 0, noneRecall: 0))
    heads.metrics = metrics(heads, corpus, heldBack)
    return heads
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

  /// The highest probability, in hundredths, below which at most three in a
  /// hundred passages of some network fall: to turn away a real plan is worse
  /// than to look at a text that is none.
  static func topicThreshold(_ probabilities: [Double], targets: [Bool]) -> Double {
    let inside = zip(probabilities, targets).filter(\.1).map(\.0).sorted()
    guard !inside.isEmpty else { return 0.1 }
    let lowest = inside[inside.count * 3 / 100]
    return min(0.5, max(0.05, (lowest * 100).rounded(.down) / 100))
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
      let (primary, further) = classifier.decide(scores, topic: logistic(logits[networks.count]))
      let assigned = (primary.map { [$0] } ?? []) + further
      return ClassificationReport.Outcome(
        language: text.language, labels: Set(text.labels.compactMap { index[$0] }),
        primary: text.primary.flatMap { index[$0] },
        logits: Array(logits.dropLast()),
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
