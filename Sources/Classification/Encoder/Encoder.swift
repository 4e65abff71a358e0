private import CVectorKernels
import Foundation

/// Universal-sentence-encoder-multilingual v3: context-dependent features for
/// each token, and one embedding for a text.
///
/// The forward pass follows Y. Yang et al., "Multilingual Universal Sentence
/// Encoder for Semantic Retrieval" (ACL 2020), in the convolutional variant:
/// embedding, projection with layer norm, three residual stacks of two n-gram
/// convolutions each, layer norm over all 1,280 channels; then sum, projection
/// and a small residual network. Weights are int8 as published, activations are
/// quantised to 8 bits row by row: embeddings differ from the float reference
/// by less than 2e-4 in cosine on the reference texts.
public struct Encoder: Sendable {
  /// What heads name as the encoder that their weights belong to.
  public static let name = "universal-sentence-encoder-multilingual-3/int8"
  /// Features of one token.
  public static let featureCount = EncoderShape.features
  /// Length of an embedding.
  public static let embeddingLength = EncoderShape.output
  /// Multiply-adds that one token's features need.
  public static let productsPerToken =
    EncoderShape.embedding * EncoderShape.projection
    + EncoderShape.branches.reduce(0) {
      $0 + 2 * $1.taps * EncoderShape.branch * EncoderShape.branch
    }

  public let tokenizer: Tokenizer
  private let file: ModelFile

  // Sendable: these point into the read-only mapping that `file` keeps alive.
  nonisolated(unsafe) private let table: UnsafePointer<UInt8>
  nonisolated(unsafe) private let tableScales: UnsafePointer<Float>
  nonisolated(unsafe) private let tableOffsets: UnsafePointer<Float>
  nonisolated(unsafe) private let projection: vk_matrix
  nonisolated(unsafe) private let projectionNorm: Norm
  nonisolated(unsafe) private let layers: [(first: vk_matrix, second: vk_matrix)]
  nonisolated(unsafe) private let featureNorm: Norm
  /// What makes one embedding of a sequence's features.
  let network: SentenceNetwork

  private struct Norm {
    let gain: UnsafePointer<Float>
    let shift: UnsafePointer<Float>
  }

  /// Opens and verifies a model file.
  public init(path: String) throws(ModelError) {
    try self.init(file: ModelFile(path: path))
  }

  init(file: ModelFile) throws(ModelError) {
    self.file = file
    tokenizer = try Tokenizer(file: file)
    func floats(_ name: String, _ count: Int) throws(ModelError) -> UnsafePointer<Float> {
      try file.values(name, of: Float.self, count: count)
    }
    func matrix(_ name: String, taps: Int, depth: Int, columns: Int) throws(ModelError) -> vk_matrix
    {
      vk_matrix(
        packed: try file.values("\(name).packed", of: Int8.self, count: taps * depth * columns),
        sums: try file.values("\(name).sums", of: Int32.self, count: taps * columns),
        scales: try floats("\(name).scales", columns), bias: try floats("\(name).bias", columns),
        taps: taps, depth: depth, columns: columns)
    }
    table = try file.values(
      "embedding.table", of: UInt8.self, count: EncoderShape.vocabulary * EncoderShape.embedding)
    tableScales = try floats("embedding.scales", EncoderShape.chunks)
    tableOffsets = try floats("embedding.offsets", EncoderShape.chunks)
    projection = try matrix(
      "projection", taps: 1, depth: EncoderShape.embedding, columns: EncoderShape.projection)
    projectionNorm = Norm(
      gain: try floats("projection.gain", EncoderShape.projection),
      shift: try floats("projection.shift", EncoderShape.projection))
    var layers: [(vk_matrix, vk_matrix)] = []
    let width = EncoderShape.branch
    for branch in EncoderShape.branches {
      layers.append(
        (
          try matrix("branch\(branch.taps).1", taps: branch.taps, depth: width, columns: width),
          try matrix("branch\(branch.taps).2", taps: branch.taps, depth: width, columns: width)
        ))
    }
    self.layers = layers
    featureNorm = Norm(
      gain: try floats("features.gain", EncoderShape.features),
      shift: try floats("features.shift", EncoderShape.features))
    network = try SentenceNetwork(file: file)
  }

  /// Computes the token features of every sequence in the batch.
  ///
  /// - Complexity: `productsPerToken` integer multiply-adds a token. Batches of
  ///   100 to 300 tokens keep both weights and activations in the cache.
  public func encode(_ batch: EncoderBatch) {
    batch.reserve()
    let rows = batch.rows
    gather(batch)
    var embedded = vk_rows(
      q: batch.embedded.start, scales: batch.embeddedScales.start,
      offsets: batch.embeddedOffsets.start, zero: 0)
    withUnsafePointer(to: projection) {
      vk_product($0, &embedded, rows, batch.projected.start, EncoderShape.projection)
    }
    // One norm over all three branches together, as the reference has it.
    vk_layer_norm(
      batch.projected.start, rows, EncoderShape.projection, EncoderShape.projection,
      projectionNorm.gain, projectionNorm.shift, EncoderShape.epsilon)
    for (index, branch) in EncoderShape.branches.enumerated() {
      let input = batch.projected.start + index * EncoderShape.branch
      let output = batch.features.start + EncoderShape.embedding + index * EncoderShape.branch
      convolve(
        batch, layers[index].first, left: branch.left, input: input,
        inputStride: EncoderShape.projection, output: batch.hidden.start,
        outputStride: EncoderShape.branch)
      convolve(
        batch, layers[index].second, left: branch.left, input: batch.hidden.start,
        inputStride: EncoderShape.branch, output: output, outputStride: EncoderShape.features)
    }
    for sequence in batch.sequences {
      vk_layer_norm(
        batch.features.start + sequence.lowerBound * EncoderShape.features, sequence.count,
        EncoderShape.features, EncoderShape.features, featureNorm.gain, featureNorm.shift,
        EncoderShape.epsilon)
    }
  }

