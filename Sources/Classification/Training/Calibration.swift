import Foundation

/// Maps raw scores to calibrated log-odds: slope · score + offset.
///
/// Fitted on held-back scores by Platt's method with his smoothed targets
/// (J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999).
struct Calibration {
  var slope: Double
  var offset: Double

  init(scores: [Double], targets: [Bool]) {
    let positives = Double(targets.count(where: { $0 }))
    let negatives = Double(targets.count) - positives
    let high = (positives + 1) / (positives + 2)
    let low = 1 / (negatives + 2)
    let point = Minimizer.minimize(from: [1, 0], iterations: 100, tolerance: 1e-7) {
      point in
      var loss = 0.0
      var gradient = [0.0, 0.0]
      for (score, target) in zip(scores, targets) {
        let z = point[0] * score + point[1]
        let goal = target ? high : low
        loss += max(z, 0) - z * goal + log1p(exp(-abs(z)))
        let residual = logistic(z) - goal
        gradient[0] += residual * score
        gradient[1] += residual
      }
      return (loss, gradient)
    }
    // Scores that say nothing, or the opposite, on a tiny corpus must neither
    // vanish nor turn round: they are kept, at next to no weight.
    (slope, offset) = (max(point[0], 0.01), point[1])
  }

  func callAsFunction(_ score: Double) -> Double { slope * score + offset }
}
