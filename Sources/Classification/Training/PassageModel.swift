private import CVectorKernels
import Foundation

/// Token features and embeddings of many passages, for training.
struct EncodedPassages {
  /// 1,280 features of every token, the marks left out, passage after passage.
  var features: [Float] = []
  /// 512 values for each passage.
  var embeddings: [Float] = []
  /// First token of each passage, and the number of all tokens at the end.
  var starts: [Int] = [0]
  /// The mean of all token features.
  var mean: [Float] = []

  var count: Int { starts.count - 1 }

  init(
    _ texts: [String], encoder: Encoder, progress: (Int) throws -> Void
  ) rethrows {
    let batch = EncoderBatch()
    let width = Encoder.featureCount
    for (done, text) in texts.enumerated() {
      batch.append(encoder.tokenizer.tokens(of: text))
      guard batch.tokenCount >= Classifier.batchTokens || done == texts.count - 1 else { continue }
      encoder.encode(batch)
      embeddings += encoder.embeddings(of: batch)
      for sequence in 0..<batch.count {
        batch.withFeatures(of: sequence) { features += $0.dropFirst(width).dropLast(width) }
        starts.append(features.count / width)
      }
      batch.removeAll()
      try progress(done + 1)
    }
    mean = [Float](repeating: 0, count: width)
    let tokens = features.count / width
    guard tokens > 0 else { return }
    vk_add_rows(features, tokens, width, width, &mean)
    for index in mean.indices { mean[index] /= Float(tokens) }
  }
}

/// The uncalibrated logits of all networks, and how they are learnt: the loss is
/// the mean over passages of the summed binary cross-entropies plus an L2
/// penalty, minimised by Adam (D. Kingma, J. Ba, ICLR 2015) with a rate that
/// falls to zero along a cosine.
struct PassageModel {
  struct Options: Sendable, Equatable {
    var epochs = 16
    var batch = 64
    var rate: Float = 2e-3
    var penalty: Float = 1e-3
    /// The share of a passage's tokens that a step does not see, so that no
    /// single word is relied upon.
    var dropout = 0.3
    /// See `Heads`; the same for every network before calibration.
    var sharpness: Float = 0.3
  }

  private let networks: Int
  private let options: Options
  private let mean: [Float]
  /// Token weights, then embedding weights, then biases, of all networks.
  private var parameters: [Float]

  // Units in which Adam walks: one step moves a score by about as much in
  // either view.
  private static let tokenScale: Float = 5
  private static let embeddingScale: Float = 3
  private static let width = Encoder.featureCount
  private static let length = Encoder.embeddingLength

