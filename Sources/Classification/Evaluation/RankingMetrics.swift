/// Figures of multi-label classification, as scikit-learn defines them.
enum RankingMetrics {
  /// Label-ranking average precision of one item: for each true label, the
  /// share of true labels among those ranked at or above it; the mean of these.
  /// Ties count against the item. An item without labels counts 1.
  static func averagePrecision(scores: [Double], labels: Set<Int>) -> Double {
    guard !labels.isEmpty, labels.count < scores.count else { return 1 }
    var sum = 0.0
    for label in labels {
      let rank = scores.count(where: { $0 >= scores[label] })
      let hits = labels.count(where: { scores[$0] >= scores[label] })
      sum += Double(hits) / Double(rank)
    }
    return sum / Double(labels.count)
  }

  /// Counts of one label over items.
  struct Counts: Equatable {
    var truePositives = 0
    var falsePositives = 0
    var falseNegatives = 0

    mutating func add(predicted: Bool, actual: Bool) {
      if predicted, actual { truePositives += 1 }
      if predicted, !actual { falsePositives += 1 }
      if !predicted, actual { falseNegatives += 1 }
    }

    static func + (a: Counts, b: Counts) -> Counts {
      Counts(
        truePositives: a.truePositives + b.truePositives,
        falsePositives: a.falsePositives + b.falsePositives,
        falseNegatives: a.falseNegatives + b.falseNegatives)
    }

    var precision: Double { Self.ratio(truePositives, truePositives + falsePositives) }
    var recall: Double { Self.ratio(truePositives, truePositives + falseNegatives) }
    /// 2·tp / (2·tp + fp + fn), 0 when there is nothing to find or found.
    var f1: Double {
      Self.ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
    }

    private static func ratio(_ part: Int, _ whole: Int) -> Double {
      whole == 0 ? 0 : Double(part) / Double(whole)
    }
  }

  /// Expected calibration error: predictions in ten bins of equal width, the
  /// mean distance of a bin's mean probability from its share of hits, weighted
  /// by the bins' sizes. (M. Naeini et al., AAAI 2015.)
  static func expectedCalibrationError(_ predictions: [(probability: Double, hit: Bool)]) -> Double
  {
    guard !predictions.isEmpty else { return 0 }
    var sums = [Double](repeating: 0, count: 10)
    var hits = [Double](repeating: 0, count: 10)
    for prediction in predictions {
      let bin = min(9, max(0, Int(prediction.probability * 10)))
      sums[bin] += prediction.probability
      hits[bin] += prediction.hit ? 1 : 0
    }
    let total = zip(sums, hits).reduce(0) { $0 + abs($1.0 - $1.1) }
    return total / Double(predictions.count)
  }
}
