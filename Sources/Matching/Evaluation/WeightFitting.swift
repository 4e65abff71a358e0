import Foundation
public import Programme

/// Learns the factors' weights from past pairings.
///
/// The loss of a query is the softmax cross-entropy of its true partner among all
/// candidates, a ranking loss in which every candidate counts (Z. Cao et al.,
/// "Learning to Rank", ICML 2007, with one relevant item). Weights are not negative
/// and sum to 1; exponentiated gradient steps keep them so (J. Kivinen, M. Warmuth,
/// 1997).
public struct WeightFitting: Sendable {
  public struct Options: Hashable, Sendable {
    /// Steps of the gradient.
    public var steps = 400
    public var rate = 0.5
    /// What a difference of scores is divided by: scores differ by some hundredths.
    public var temperature = 0.05
    /// Draws the weights towards even ones, so that a factor that few pairings
    /// speak of is not thrown away: the weight of the Kullback–Leibler divergence.
    public var prior = 0.1
    public var folds = 5
    public var seed: UInt64 = 20_201_130

    public init() {}
  }

  private let past: PastPairings
  private let options: Options

  public init(_ past: PastPairings, options: Options = Options()) {
    self.past = past
    self.options = options
  }

  /// What was learnt, and how well it does on pairings that it was not learnt from.
  public struct Result: Hashable, Sendable {
    public var weights: FactorWeights
    /// Of even weights, of those given, and of the fitted ones on held-back folds.
    public var even: PastPairings.Report
    public var current: PastPairings.Report
    public var crossValidated: PastPairings.Report
  }

  /// - Parameter current: the weights to compare with.
  /// - Complexity: O(steps · pairings · candidates · factors · folds).
  public func fit(current: FactorWeights) -> Result {
    var generator = SeededGenerator(seed: options.seed)
    let folds = max(2, min(options.folds, past.count))
    var fold = [Int](repeating: 0, count: past.count)
    for (place, pairing) in (0..<past.count).shuffled(using: &generator).enumerated() {
      fold[pairing] = place % folds
    }
    var weighted: [(PastPairings.Report, Int)] = []
    for held in 0..<folds {
      let inside = past.queries.filter { fold[$0.pairing] != held }
      let outside = past.queries.filter { fold[$0.pairing] == held }
      guard !outside.isEmpty else { continue }
      weighted.append(
        (past.report(of: outside, weights: weights(from: inside)), outside.count))
    }
    return Result(
      weights: weights(from: past.queries), even: past.report(weights: Self.even),
      current: past.report(weights: current), crossValidated: Self.mean(weighted))
  }

  static var even: FactorWeights {
    let share = 1 / Double(Factor.allCases.count)
    return FactorWeights(
      sharedNetworks: share, content: share, complementarity: share, scale: share,
      language: share, mentoring: share, themes: share)
  }

  private func weights(from queries: [PastPairings.Query]) -> FactorWeights {
    var weights = Self.even
    let count = Double(max(1, queries.count))
    for _ in 0..<options.steps {
      var gradient = [Double](repeating: 0, count: Factor.allCases.count)
      for query in queries {
        let scores = query.factors.map { Self.score($0, weights) }
        let top = scores.map(\.value).max() ?? 0
        let powers = scores.map { exp(($0.value - top) / options.temperature) }
        let sum = powers.reduce(0, +)
        for (candidate, factors) in query.factors.enumerated() {
          let residual = powers[candidate] / sum - (candidate == 0 ? 1 : 0)
          guard residual != 0 else { continue }
          let (value, known) = scores[candidate]
          for factor in Factor.allCases {
            // The derivative of sum(w·v)/sum(w) over the known factors.
            guard let own = factors[factor] else { continue }
            gradient[factor.index] += residual * (own - value) / known / options.temperature
          }
        }
      }
      var next = weights
      for factor in Factor.allCases {
        let prior = options.prior * (log(weights[factor] / Self.even[factor]) + 1)
        let step = -options.rate * (gradient[factor.index] / count + prior) * 0.1
        // Where only factors of next to no weight are known, gradients have no end.
        next[factor] = weights[factor] * exp(min(1, max(-1, step)))
      }
      let total = next.total
      for factor in Factor.allCases { next[factor] = max(1e-6, next[factor] / total) }
      weights = next
    }
    let total = weights.total
    for factor in Factor.allCases {
      weights[factor] = (weights[factor] / total * 1000).rounded() / 1000
    }
    return weights
  }

  private static func score(
    _ factors: PairFactors, _ weights: FactorWeights
  ) -> (value: Double, known: Double) {
    var (sum, known) = (0.0, 1e-12)
    for factor in Factor.allCases {
      guard let value = factors[factor] else { continue }
      sum += weights[factor] * value
      known += weights[factor]
    }
    return (sum / known, known)
  }

  private static func mean(_ reports: [(PastPairings.Report, Int)]) -> PastPairings.Report {
    let queries = reports.reduce(0) { $0 + $1.1 }
    func mean(_ value: (PastPairings.Report) -> Double) -> Double {
      reports.reduce(0) { $0 + value($1.0) * Double($1.1) } / Double(max(1, queries))
    }
    return PastPairings.Report(
      pairs: reports.reduce(0) { $0 + $1.0.pairs }, queries: queries, mrr: mean(\.mrr),
      recallAt1: mean(\.recallAt1), recallAt5: mean(\.recallAt5), recallAt10: mean(\.recallAt10),
      medianRank: mean(\.medianRank), meanCandidates: mean(\.meanCandidates))
  }
}