  /// Trains on some of the passages; deterministic for a given generator.
  ///
  /// - Parameters:
  ///   - targets: for each passage, whether each network is among its labels.
  ///   - include: the passages to learn from.
  /// - Complexity: 4 · epochs · tokens · networks · 1,280 multiply-adds.
  init(
    _ passages: EncodedPassages, targets: [[Bool]], include: [Int], options: Options,
    generator: inout SeededGenerator
  ) {
    networks = targets.first?.count ?? 0
    self.options = options
    mean = passages.mean
    parameters = [Float](
      repeating: 0, count: networks * (Self.width + Self.length) + networks)
    for index in 0..<networks { parameters[biasStart + index] = -2 }

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

  private var embeddingStart: Int { networks * Self.width }
  private var biasStart: Int { networks * (Self.width + Self.length) }

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

  /// Logits of one passage, and the weight of each token in each pooled score.
  private func forward(
    _ passages: EncodedPassages, _ passage: Int, offsets: [Float], isKept: [Bool]? = nil
  ) -> (logits: [Float], shares: [Float]) {
    let tokens = passages.starts[passage + 1] - passages.starts[passage]
    var shares = [Float](repeating: 0, count: tokens * networks)
    var logits = [Float](repeating: 0, count: networks)
    passages.embeddings.withUnsafeBufferPointer { embeddings in
      parameters.withUnsafeBufferPointer { parameters in
        guard let e = embeddings.baseAddress, let p = parameters.baseAddress else { return }
        vk_row_products(
          e + passage * Self.length, 1, Self.length, p + embeddingStart, networks, &logits)
      }
    }
    for network in 0..<networks {
      logits[network] = logits[network] * Self.embeddingScale + parameters[biasStart + network]
    }
    guard tokens > 0 else { return (logits, shares) }
    passages.features.withUnsafeBufferPointer { features in
      guard let f = features.baseAddress else { return }
      vk_row_products(
        f + passages.starts[passage] * Self.width, tokens, Self.width, parameters, networks,
        &shares)
    }
    let sharpness = options.sharpness
    let kept = isKept.map { $0.count(where: { $0 }) } ?? tokens
    for network in 0..<networks {
      var top = -Float.infinity
      for token in 0..<tokens {
        let at = token * networks + network
        shares[at] = (shares[at] - offsets[network]) * Self.tokenScale
        if isKept.map({ $0[token] }) ?? true { top = max(top, shares[at]) }
      }
      var sum: Float = 0
      for token in 0..<tokens {
        let at = token * networks + network
        let counts = isKept.map { $0[token] } ?? true
        shares[at] = counts ? expf(sharpness * (shares[at] - top)) : 0
        sum += shares[at]
      }
      for token in 0..<tokens { shares[token * networks + network] /= sum }
      logits[network] += top + logf(sum / Float(kept)) / sharpness
    }
    return (logits, shares)
  }

  private var offsets: [Float] {
    var offsets = [Float](repeating: 0, count: networks)
    vk_row_products(mean, 1, Self.width, parameters, networks, &offsets)
    return offsets
  }

  private func gradient(
    _ passages: EncodedPassages, targets: [[Bool]], batch: ArraySlice<Int>,
    generator: inout SeededGenerator
  ) -> [Float] {
    var gradient = [Float](repeating: 0, count: parameters.count)
    var total = [Float](repeating: 0, count: networks)
    let offsets = self.offsets
    let scale = 1 / Float(batch.count)
    let masks = batch.map { passage in
      mask(passages.starts[passage + 1] - passages.starts[passage], using: &generator)
    }
    gradient.withUnsafeMutableBufferPointer { gradient in
      guard let target = gradient.baseAddress else { return }
      for (passage, isKept) in zip(batch, masks) {
        var (residuals, factors) = forward(passages, passage, offsets: offsets, isKept: isKept)
        for network in 0..<networks {
          let goal: Float = targets[passage][network] ? 1 : 0
          residuals[network] = (1 / (1 + expf(-residuals[network])) - goal) * scale
          target[biasStart + network] += residuals[network]
          total[network] += residuals[network]
        }
        let tokens = factors.count / networks
        for at in factors.indices { factors[at] *= residuals[at % networks] * Self.tokenScale }
        passages.features.withUnsafeBufferPointer { features in
          guard let f = features.baseAddress, tokens > 0 else { return }
          vk_add_weighted_rows(
            f + passages.starts[passage] * Self.width, tokens, Self.width, factors, networks,
            target)
        }
        for network in 0..<networks { residuals[network] *= Self.embeddingScale }
        passages.embeddings.withUnsafeBufferPointer { embeddings in
          guard let e = embeddings.baseAddress else { return }
          vk_add_weighted_rows(
            e + passage * Self.length, 1, Self.length, residuals, networks,
            target + embeddingStart)
        }
      }
      // The scores are taken from the mean, whose weights sum to the residuals.
      for network in 0..<networks {
        vk_add_scaled(
          mean, -total[network] * Self.tokenScale, Self.width, target + network * Self.width)
      }
    }
    return gradient
  }

  /// Which tokens a step sees; always at least one.
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

  /// The parameters as heads hold them, with each network's calibration worked
  /// in: a · (1/r) log mean exp(r z) = (1/(r/a)) log mean exp((r/a) · a z).
  func parameters(
    calibrations: [Calibration]
  ) -> (
    tokenWeights: [Float], tokenOffsets: [Float], sharpness: [Float], embeddingWeights: [Float],
    bias: [Float]
  ) {
    let slopes = calibrations.map { Float($0.slope) }
    let tokenWeights = (0..<embeddingStart).map {
      parameters[$0] * Self.tokenScale * slopes[$0 / Self.width]
    }
    var offsets = [Float](repeating: 0, count: networks)
    vk_row_products(mean, 1, Self.width, tokenWeights, networks, &offsets)
    return (
      tokenWeights, offsets, slopes.map { options.sharpness / $0 },
      (embeddingStart..<biasStart).map {
        parameters[$0] * Self.embeddingScale * slopes[($0 - embeddingStart) / Self.length]
      },
      (0..<networks).map {
        parameters[biasStart + $0] * slopes[$0] + Float(calibrations[$0].offset)
      }
    )
  }
}
