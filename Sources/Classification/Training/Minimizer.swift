import Foundation

/// Finds the minimum of a smooth function of few variables by L-BFGS.
///
/// J. Nocedal, S. Wright, "Numerical Optimization", 2006, algorithm 7.5, with
/// backtracking that satisfies Armijo's condition.
enum Minimizer {
  /// L-BFGS with a memory of ten steps.
  static func minimize(
    from start: [Double], iterations: Int, tolerance: Double,
    evaluate: ([Double]) -> (loss: Double, gradient: [Double])
  ) -> [Double] {
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    var point = start
    var (loss, gradient) = evaluate(point)
    var memory: [(step: [Double], change: [Double], scale: Double)] = []
    for _ in 0..<iterations {
      if gradient.map(abs).max() ?? 0 < tolerance * max(1, loss.magnitude / 100) { break }
      var direction = gradient
      var alphas: [Double] = []
      for pair in memory.reversed() {
        let alpha = pair.scale * dot(pair.step, direction)
        alphas.append(alpha)
        for index in direction.indices { direction[index] -= alpha * pair.change[index] }
      }
      if let last = memory.last {
        let scale = 1 / (last.scale * dot(last.change, last.change))
        for index in direction.indices { direction[index] *= scale }
      }
      for (pair, alpha) in zip(memory, alphas.reversed()) {
        let beta = pair.scale * dot(pair.change, direction)
        for index in direction.indices { direction[index] += (alpha - beta) * pair.step[index] }
      }
      let slope = -dot(direction, gradient)
      guard slope < 0 else { break }
      var rate = memory.isEmpty ? 1 / max(1, dot(gradient, gradient).squareRoot()) : 1
      var next = point
      var (nextLoss, nextGradient) = (loss, gradient)
      var accepted = false
      for _ in 0..<30 {
        for index in point.indices { next[index] = point[index] - rate * direction[index] }
        (nextLoss, nextGradient) = evaluate(next)
        if nextLoss <= loss + 1e-4 * rate * slope {
          accepted = true
          break
        }
        rate /= 2
      }
      guard accepted else { break }
      let step = zip(next, point).map { $0 - $1 }
      let change = zip(nextGradient, gradient).map { $0 - $1 }
      let curvature = dot(step, change)
      if curvature > 1e-12 {
        memory.append((step, change, 1 / curvature))
        if memory.count > 10 { memory.removeFirst() }
      }
      let gain = loss - nextLoss
      (point, loss, gradient) = (next, nextLoss, nextGradient)
      if gain < 1e-9 * max(1, loss.magnitude) { break }
    }
    return point
  }
}
