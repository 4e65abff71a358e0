private import CVectorKernels
import Foundation

/// The part of the encoder that turns the features of a sequence's tokens into
/// one embedding: sum, projection, and a residual network of two stages.
///
/// With m the projected sum over √tokens: y0 = (m·d0)⁺, y1 = (m·p1 + y0·d1)⁺,
/// y2 = (y1·d2)⁺, v = y1·p3 + y2·d3, and the embedding is tanh(v) over its own
/// length. No stage has a bias, so v is positively homogeneous in m, and by
/// Euler's theorem v = J·m exactly, J being the Jacobian at m: that is why a
/// linear function of the embedding splits over the tokens without a rest.
struct SentenceNetwork: Sendable {
  private let file: ModelFile
  // Sendable: these point into the read-only mapping that `file` keeps alive.
  nonisolated(unsafe) private let weights: UnsafePointer<Float>
  nonisolated(unsafe) private let bias: UnsafePointer<Float>
  nonisolated(unsafe) private let d0: UnsafePointer<Float>
  nonisolated(unsafe) private let d1: UnsafePointer<Float>
  nonisolated(unsafe) private let p1: UnsafePointer<Float>
  nonisolated(unsafe) private let d2: UnsafePointer<Float>
  nonisolated(unsafe) private let p3: UnsafePointer<Float>
  nonisolated(unsafe) private let d3: UnsafePointer<Float>

  private static let features = EncoderShape.features
  private static let output = EncoderShape.output
  private static let hidden = EncoderShape.hidden

  init(file: ModelFile) throws(ModelError) {
    self.file = file
    func floats(_ name: String, _ count: Int) throws(ModelError) -> UnsafePointer<Float> {
      try file.values("sentence.\(name)", of: Float.self, count: count)
    }
    weights = try floats("weights", Self.features * Self.output)
    bias = try floats("bias", Self.output)
    d0 = try floats("d0", Self.output * Self.hidden)
    d1 = try floats("d1", Self.hidden * Self.hidden)
    p1 = try floats("p1", Self.output * Self.hidden)
    d2 = try floats("d2", Self.hidden * Self.output)
    p3 = try floats("p3", Self.hidden * Self.output)
    d3 = try floats("d3", Self.output * Self.output)
  }

  /// The state of the network for `rows` sequences, kept for `tokenWeights`.
  struct Activations {
    var y0, y1, y2, v: [Float]
    /// tanh(v), not yet of length 1.
    var z: [Float]
    /// One over the length of each row of `z`.
    var inverseLengths: [Float]
  }

  /// Runs the network.
  ///
  /// - Parameters:
  ///   - featureSums: 1,280 sums for each sequence.
  ///   - tokens: how many tokens each sequence has, marks included.
  func activations(featureSums: [Float], tokens: [Int]) -> Activations {
    let rows = tokens.count
    precondition(featureSums.count == rows * Self.features)
    var m = product(featureSums, rows: rows, weights, columns: Self.output)
    for row in 0..<rows {
      let scale = 1 / Float(tokens[row]).squareRoot()
      for index in 0..<Self.output {
        let at = row * Self.output + index
        m[at] = (m[at] + bias[index] * Float(tokens[row])) * scale
      }
    }
    let y0 = Self.positive(product(m, rows: rows, d0, columns: Self.hidden))
    let y1 = Self.positive(
      product(
        y0, rows: rows, d1, columns: Self.hidden,
        plus: product(m, rows: rows, p1, columns: Self.hidden)))
    let y2 = Self.positive(product(y1, rows: rows, d2, columns: Self.output))
    let v = product(
      y2, rows: rows, d3, columns: Self.output,
      plus: product(y1, rows: rows, p3, columns: Self.output))
    let z = v.map { tanhf($0) }
    let inverseLengths = (0..<rows).map { row in
      let squares = z[row * Self.output..<(row + 1) * Self.output].reduce(0) { $0 + $1 * $1 }
      return 1 / max(squares, EncoderShape.epsilon).squareRoot()
    }
    return Activations(y0: y0, y1: y1, y2: y2, v: v, z: z, inverseLengths: inverseLengths)
  }

  /// The embeddings, 512 values of length 1 for each sequence.
  func embeddings(featureSums: [Float], tokens: [Int]) -> [Float] {
    let state = activations(featureSums: featureSums, tokens: tokens)
    var result = state.z
    for row in tokens.indices {
      for index in 0..<Self.output {
        result[row * Self.output + index] *= state.inverseLengths[row]
      }
    }
    return result
  }

  /// The weights with which a token's features enter a linear function of the
  /// embedding, at this point of the network.
  ///
  /// For a sequence of T tokens with features f, the sum over its tokens of
  /// (f·`features` + `constant`) is `direction`·embedding, up to rounding.
  func tokenWeights(
    direction: [Float], state: Activations, tokens: Int
  ) -> (features: [Float], constant: Float) {
    precondition(state.v.count == Self.output, "one sequence at a time")
    var gradient = [Float](repeating: 0, count: Self.output)
    for index in 0..<Self.output {
      let v = state.v[index]
      let slope = abs(v) < 1e-6 ? 1 : state.z[index] / v
      gradient[index] = direction[index] * slope * state.inverseLengths[0]
    }
    var y2 = transposed(gradient, d3, depth: Self.output)
    Self.mask(&y2, by: state.y2)
    var y1 = transposed(gradient, p3, depth: Self.hidden)
    add(transposed(y2, d2, depth: Self.hidden), to: &y1)
    Self.mask(&y1, by: state.y1)
    var y0 = transposed(y1, d1, depth: Self.hidden)
    Self.mask(&y0, by: state.y0)
    var m = transposed(y1, p1, depth: Self.output)
    add(transposed(y0, d0, depth: Self.output), to: &m)
    let scale = 1 / Float(tokens).squareRoot()
    for index in m.indices { m[index] *= scale }
    return (transposed(m, weights, depth: Self.features), vk_dot(m, bias, Self.output))
  }

  // MARK: - Small products

  private func product(
    _ x: [Float], rows: Int, _ weights: UnsafePointer<Float>, columns: Int, plus: [Float]? = nil
  ) -> [Float] {
    var result = plus ?? [Float](repeating: 0, count: rows * columns)
    if rows > 0 { vk_matrix_rows(x, rows, x.count / rows, weights, columns, &result) }
    return result
  }

  private func transposed(_ g: [Float], _ weights: UnsafePointer<Float>, depth: Int) -> [Float] {
    var result = [Float](repeating: 0, count: depth)
    vk_matrix_transposed(g, g.count, weights, depth, &result)
    return result
  }

  private func add(_ x: [Float], to sum: inout [Float]) { vk_add_scaled(x, 1, x.count, &sum) }

  private static func positive(_ x: [Float]) -> [Float] { x.map { max($0, 0) } }

  private static func mask(_ x: inout [Float], by active: [Float]) {
    for index in x.indices where active[index] <= 0 { x[index] = 0 }
  }
}
