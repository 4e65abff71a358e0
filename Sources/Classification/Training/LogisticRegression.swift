private import CVectorKernels
import Foundation

/// L2-regularised logistic regression, fitted by L-BFGS.
///
/// Minimises  sum of weightᵢ · log(1 + exp(-yᵢ(w·xᵢ + b))) + λ/2 · |w|²,
/// the bias unregularised. (J. Nocedal, S. Wright, "Numerical Optimization",
/// 2006, algorithm 7.5, with backtracking that satisfies Armijo's condition.)
struct LogisticRegression {
  /// Examples, row by row; the length of a row is a multiple of 16.
  struct Examples {
    var rows: [Float]
    var length: Int
    var targets: [Bool]
    var weights: [Double]
  }

  let weights: [Float]
  let bias: Float

  /// - Complexity: O(iterations · examples · length).
  init(_ examples: Examples, penalty: Double, iterations: Int = 200, tolerance: Double = 1e-5) {
    let length = examples.length
    let count = examples.targets.count
    var point = [Double](repeating: 0, count: length + 1)
    let positives = zip(examples.targets, examples.weights).reduce(0.0) { $1.0 ? $0 + $1.1 : $0 }
    let total = examples.weights.reduce(0, +)
    point[length] = log((positives + 0.5) / (total - positives + 0.5))

    var single = [Float](repeating: 0, count: length)
    func evaluate(_ point: [Double]) -> (loss: Double, gradient: [Double]) {
      for index in 0..<length { single[index] = Float(point[index]) }
      var gradient = [Float](repeating: 0, count: length)
      var biasGradient = 0.0
      var loss = 0.0
      examples.rows.withUnsafeBufferPointer { rows in
        guard let start = rows.baseAddress else { return }
        for row in 0..<count {
          let x = start + row * length
          let z = Double(vk_dot(single, x, length)) + point[length]
          let signed = examples.targets[row] ? z : -z
          // log(1 + exp(-signed)) without overflow on either side.
          loss += examples.weights[row] * (max(-signed, 0) + log1p(exp(-abs(signed))))
          let residual =
            examples.weights[row] * (logistic(z) - (examples.targets[row] ? 1 : 0))
          vk_add_scaled(x, Float(residual), length, &gradient)
          biasGradient += residual
        }
      }
      var full = gradient.map(Double.init)
      for index in 0..<length {
        loss += penalty / 2 * point[index] * point[index]
        full[index] += penalty * point[index]
      }
      full.append(biasGradient)
      return (loss, full)
    }
    point = Self.minimize(
      from: point, iterations: iterations, tolerance: tolerance, evaluate: evaluate)
    weights = point.dropLast().map(Float.init)
    bias = Float(point[length])
  }

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
