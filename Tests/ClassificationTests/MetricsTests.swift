import Foundation
import TestSupport
import Testing

@testable import Classification

@Suite("RankingMetrics")
struct RankingMetricsTests {
  /// scikit-learn's examples first, then ties.
  static let rankings: [(scores: [Double], labels: Set<Int>, expected: Double)] = [
    ([0.75, 0.5, 1], [0], 0.5), ([1, 0.2, 0.1], [2], 1.0 / 3), ([4, 3, 2, 1], [0, 2], 5.0 / 6),
    ([1, 1, 1, 1], [3], 0.25), ([2, 2, 1], [0, 2], 7.0 / 12), ([1, 2], [], 1),
    ([1, 2], [0, 1], 1),
    ([], [], 1),
  ]

  @Test("label-ranking average precision of known rankings", arguments: rankings)
  func averagePrecision(scores: [Double], labels: Set<Int>, expected: Double) {
    let precision = RankingMetrics.averagePrecision(scores: scores, labels: labels)
    #expect(abs(precision - expected) < 1e-12)
  }

  @Test(
    "label-ranking average precision against walking down the ranking",
    arguments: TestGenerator.seeds(50))
  func bruteForce(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let scores = (0..<generator.int(2...8)).map { _ in Double(generator.int(0...5)) }
    let labels = Set(scores.indices.filter { _ in generator.int(0...2) == 0 })
    var seen = 0
    var hits = 0
    var sum = 0.0
    for (_, group) in Dictionary(grouping: scores.indices, by: { scores[$0] })
      .sorted(by: { $0.key > $1.key })
    {
      seen += group.count
      let own = group.count(where: labels.contains)
      hits += own
      sum += Double(own) * Double(hits) / Double(seen)
    }
    let expected = labels.isEmpty ? 1 : sum / Double(labels.count)
    #expect(abs(RankingMetrics.averagePrecision(scores: scores, labels: labels) - expected) < 1e-12)
  }

  @Test("precision, recall and F1")
  func counts() {
    var counts = RankingMetrics.Counts()
    #expect(counts.precision == 0 && counts.recall == 0 && counts.f1 == 0)
    for (predicted, actual) in [
      (true, true), (true, true), (true, false), (false, true), (false, false),
    ] {
      counts.add(predicted: predicted, actual: actual)
    }
    counts.add(predicted: false, actual: true)
    #expect(counts == .init(truePositives: 2, falsePositives: 1, falseNegatives: 2))
    #expect(abs(counts.precision - 2.0 / 3) < 1e-12)
    #expect(counts.recall == 0.5)
    #expect(abs(counts.f1 - 4.0 / 7) < 1e-12)
    #expect((counts + counts).truePositives == 4)
  }

  @Test("expected calibration error")
  func calibrationError() {
    typealias M = RankingMetrics
    #expect(M.expectedCalibrationError([]) == 0)
    #expect(M.expectedCalibrationError([(1, true), (0, false)]) == 0)
    #expect(M.expectedCalibrationError([(1, false)]) == 1)
    // 0.2 and 0.25 share a bin: |0.45 - 1|; 0.7 is alone: |0.7 - 1|.
    let error = M.expectedCalibrationError([(0.2, true), (0.25, false), (0.7, true)])
    #expect(abs(error - (0.55 + 0.3) / 3) < 1e-12)
    let calibrated = (0..<100).map { (probability: 0.35, hit: $0 < 35) }
    #expect(M.expectedCalibrationError(calibrated) < 1e-12)
  }
}

@Suite("ClassificationReport")
struct ClassificationReportTests {
  @Test("no items give zeros")
  func empty() {
    let report = ClassificationReport([], networks: ["N1", "N2"])
    #expect(report.items == 0 && report.macroF1 == 0 && report.microF1 == 0 && report.lrap == 0)
    #expect(report.primaryAccuracy == 0 && report.inLabels == 0 && report.ece == 0)
    #expect(report.confusion == Array(repeating: [0, 0, 0], count: 3))
    #expect(report.perLanguage.isEmpty && report.perNetwork.count == 2)
  }

