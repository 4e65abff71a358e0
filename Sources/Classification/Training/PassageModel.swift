private import CVectorKernels
import Foundation
import Programme

/// What a passage teaches.
struct PassageTarget: Equatable {
  /// For each network, whether it is among the passage's; then whether any is.
  var outputs: [Bool]
  /// The network that fits best.
  var primary: Int?

  init(_ text: LabelledText, networks: [String]) {
    outputs = networks.map { text.labels.contains($0) } + [!text.labels.isEmpty]
    primary = text.primary.flatMap { networks.firstIndex(of: $0) }
  }
}

/// The uncalibrated logits of all outputs (see `Heads`), and how they are learnt.
///
/// The loss of a passage is the sum over outputs of the binary cross-entropy,
/// plus, to rank the primary network first, the cross-entropy of the networks'
/// softmax; its mean over passages plus an L2 penalty is minimised by Adam
/// (D. Kingma, J. Ba, ICLR 2015) with a rate that falls to zero along a cosine.
struct PassageModel {
  struct Options: Sendable, Equatable {
    var epochs = 16
    var batch = 64
    var rate: Float = 2e-3
    var penalty: Float = 3e-3
    /// The share of a passage's tokens that a step does not pool, so that no
    /// single phrase is relied upon.
    var dropout = 0.6
    /// The weight of the softmax's cross-entropy.
    var ranking: Float = 1
    /// What a further network's output is to come to, where the primary's is 1.
    var furtherTarget: Float = 0.7
    /// Principal axes of token features that are learnt from; nil for all
    /// features as they are.
    var axes: Int? = 384
    /// See `TokenPooling`; the same for every output before calibration.
    var window = 3
    var bound: Float = 12
    var sharpness: Float = 0.5
  }

  private let outputs: Int
  private let options: Options
  private let pooling: TokenPooling
  private let width: Int
  private let mean: [Float]
  /// Token weights, then embedding weights, then biases, of all outputs.
  private var parameters: [Float]

  // Units in which Adam walks: one step moves a score by about as much in
  // either view.
  private static let tokenScale: Float = 5
  private static let embeddingScale: Float = 3
  private static let length = Encoder.embeddingLength

  /// Trains on some of the passages; deterministic for a given generator.
  ///
  /// - Parameter include: the passages to learn from.
  /// - Complexity: 4 · epochs · tokens · outputs · 1,280 multiply-adds.
  init(
    _ passages: EncodedPassages, targets: [PassageTarget], include: [Int], options: Options,
    generator: inout SeededGenerator
  ) {
    outputs = targets.first?.outputs.count ?? 0
    self.options = options
    pooling = TokenPooling(
      window: options.window, bounds: Array(repeating: options.bound, count: outputs),
      sharpness: Array(repeating: options.sharpness, count: outputs))
    width = passages.width
    mean = passages.mean
    parameters = [Float](
      repeating: 0, count: outputs * (width + Self.length) + outputs)
    for index in 0..<outputs { parameters[biasStart + index] = -2 }

    var order = include
    var first = [Float](repeating: 0, count: parameters.count)
    var second = first
    let steps = options.epochs * ((order.count + options.batch - 1) / options.batch)
    var step = 0
    for _ in 0..<options.epochs {
      order.shuffle(using: &generator)
      for start in stride(from: 0, to: order.count, by: options.batch) {
        let gradient = self.gradient(
          passages, targets: targets,
          batch: order[start..<min(start + options.batch, order.count)], generator: &generator)
        step += 1
        let rate =
          options.rate * (1 + Float(cos(Double.pi * Double(step) / Double(steps)))) / 2
        adam(gradient, first: &first, second: &second, step: step, rate: rate)
      }
    }
  }

  private var embeddingStart: Int { outputs * width }
  private var biasStart: Int { outputs * (width + Self.length) }

  private mutating func adam(
    _ gradient: [Float], first: inout [Float], second: inout [Float], step: Int, rate: Float
  ) {
    let firstScale = 1 / (1 - powf(0.9, Float(step)))
    let secondScale = 1 / (1 - powf(0.999, Float(step)))
    for index in parameters.indices {
      let decay = index < biasStart ? 2 * options.penalty * parameters[index] : 0
      let slope = gradient[index] + decay
      first[index] = 0.9 * first[index] + 0.1 * slope
      second[index] = 0.999 * second[index] + 0.001 * slope * slope
      parameters[index] -=
        rate * first[index] * firstScale / ((second[index] * secondScale).squareRoot() + 1e-8)
    }
  }

  /// Logits of one passage, and the gradient of each pooled score with respect
  /// to each token's score.
  private func forward(
    _ passages: EncodedPassages, _ passage: Int, offsets: [Float], isKept: [Bool]? = nil
  ) -> (logits: [Float], gradient: [Float]) {
    let tokens = passages.starts[passage + 1] - passages.starts[passage]
    var logits = [Float](repeating: 0, count: outputs)
    var scores = [Float](repeating: 0, count: tokens * outputs)
    parameters.withUnsafeBufferPointer { parameters in
      passages.embeddings.withUnsafeBufferPointer { embeddings in
        guard let e = embeddings.baseAddress, let p = parameters.baseAddress else { return }
        vk_row_products(
          e + passage * Self.length, 1, Self.length, p + embeddingStart, outputs, &logits)
      }
      passages.features.withUnsafeBufferPointer { features in
        guard let f = features.baseAddress, let p = parameters.baseAddress, tokens > 0 else {
          return
        }
        vk_row_products(
          f + passages.starts[passage] * width, tokens, width, p, outputs, &scores)
      }
    }
    for at in scores.indices {
      scores[at] = (scores[at] - offsets[at % outputs]) * Self.tokenScale
    }
    let (pooled, gradient) = pooling.withGradient(scores, isKept: isKept)
    for output in 0..<outputs {
      logits[output] =
        logits[output] * Self.embeddingScale + parameters[biasStart + output]
        + Float(pooled[output])
    }
    return (logits, gradient)
  }

