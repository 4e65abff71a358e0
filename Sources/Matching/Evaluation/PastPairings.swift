public import Programme

/// Real pairings of the past, seen as questions: of all whom a participant could
/// have been paired with, where does its true partner rank?
///
/// Each side of each pairing is one query. Its candidates are all participants
/// that the rules allow, without the query's other true partners.
public struct PastPairings: Sendable {
  /// One query: the candidates' factors, the true partner's first.
  struct Query: Sendable {
    var pairing: Int
    var factors: [PairFactors]
  }

  let queries: [Query]
  /// How many pairings there are.
  public let count: Int

  /// - Parameters:
  ///   - pairings: indices into the profiles.
  ///   - eligibility: the rules; those of previous partners are not applied, for
  ///     these are the previous partners.
  /// - Complexity: O(pairings · profiles).
  public init(_ profiles: [Profile], pairings: [(Int, Int)], eligibility: Eligibility) {
    var eligibility = eligibility
    eligibility.rules.allowPreviousPartners = true
    var partners: [Int: Set<Int>] = [:]
    for (one, other) in pairings {
      partners[one, default: []].insert(other)
      partners[other, default: []].insert(one)
    }
    count = pairings.count
    queries = pairings.enumerated().flatMap { index, pairing in
      [(pairing.0, pairing.1), (pairing.1, pairing.0)].map { query, truth in
        let others = profiles.indices.filter { candidate in
          candidate != truth && partners[query]?.contains(candidate) != true
            && eligibility.allows(profiles[query], profiles[candidate])
        }
        return Query(
          pairing: index,
          factors: ([truth] + others).map { PairFactors(profiles[query], profiles[$0]) })
      }
    }
  }

  /// How well scores with some weights find the true partners.
  public struct Report: Hashable, Sendable {
    public var pairs: Int
    public var queries: Int
    /// The mean of 1/rank.
    public var mrr: Double
    /// The shares of queries whose true partner ranks among the first 1, 5, 10.
    public var recallAt1: Double
    public var recallAt5: Double
    public var recallAt10: Double
    public var medianRank: Double
    public var meanCandidates: Double
  }

  /// Ranks: 1 + the number of candidates with a higher score.
  public func report(weights: FactorWeights) -> Report {
    report(of: queries, weights: weights)
  }

  func report(of queries: [Query], weights: FactorWeights) -> Report {
    let ranks = queries.map { query in
      let scores = query.factors.map { PairScore($0, weights: weights).micros }
      return 1 + scores.dropFirst().count { $0 > scores[0] }
    }.sorted()
    let count = Double(max(1, ranks.count))
    func share(_ test: (Int) -> Bool) -> Double { Double(ranks.count(where: test)) / count }
    let middle = ranks.count / 2
    let median =
      ranks.isEmpty
      ? 0
      : ranks.count % 2 == 1
        ? Double(ranks[middle]) : Double(ranks[middle - 1] + ranks[middle]) / 2
    return Report(
      pairs: Set(queries.map(\.pairing)).count, queries: queries.count,
      mrr: ranks.reduce(0) { $0 + 1 / Double($1) } / count, recallAt1: share { $0 <= 1 },
      recallAt5: share { $0 <= 5 }, recallAt10: share { $0 <= 10 }, medianRank: median,
      meanCandidates: Double(queries.reduce(0) { $0 + $1.factors.count }) / count)
  }
}