  @Test("an example worked out by hand")
  func example() {
    typealias Outcome = ClassificationReport.Outcome
    let report = ClassificationReport(
      [
        // Right.
        Outcome(
          language: "en", labels: [0], primary: 0, logits: [2, -2, -3], assignedPrimary: 0,
          assigned: [0]),
        // The second label comes first.
        Outcome(
          language: "en", labels: [0, 1], primary: 0, logits: [1, 2, -3], assignedPrimary: 1,
          assigned: [1]),
        // Wrong, and taken for none.
        Outcome(
          language: "es", labels: [2], primary: 2, logits: [-1, -2, -3], assignedPrimary: nil,
          assigned: []),
        // None, and recognised.
        Outcome(
          language: "es", labels: [], primary: nil, logits: [-4, -4, -4], assignedPrimary: nil,
          assigned: []),
        // None, and not recognised.
        Outcome(
          language: "de", labels: [], primary: nil, logits: [-4, 1, -4], assignedPrimary: 1,
          assigned: [1]),
      ], networks: ["A", "B", "C"])
    #expect(report.items == 5)
    #expect(report.primaryAccuracy == 0.4)
    #expect(report.inLabels == 0.6)
    #expect(abs(report.lrap - 7.0 / 9) < 1e-12)
    // A: 1 found, 1 missed; B: 1 found, 1 wrong; C: 1 missed.
    let two3rds = 2.0 / 3
    #expect(report.perNetwork.map(\.f1) == [two3rds, two3rds, 0])
    #expect(report.perNetwork.map(\.items) == [2, 1, 1])
    #expect(report.perNetwork.map(\.precision) == [1, 0.5, 0])
    #expect(report.perNetwork.map(\.recall) == [0.5, 1, 0])
    #expect(abs(report.macroF1 - 4.0 / 9) < 1e-12)
    #expect(abs(report.microF1 - 4.0 / 7) < 1e-12)
    #expect(report.confusionLabels == ["A", "B", "C", "none"])
    #expect(report.confusion == [[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 1]])
    #expect(report.perLanguage.map(\.language) == ["de", "en", "es"])
    #expect(report.perLanguage.map(\.items) == [1, 2, 2])
    #expect(report.perLanguage.map(\.primaryAccuracy) == [0, 0.5, 0.5])
    #expect(report.perLanguage.map(\.inLabels) == [0, 1, 0.5])
    let third = 1.0 / 3
    #expect(report.perLanguage.map(\.lrap) == [0, 1, third])
  }

  @Test("of equal logits the lower number is best")
  func ties() {
    let outcome = ClassificationReport.Outcome(
      language: "en", labels: [1], primary: 1, logits: [-1, 3, 3], assignedPrimary: 1, assigned: [1]
    )
    #expect(outcome.best == 1)
    let scores = [1.0, 3, 3].enumerated().map {
      NetworkScore(network: "N\($0 + 1)", logit: $1, probability: logistic($1))
    }
    #expect(TestModel.classifier.decide(scores, topic: 1).primary == "N2")
    #expect(TestModel.classifier.decide(scores, topic: 0).primary == nil)
  }

  @Test("evaluate agrees with classifying one by one")
  func evaluate() throws {
    let items = Array(
      try TestCorpus.passages("en-none").prefix(4) + TestCorpus.passages("en-n1-n4").prefix(4))
    var progress: [Int] = []
    let report = try TestModel.classifier.evaluate(items) { progress.append($0) }
    #expect(progress == Array(1...8))
    var confused = [[Int]](repeating: Array(repeating: 0, count: 8), count: 8)
    for item in items {
      let result = try TestModel.classifier.classify(PlainText(item.text))
      let row = item.primary.flatMap { TestCorpus.networks.firstIndex(of: $0) } ?? 7
      confused[row][result.primary.flatMap { TestCorpus.networks.firstIndex(of: $0) } ?? 7] += 1
    }
    #expect(report.confusion == confused)
    #expect(report.perLanguage.map(\.language) == ["en"])
  }
}
