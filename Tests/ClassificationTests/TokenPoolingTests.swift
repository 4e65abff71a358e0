import Foundation
import TestSupport
import Testing

@testable import Classification

@Suite("Token pooling")
struct TokenPoolingTests {
  private func random(
    _ generator: inout TestGenerator
  ) -> (pooling: TokenPooling, scores: [Float], tokens: Int) {
    let outputs = generator.int(1...4)
    let tokens = generator.int(1...12)
    let scale = generator.pick([0.1, 3, 40] as [Float])
    let pooling = TokenPooling(
      window: generator.int(0...4),
      bounds: (0..<outputs).map { _ in 0.5 + 12 * abs(generator.float()) },
      sharpness: (0..<outputs).map { _ in 0.1 + abs(generator.float()) })
    return (pooling, generator.floats(tokens * outputs).map { $0 * scale }, tokens)
  }

  /// The formula, word for word and in double precision.
  private func formula(
    _ scores: [Float], _ pooling: TokenPooling, output: Int, kept: [Bool]? = nil
  ) -> Double {
    let outputs = pooling.bounds.count
    let (b, r) = (Double(pooling.bounds[output]), Double(pooling.sharpness[output]))
    let own = stride(from: output, to: scores.count, by: outputs).map { Double(scores[$0]) }
    let powers = own.indices.filter { kept?[$0] ?? true }.map { token in
      let near = own.indices.filter { abs($0 - token) <= pooling.window }
      let mean = near.reduce(0) { $0 + own[$1] } / Double(2 * pooling.window + 1)
      return exp(r * b * tanh(mean / b))
    }
    return log(powers.reduce(0, +) / Double(powers.count)) / r
  }

  @Test("equals its formula", arguments: TestGenerator.seeds(60))
  func equalsFormula(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let (pooling, scores, _) = random(&generator)
    let values = pooling(scores)
    #expect(pooling.withGradient(scores).values == values)
    for (output, value) in values.enumerated() {
      #expect(abs(value - formula(scores, pooling, output: output)) < 2e-4)
    }
  }

  @Test("the gradient is that of finite differences", arguments: TestGenerator.seeds(60))
  func gradient(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let (pooling, scores, tokens) = random(&generator)
    let outputs = pooling.bounds.count
    var kept = (0..<tokens).map { _ in generator.int(0...1) == 1 }
    kept[generator.int(0...tokens - 1)] = true
    let (_, gradient) = pooling.withGradient(scores, isKept: kept)
    for at in scores.indices {
      var (above, below) = (scores, scores)
      above[at] += 0.01
      below[at] -= 0.01
      let output = at % outputs
      let slope =
        (formula(above, pooling, output: output, kept: kept)
          - formula(below, pooling, output: output, kept: kept))
        / Double(above[at] - below[at])
      #expect(abs(Double(gradient[at]) - slope) < 2e-3, "at \(at)")
    }
  }

  @Test("contributions sum to the pooled score", arguments: TestGenerator.seeds(60))
  func contributions(seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let (pooling, scores, _) = random(&generator)
    for (output, value) in pooling(scores).enumerated() {
      let parts = pooling.contributions(scores, network: output)
      #expect(abs(parts.reduce(0, +) - value) < 1e-9 * max(1, abs(value)))
    }
  }

  @Test("no phrase scores above the bound")
  func bounded() {
    let pooling = TokenPooling(window: 0, bounds: [10], sharpness: [0.4])
    #expect(pooling([1e6])[0] <= 10.001)
    #expect(pooling([-1e6])[0] >= -10.001)
    #expect(pooling([]) == [0])
    #expect(pooling.contributions([], network: 0).isEmpty)
  }
}
