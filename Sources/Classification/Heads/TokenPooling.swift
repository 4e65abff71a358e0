import Foundation

/// Turns what each token of a passage scores for a network into one score of the
/// passage:
///
///     m(t) = (1/(2w + 1)) · sum of score(j) over |j − t| ≤ w
///     c(t) = b · tanh(m(t) / b)
///     pooled = (1/r) · log(mean over tokens of exp(r · c(t)))
///
/// Tokens beyond the ends count 0. A topic is named by a few words together, so
/// the mean over a window w keeps one word from deciding and the bound b keeps
/// one phrase from deciding alone; the sharpness r lets the few tokens that name
/// the topic outweigh the many that do not.
struct TokenPooling: Sendable {
  /// Tokens to either side that a score is averaged over.
  var window: Int
  /// b and r of each network.
  var bounds: [Float]
  var sharpness: [Float]

  private var networks: Int { bounds.count }

  /// The pooled score of each network; `scores` are `[token][network]`.
  ///
  /// - Complexity: O(tokens · networks).
  func callAsFunction(_ scores: [Float]) -> [Double] {
    var bounded = smoothed(scores)
    for at in bounded.indices { bounded[at] = bound(bounded[at], of: at % networks).value }
    return (0..<networks).map { pooled(bounded, network: $0).value }
  }

  /// The pooled scores and their gradient with respect to each token's score.
  ///
  /// - Parameter isKept: tokens that the pooling sees; nil for all of them.
  func withGradient(
    _ scores: [Float], isKept: [Bool]? = nil
  ) -> (values: [Double], gradient: [Float]) {
    var bounded = smoothed(scores)
    var gradient = [Float](repeating: 0, count: scores.count)
    for at in bounded.indices {
      (bounded[at], gradient[at]) = bound(bounded[at], of: at % networks)
    }
    let values = (0..<networks).map { network in
      let (value, shares) = pooled(bounded, network: network, isKept: isKept)
      for (token, share) in shares.enumerated() { gradient[token * networks + network] *= share }
      return value
    }
    // The window is symmetric, so it is its own adjoint.
    return (values, smoothed(gradient))
  }

  /// Each token's part in a network's pooled score, summing to it: the
  /// integrated gradient along the straight way from the average token's score,
  /// 0, to the token's own (M. Sundararajan et al., ICML 2017). The integral is
  /// taken at eight Gauss–Legendre points, and what rounding leaves is shared
  /// out in proportion.
  func contributions(_ scores: [Float], network: Int) -> [Double] {
    let own = stride(from: network, to: scores.count, by: networks).map { scores[$0] }
    guard !own.isEmpty else { return [] }
    let alone = TokenPooling(
      window: window, bounds: [bounds[network]], sharpness: [sharpness[network]])
    var parts = [Double](repeating: 0, count: own.count)
    for (node, weight) in Self.gaussLegendre {
      let gradient = alone.withGradient(own.map { Float(node) * $0 }).gradient
      for token in own.indices {
        parts[token] += weight * Double(gradient[token]) * Double(own[token])
      }
    }
    let rest = alone(own)[0] - parts.reduce(0, +)
    let size = parts.reduce(0) { $0 + abs($1) }
    if size > 0 { for token in parts.indices { parts[token] += rest * abs(parts[token]) / size } }
    return parts
  }

  private func bound(_ score: Float, of network: Int) -> (value: Float, slope: Float) {
    let share = tanhf(score / bounds[network])
    return (bounds[network] * share, 1 - share * share)
  }

  /// The mean over the window around each token.
  private func smoothed(_ scores: [Float]) -> [Float] {
    guard window > 0 else { return scores }
    let tokens = scores.count / networks
    let scale = 1 / Float(2 * window + 1)
    return [Float](unsafeUninitializedCapacity: scores.count) { result, count in
      for token in 0..<tokens {
        let neighbours = max(0, token - window)...min(tokens - 1, token + window)
        for network in 0..<networks {
          var sum: Float = 0
          for other in neighbours { sum += scores[other * networks + network] }
          result[token * networks + network] = sum * scale
        }
      }
      count = scores.count
    }
  }

  /// (1/r) · log(mean of exp(r · score)), and each token's share in the mean.
  private func pooled(
    _ scores: [Float], network: Int, isKept: [Bool]? = nil
  ) -> (value: Double, shares: [Float]) {
    let tokens = scores.count / networks
    let kept = isKept.map { $0.count(where: { $0 }) } ?? tokens
    guard kept > 0 else { return (0, Array(repeating: 0, count: tokens)) }
    // No bounded score is above the bound, so nothing overflows.
    let (r, top) = (sharpness[network], bounds[network])
    var sum: Float = 0
    var shares = [Float](repeating: 0, count: tokens)
    for token in 0..<tokens where isKept?[token] ?? true {
      shares[token] = expf(r * (scores[token * networks + network] - top))
      sum += shares[token]
    }
    for token in shares.indices { shares[token] /= sum }
    return (Double(top) + log(Double(sum) / Double(kept)) / Double(r), shares)
  }

  /// Nodes and weights on 0…1.
  private static let gaussLegendre: [(node: Double, weight: Double)] = {
    let upperHalf: [(Double, Double)] = [
      (0.1834346424956498, 0.3626837833783620), (0.5255324099163290, 0.3137066458778873),
      (0.7966664774136267, 0.2223810344533745), (0.9602898564975363, 0.1012285362903763),
    ]
    var table: [(node: Double, weight: Double)] = []
    for (node, weight) in upperHalf {
      table.append(((1 - node) / 2, weight / 2))
      table.append(((1 + node) / 2, weight / 2))
    }
    return table
  }()
}