  private func gather(_ batch: EncoderBatch) {
    let width = EncoderShape.embedding
    for (row, id) in batch.ids.enumerated() {
      let target = batch.embedded.start + row * width
      guard id != EncoderBatch.gap else {
        target.initialize(repeating: 0, count: width)
        batch.embeddedScales.start[row] = 0
        batch.embeddedOffsets.start[row] = 0
        continue
      }
      let chunk = Int(id) % EncoderShape.chunks
      let source = table + Int(id) * width
      target.update(from: source, count: width)
      batch.embeddedScales.start[row] = tableScales[chunk]
      batch.embeddedOffsets.start[row] = tableOffsets[chunk]
      vk_dequantise(
        source, width, tableScales[chunk], tableOffsets[chunk],
        batch.features.start + row * EncoderShape.features)
    }
  }

  /// output = max(window(input) · weights + bias, 0) + input.
  private func convolve(
    _ batch: EncoderBatch, _ weights: vk_matrix, left: Int, input: UnsafeMutablePointer<Float>,
    inputStride: Int, output: UnsafeMutablePointer<Float>, outputStride: Int
  ) {
    let rows = batch.rows
    let width = EncoderShape.branch
    // Row r of the window's input is row r - left of the sequence; a scale of
    // zero makes a row count for nothing, whatever it holds.
    let shifted = batch.quantised.start + left * width
    let scales = batch.scales.start
    vk_quantise(input, rows, width, inputStride, shifted, scales + left)
    for row in 0..<left { scales[row] = 0 }
    for (row, id) in batch.ids.enumerated() where id == EncoderBatch.gap { scales[left + row] = 0 }
    for row in rows + left..<rows + weights.taps - 1 { scales[row] = 0 }
    var windowed = vk_rows(q: batch.quantised.start, scales: scales, offsets: nil, zero: 128)
    withUnsafePointer(to: weights) { vk_product($0, &windowed, rows, output, outputStride) }
    vk_relu_add(output, outputStride, input, inputStride, rows, width)
  }

  /// The embeddings of all sequences of an encoded batch, one after another.
  ///
  /// - Complexity: 1.7 million multiply-adds a sequence.
  public func embeddings(of batch: EncoderBatch) -> [Float] {
    var sums = FeatureSums()
    add(batch, to: &sums)
    return embeddings(of: sums)
  }

  /// The embeddings of all sequences that were added.
  package func embeddings(of sums: FeatureSums) -> [Float] {
    network.embeddings(featureSums: sums.values, tokens: sums.tokens)
  }

  /// Adds all sequences of an encoded batch.
  package func add(_ batch: EncoderBatch, to sums: inout FeatureSums) {
    let first = sums.count
    sums.values += Array(repeating: 0, count: batch.count * Self.featureCount)
    for sequence in 0..<batch.count {
      sums.tokens.append(
        addFeatures(of: sequence, in: batch, to: &sums.values, at: first + sequence))
    }
  }

  /// Adds up a sequence's token features; gives the number of tokens.
  func addFeatures(
    of sequence: Int, in batch: EncoderBatch, to sums: inout [Float], at row: Int
  ) -> Int {
    batch.withFeatures(of: sequence) { features in
      let tokens = features.count / Self.featureCount
      guard let start = features.baseAddress else { return 0 }
      sums.withUnsafeMutableBufferPointer { sums in
        guard let target = sums.baseAddress else { return }
        vk_add_rows(
          start, tokens, Self.featureCount, Self.featureCount, target + row * Self.featureCount)
      }
      return tokens
    }
  }

  /// The embedding of one text, read as one sequence.
  public func embedding(of text: String) -> [Float] {
    let batch = EncoderBatch()
    batch.append(tokenizer.tokens(of: text))
    encode(batch)
    return embeddings(of: batch)
  }
}

/// What the embeddings of sequences are made of: the sums of their token
/// features. A batch holds only a passage or two, but the network behind the
/// embedding has seven megabytes of weights, which many passages should share.
package struct FeatureSums {
  /// Passages that are enough to share the weights: more gain little.
  package static let enough = 16

  /// `Encoder.featureCount` sums for each sequence, one after another.
  fileprivate(set) var values: [Float] = []
  /// How many tokens each sequence has, marks included.
  fileprivate(set) var tokens: [Int] = []

  package init() {}

  package var count: Int { tokens.count }

  package mutating func removeAll() {
    values.removeAll(keepingCapacity: true)
    tokens.removeAll(keepingCapacity: true)
  }
}
