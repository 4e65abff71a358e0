private import CVectorKernels
import Foundation

/// The space in which the contents of plans are compared.
///
/// Embeddings of any two plans are alike, because all plans are plans; so the
/// background, their mean, is taken away, and what is left is laid along the
/// principal axes of the corpus, each divided by the fourth root of its variance:
/// half-way to giving every axis the same say. The first axes carry most.
public struct ContentSpace: Codable, Sendable, Equatable {
  /// Values of a content vector.
  public static let dimensions = 256

  /// The mean embedding of the corpus.
  private var mean: [Float]
  /// The scaled axes, one after another.
  private var axes: [Float]

  /// - Parameter embeddings: of the corpus' passages, one after another.
  init(embeddings: [Float]) {
    let length = Encoder.embeddingLength
    guard
      let found = PrincipalAxes.find(embeddings, length: length, count: Self.dimensions)
    else {
      preconditionFailure("a corpus of finite embeddings has principal axes")
    }
    mean = found.mean.map { Self.rounded(Float($0)) }
    // What the corpus does not span has no say; its axes would be noise.
    let least = (found.variances.first ?? 0) * 1e-9
    axes = zip(found.axes, found.variances).flatMap { axis, variance in
      let scale = variance > least ? pow(variance, -0.25) : 0
      return axis.map { Self.rounded(Float($0 * scale)) }
    }
  }

  /// Whether the arrays have the sizes that they must have.
  var isConsistent: Bool {
    mean.count == Encoder.embeddingLength
      && axes.count == Self.dimensions * Encoder.embeddingLength
      && (mean + axes).allSatisfy(\.isFinite)
  }

  /// An embedding's place in the space.
  func callAsFunction(_ embedding: [Float]) -> [Float] {
    let centred = zip(embedding, mean).map { $0 - $1 }
    var result = [Float](repeating: 0, count: Self.dimensions)
    vk_row_products(centred, 1, centred.count, axes, Self.dimensions, &result)
    return result
  }

  // Values are kept in the upper 16 bits of a float, in which training rounds
  // them: half the bytes in the file, and nothing is lost in it.

  private static func rounded(_ value: Float) -> Float {
    Float(bitPattern: (value.bitPattern &+ 0x8000) & 0xFFFF_0000)
  }

  private enum CodingKeys: String, CodingKey { case mean, axes }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func floats(_ key: CodingKeys) throws -> [Float] {
      let data = try values.decode(Data.self, forKey: key)
      return stride(from: data.startIndex, to: data.endIndex - 1, by: 2).map {
        Float(bitPattern: UInt32(data[$0]) << 16 | UInt32(data[$0 + 1]) << 24)
      }
    }
    mean = try floats(.mean)
    axes = try floats(.axes)
  }

  public func encode(to encoder: any Swift.Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    func data(_ floats: [Float]) -> Data {
      Data(
        floats.flatMap { [UInt8($0.bitPattern >> 16 & 0xFF), UInt8($0.bitPattern >> 24)] })
    }
    try values.encode(data(mean), forKey: .mean)
    try values.encode(data(axes), forKey: .axes)
  }
}
