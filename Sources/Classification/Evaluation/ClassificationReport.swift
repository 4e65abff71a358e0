import Foundation

/// How well predictions agree with labels.
public struct ClassificationReport: Codable, Sendable, Equatable {
  public var items: Int
  /// Mean over networks of the F1 of the predicted label sets.
  public var macroF1: Double
  /// F1 over all (item, network) pairs together.
  public var microF1: Double
  /// The share of items whose best network is the labelled primary one; for
  /// items of "none of these", that nothing was assigned.
  public var primaryAccuracy: Double
  /// The share of items whose best network is any of the labelled ones.
  public var inLabels: Double
  /// Label-ranking average precision over all networks.
  public var lrap: Double
  /// Expected calibration error of the networks' probabilities, ten bins.
  public var ece: Double
  public var perNetwork: [NetworkRow]
  public var perLanguage: [LanguageRow]
  /// Rows: labelled primary, then "none". Columns: predicted best, then "none".
  public var confusion: [[Int]]
  /// The labels of rows and columns.
  public var confusionLabels: [String]

  public struct NetworkRow: Codable, Sendable, Equatable {
    public var network: String
    public var items: Int
    public var precision: Double
    public var recall: Double
    public var f1: Double
  }

  public struct LanguageRow: Codable, Sendable, Equatable {
    public var language: String
    public var items: Int
    public var primaryAccuracy: Double
    public var inLabels: Double
    public var lrap: Double
  }

  /// One item with what was predicted for it.
  struct Outcome {
    var language: String
    var labels: Set<Int>
    var primary: Int?
    var logits: [Double]
    /// What the classifier assigned; nil for "none of these".
    var assignedPrimary: Int?
    var assigned: Set<Int>

    /// The network with the highest logit, the lower number on ties.
    var best: Int {
      logits.indices.max { (logits[$0], $1) < (logits[$1], $0) } ?? 0
    }

    var primaryIsRight: Bool { primary.map { $0 == best } ?? (assignedPrimary == nil) }
    var isInLabels: Bool { labels.isEmpty ? assignedPrimary == nil : labels.contains(best) }
    var lrap: Double { RankingMetrics.averagePrecision(scores: logits, labels: labels) }
  }

  init(_ outcomes: [Outcome], networks: [String]) {
    func mean(_ outcomes: [Outcome], _ value: (Outcome) -> Double) -> Double {
      outcomes.isEmpty ? 0 : outcomes.reduce(0) { $0 + value($1) } / Double(outcomes.count)
    }
    var counts = [RankingMetrics.Counts](repeating: .init(), count: networks.count)
    var predictions: [(Double, Bool)] = []
    let axis = networks + ["none"]
    var confusion = axis.map { _ in axis.map { _ in 0 } }
    for outcome in outcomes {
      for index in networks.indices {
        counts[index].add(
          predicted: outcome.assigned.contains(index), actual: outcome.labels.contains(index))
        predictions.append((logistic(outcome.logits[index]), outcome.labels.contains(index)))
      }
      let row = outcome.primary ?? networks.count
      confusion[row][outcome.assignedPrimary ?? networks.count] += 1
    }
    confusionLabels = axis
    self.confusion = confusion
    items = outcomes.count
    macroF1 = counts.isEmpty ? 0 : counts.reduce(0) { $0 + $1.f1 } / Double(counts.count)
    microF1 = counts.reduce(RankingMetrics.Counts(), +).f1
    primaryAccuracy = mean(outcomes) { $0.primaryIsRight ? 1 : 0 }
    inLabels = mean(outcomes) { $0.isInLabels ? 1 : 0 }
    // Items of "none of these" have no ranking to be right about.
    lrap = mean(outcomes.filter { !$0.labels.isEmpty }, \.lrap)
    ece = RankingMetrics.expectedCalibrationError(predictions)
    perNetwork = networks.enumerated().map { index, network in
      NetworkRow(
        network: network, items: outcomes.count(where: { $0.labels.contains(index) }),
        precision: counts[index].precision, recall: counts[index].recall, f1: counts[index].f1)
    }
    perLanguage = Dictionary(grouping: outcomes, by: \.language).sorted { $0.key < $1.key }.map {
      language, outcomes in
      LanguageRow(
        language: language, items: outcomes.count,
        primaryAccuracy: mean(outcomes) { $0.primaryIsRight ? 1 : 0 },
        inLabels: mean(outcomes) { $0.isInLabels ? 1 : 0 },
        lrap: mean(outcomes.filter { !$0.labels.isEmpty }, \.lrap))
    }
  }
}

extension Classifier {
  /// Classifies labelled texts and compares.
  ///
  /// - Parameter progress: called after each item with how many are done.
  /// - Throws: `CancellationError`, or `TextError` for a text that is none.
  public func evaluate(
    _ items: [LabelledText], progress: (Int) -> Void = { _ in }
  ) throws -> ClassificationReport {
    let workspace = Workspace()
    let index = Dictionary(uniqueKeysWithValues: heads.labels.enumerated().map { ($1, $0) })
    var outcomes: [ClassificationReport.Outcome] = []
    for (done, item) in items.enumerated() {
      let result = try classify(PlainText(item.text), workspace: workspace)
      let assigned = (result.primary.map { [$0] } ?? []) + result.further
      outcomes.append(
        ClassificationReport.Outcome(
          language: item.language, labels: Set(item.labels.compactMap { index[$0] }),
          primary: item.primary.flatMap { index[$0] }, logits: result.scores.map(\.logit),
          assignedPrimary: result.primary.flatMap { index[$0] },
          assigned: Set(assigned.compactMap { index[$0] })))
      progress(done + 1)
    }
    return ClassificationReport(outcomes, networks: heads.labels)
  }
}