  private var offsets: [Float] {
    var offsets = [Float](repeating: 0, count: outputs)
    vk_row_products(mean, 1, width, parameters, outputs, &offsets)
    return offsets
  }

  /// The derivative of a passage's loss with respect to its logits.
  private func residuals(_ logits: [Float], _ target: PassageTarget) -> [Float] {
    var residuals = logits.indices.map { output in
      let isFurther = output < outputs - 1 && output != target.primary
      let goal: Float = !target.outputs[output] ? 0 : isFurther ? options.furtherTarget : 1
      return 1 / (1 + expf(-logits[output])) - goal
    }
    guard let primary = target.primary else { return residuals }
    let networks = logits.dropLast()
    let top = networks.max() ?? 0
    let powers = networks.map { expf($0 - top) }
    let sum = powers.reduce(0, +)
    for (network, power) in powers.enumerated() {
      residuals[network] += options.ranking * (power / sum - (network == primary ? 1 : 0))
    }
    return residuals
  }

  private func gradient(
    _ passages: EncodedPassages, targets: [PassageTarget], batch: ArraySlice<Int>,
    generator: inout SeededGenerator
  ) -> [Float] {
    var gradient = [Float](repeating: 0, count: parameters.count)
    // What falls to the offsets, which are the scores of the mean.
    var total = [Float](repeating: 0, count: outputs)
    let offsets = self.offsets
    let scale = 1 / Float(batch.count)
    let masks = batch.map { passage in
      mask(passages.starts[passage + 1] - passages.starts[passage], using: &generator)
    }
    gradient.withUnsafeMutableBufferPointer { gradient in
      guard let target = gradient.baseAddress else { return }
      for (passage, isKept) in zip(batch, masks) {
        let (logits, slopes) = forward(passages, passage, offsets: offsets, isKept: isKept)
        var residuals = residuals(logits, targets[passage]).map { $0 * scale }
        for output in 0..<outputs { target[biasStart + output] += residuals[output] }
        var factors = slopes
        for at in factors.indices {
          factors[at] *= residuals[at % outputs] * Self.tokenScale
          total[at % outputs] += factors[at]
        }
        let tokens = factors.count / outputs
        passages.features.withUnsafeBufferPointer { features in
          guard let f = features.baseAddress, tokens > 0 else { return }
          vk_add_weighted_rows(
            f + passages.starts[passage] * width, tokens, width, factors, outputs,
            target)
        }
        for output in 0..<outputs { residuals[output] *= Self.embeddingScale }
        passages.embeddings.withUnsafeBufferPointer { embeddings in
          guard let e = embeddings.baseAddress else { return }
          vk_add_weighted_rows(
            e + passage * Self.length, 1, Self.length, residuals, outputs,
            target + embeddingStart)
        }
      }
      for output in 0..<outputs {
        vk_add_scaled(mean, -total[output], width, target + output * width)
      }
    }
    return gradient
  }

  /// Which tokens a step pools; always at least one.
  private func mask(_ tokens: Int, using generator: inout SeededGenerator) -> [Bool] {
    var isKept = (0..<tokens).map { _ in
      Double.random(in: 0..<1, using: &generator) >= options.dropout
    }
    if tokens > 0, !isKept.contains(true) { isKept[0] = true }
    return isKept
  }

  /// The logits of one passage.
  func logits(_ passages: EncodedPassages, _ passage: Int) -> [Double] {
    forward(passages, passage, offsets: offsets).logits.map(Double.init)
  }

  /// The parameters as heads hold them, with each output's calibration worked
  /// in: a · (1/r) log mean exp(r c) = (1/(r/a)) log mean exp((r/a) · a c), and
  /// a · b tanh(m/b) = (a b) tanh(a m / (a b)).
  func parameters(
    _ passages: EncodedPassages, calibrations: [Calibration]
  ) -> (
    tokenWeights: [Float], tokenOffsets: [Float], pooling: TokenPooling,
    embeddingWeights: [Float], bias: [Float]
  ) {
    let slopes = calibrations.map { Float($0.slope) }
    let tokenWeights = (0..<outputs).flatMap { output in
      passages.fullWeights(parameters[output * width..<(output + 1) * width]).map {
        $0 * Self.tokenScale * slopes[output]
      }
    }
    var offsets = [Float](repeating: 0, count: outputs)
    vk_row_products(
      passages.fullMean, 1, Encoder.featureCount, tokenWeights, outputs, &offsets)
    return (
      tokenWeights, offsets,
      TokenPooling(
        window: options.window, bounds: slopes.map { options.bound * $0 },
        sharpness: slopes.map { options.sharpness / $0 }),
      (embeddingStart..<biasStart).map {
        parameters[$0] * Self.embeddingScale * slopes[($0 - embeddingStart) / Self.length]
      },
      (0..<outputs).map {
        parameters[biasStart + $0] * slopes[$0] + Float(calibrations[$0].offset)
      }
    )
  }
}
